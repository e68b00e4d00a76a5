"""What only a person can settle, and under which name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from functions.domain import cases
from functions.domain.cases import Case, CaseKind
from functions.domain.operations import Conflict
from functions.domain.voucher import Ask, State, Voucher
from tests.domain.samples import NOW, TAIPEI, VOUCHER_ID, cash, touch, twd, voucher

LATER = NOW + timedelta(days=1)


def used() -> Voucher:
    return voucher().redeem(Ask(money=twd(200)), "r-1", touch(), 1)[0]


def revoked(of: Voucher, reason: str = "order_refunded") -> Voucher:
    return of.revoke(NOW, reason)[0]


def used_before(reason: str = "order_refunded") -> Case:
    case = cases.used_before_revocation(revoked(used(), reason), LATER)
    assert case is not None
    return case


class TestNaming:
    def test_a_name_begins_with_its_moment_to_the_microsecond_in_utc(self) -> None:
        noon = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=ZoneInfo(TAIPEI))

        name = cases.case_id(noon, "a")

        assert name.partition("-")[0] == "20261122T040000.000005Z"
        assert len(bytes.fromhex(name.partition("-")[2])) == 10

    def test_names_sort_by_time(self) -> None:
        moments = [NOW, NOW + timedelta(microseconds=1), datetime(2027, 1, 1, tzinfo=UTC)]

        assert sorted(names := [cases.case_id(moment, "a") for moment in moments]) == names

    def test_the_same_cause_has_the_same_name_at_every_try(self) -> None:
        assert cases.case_id(NOW, "a", "b") == cases.case_id(NOW, "a", "b")

    def test_no_two_causes_share_one(self) -> None:
        causes = [("a", "b"), ("b", "a"), ("ab",), ("a", "b", "c"), ("a",)]

        assert len({cases.case_id(NOW, *cause) for cause in causes}) == len(causes)


class TestUsedBeforeRevocation:
    def test_it_tells_of_which_voucher_how_much_was_used_and_why_it_was_taken_back(self) -> None:
        case = used_before()

        assert (case.kind, case.opened_at) == (CaseKind.USED_BEFORE_REVOCATION, LATER)
        assert (case.voucher_id, case.worth, case.code) == (VOUCHER_ID, cash(200), "order_refunded")

    @pytest.mark.parametrize(
        ("reason", "code"),
        [("order_cancelled", "order_cancelled"), ("order_refunded", "order_refunded"), ("lost in the post", None)],
    )
    def test_only_what_a_shop_said_is_a_code(self, reason: str, code: str | None) -> None:
        assert used_before(reason).code == code

    def test_what_was_never_used_needs_nobody(self) -> None:
        assert cases.used_before_revocation(revoked(voucher()), NOW) is None


class TestReturnedToRevoked:
    def test_it_tells_what_came_back_to_whom_nobody_can_use_it(self) -> None:
        restored, _ = revoked(used()).void(cash(200), "r-1", touch())

        case = cases.returned_to_revoked(restored, cash(200), LATER)

        assert (case.kind, case.opened_at) == (CaseKind.RETURNED_TO_REVOKED, LATER)
        assert (case.voucher_id, case.worth, case.code) == (VOUCHER_ID, cash(200), "order_refunded")

    def test_every_return_is_a_case_of_its_own(self) -> None:
        once, _ = revoked(used()).refund(cash(50), "r-1", "f-1", touch())
        twice, _ = once.refund(cash(50), "r-1", "f-2", touch())

        names = [cases.returned_to_revoked(each, cash(50), NOW).case_id for each in (once, twice)]

        assert len({*names, used_before().case_id}) == 3

    def test_that_of_another_voucher_is_another(self) -> None:
        restored = voucher(voucher_id="another", state=State.REVOKED)

        names = [cases.returned_to_revoked(each, cash(50), NOW).case_id for each in (restored, voucher())]

        assert len(set(names)) == 2


def test_what_could_not_be_honoured_offline_is_told_as_the_till_told_it() -> None:
    conflict = Conflict(
        store_id="xinyi",
        reference="r-1",
        terminal_id="xinyi-1",
        fingerprint="print",
        code="insufficient",
        why="insufficient",
        case_id="a-name",
        occurred_at=NOW,
        recorded_at=LATER,
        voucher_id=VOUCHER_ID,
    )

    assert cases.offline_conflict(conflict, cash(200)) == Case(
        case_id="a-name",
        kind=CaseKind.OFFLINE_CONFLICT,
        opened_at=LATER,
        voucher_id=VOUCHER_ID,
        store_id="xinyi",
        terminal_id="xinyi-1",
        reference="r-1",
        code="insufficient",
        why="insufficient",
        worth=cash(200),
        occurred_at=NOW,
    )


def test_a_case_is_open_until_somebody_settles_it_and_says_how() -> None:
    settled = used_before().resolved(LATER, "admin-1", "The shop pays.")

    assert (used_before().is_open, settled.is_open) == (True, False)
    assert (settled.resolved_at, settled.resolved_by, settled.note) == (LATER, "admin-1", "The shop pays.")
    assert (settled.case_id, settled.worth) == (used_before().case_id, cash(200))
