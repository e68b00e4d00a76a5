from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain import operations, refusals
from functions.domain.discount import Discount
from functions.domain.money import Money
from functions.domain.operations import Redemption, Refund, Reservation
from functions.domain.voucher import Ask
from functions.domain.worth import Worth
from tests.domain.samples import (
    NOW,
    VOUCHER_ID,
    cash,
    discount_voucher,
    goods,
    item_voucher,
    lines,
    touch,
    twd,
    voucher,
)

LATER = NOW + timedelta(days=40)


def redemption() -> Redemption:
    left, _, taken = voucher().redeem(Ask(money=twd(200)), "r-1", touch(), 1)
    return operations.redemption(left, taken, "r-1", touch(), "print", "A-7")


def test_a_redemption_says_who_took_what_from_which_voucher_and_what_was_left() -> None:
    row = redemption()

    assert (row.store_id, row.terminal_id, row.reference, row.receipt) == ("xinyi", "xinyi-1", "r-1", "A-7")
    assert (row.voucher_id, row.taken, row.left, row.redeemed_at) == (VOUCHER_ID, cash(200), cash(300), NOW)
    assert row.state == "redeemed"


def test_a_discount_s_redemption_says_what_came_off_and_under_which_terms() -> None:
    discount = Discount(basis_points=1_000, products=("tea",))
    left, _, taken = discount_voucher(discount).redeem(Ask(basket=goods(("tea", 505), ("mug", 100))), "r-1", touch(), 1)

    row = operations.redemption(left, taken, "r-1", touch(), "print", None)

    assert (row.taken, row.off, row.discount) == (Worth(uses=1), twd(51), discount)
    assert [(line.sku, line.off) for line in row.lines] == [("tea", twd(51)), ("mug", twd(0))]


def test_a_repeat_of_the_same_request_gets_the_first_answer() -> None:
    row = redemption()

    assert row.replay(VOUCHER_ID, "print") is row


@pytest.mark.parametrize(("voucher_id", "fingerprint"), [("another", "print"), (VOUCHER_ID, "other"), ("", "")])
def test_another_request_under_the_same_reference_is_refused(voucher_id: str, fingerprint: str) -> None:
    with pytest.raises(refusals.ReferenceReused):
        redemption().replay(voucher_id, fingerprint)


def test_a_repeat_after_the_void_is_refused_with_when() -> None:
    with pytest.raises(refusals.Voided) as refused:
        redemption().voided(LATER).replay(VOUCHER_ID, "print")

    assert refused.value.facts == {"voided_at": LATER}


def test_a_void_changes_nothing_of_what_was_redeemed() -> None:
    voided = redemption().voided(LATER)

    assert voided.state == "voided"
    assert (voided.taken, voided.left, voided.redeemed_at) == (cash(200), cash(300), NOW)


@pytest.mark.parametrize("kind", [Redemption, Reservation, Refund])
def test_a_tombstone_stops_whatever_original_comes_late(kind: type[Any]) -> None:
    with pytest.raises(refusals.Voided) as refused:
        operations.repeat_of(kind, operations.tombstone("r-1", touch()))

    assert refused.value.facts == {"voided_at": NOW}


@pytest.mark.parametrize("kind", [Reservation, Refund])
def test_a_reference_names_one_operation_of_one_kind(kind: type[Any]) -> None:
    with pytest.raises(refusals.ReferenceReused):
        operations.repeat_of(kind, redemption())


def test_a_tombstone_names_the_till_that_left_it() -> None:
    stone = operations.tombstone("r-1", touch())

    assert (stone.store_id, stone.terminal_id, stone.reference) == ("xinyi", "xinyi-1", "r-1")


# Refunds.


def back(row: Redemption, **ask: Any) -> tuple[Redemption, Worth]:
    return row.refund(Ask(**ask))


def test_a_refund_gives_back_a_part_and_remembers_it() -> None:
    changed, given_back = back(redemption(), money=twd(50))

    assert (given_back, changed.refunded, changed.refundable) == (cash(50), cash(50), cash(150))


def test_a_refund_that_names_no_part_gives_back_all_that_is_left_of_it() -> None:
    changed, _ = back(redemption(), money=twd(50))

    changed, given_back = back(changed)

    assert (given_back, changed.refundable) == (cash(150), cash(0))


def test_never_more_is_given_back_than_was_taken() -> None:
    changed, _ = back(redemption(), money=twd(50))

    with pytest.raises(refusals.RefundTooLarge) as refused:
        back(changed, money=twd(151))

    assert (refused.value.code, refused.value.facts) == ("insufficient", {"available": cash(150)})


def test_what_was_refunded_whole_cannot_be_refunded_again() -> None:
    changed, _ = back(redemption())

    with pytest.raises(refusals.Refunded):
        back(changed, money=twd(1))


def test_what_was_voided_cannot_be_refunded() -> None:
    with pytest.raises(refusals.Voided):
        back(redemption().voided(LATER))


def test_a_refund_in_another_currency_is_refused() -> None:
    with pytest.raises(refusals.CurrencyMismatch):
        back(redemption(), money=Money(1, "USD"))


def taken_lines(**quantities: int) -> Redemption:
    taken = lines(**quantities)
    ask = Ask(items=tuple((line.sku, line.quantity) for line in taken.items))
    left, _, what = item_voucher().redeem(ask, "r-1", touch(), 1)
    return operations.redemption(left, what, "r-1", touch(), "print", None)


def test_services_are_given_back_by_line() -> None:
    changed, given_back = back(taken_lines(spa_hour=2, tea=1), items=(("spa-hour", 1),))

    assert given_back == lines(spa_hour=1)
    assert changed.refundable == lines(spa_hour=1, tea=1)


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        ({"items": (("spa-hour", 3),)}, refusals.RefundTooLarge),
        ({"items": (("facial", 1),)}, refusals.WrongProduct),
        ({"money": twd(1)}, refusals.WrongProduct),
    ],
)
def test_what_was_not_taken_is_not_given_back(ask: dict[str, Any], refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        back(taken_lines(spa_hour=2, tea=1), **ask)


def test_a_void_after_a_refund_gives_back_the_rest() -> None:
    changed, _ = back(redemption(), money=twd(50))

    assert changed.voided(LATER).refundable == cash(150)


# Holds.


def held() -> Reservation:
    kept, _, hold = voucher().hold(Ask(money=twd(200)), "h-1", touch(), 1, NOW + timedelta(minutes=5))
    return operations.reservation(kept, hold, touch(), "print")


def test_a_hold_is_open_until_the_instant_it_ends() -> None:
    last = NOW + timedelta(minutes=5)

    assert [held().state(at) for at in (NOW, last - timedelta(microseconds=1), last)] == ["open", "open", "expired"]


def test_a_hold_s_repeat_gets_it_as_it_stands_while_it_is_open_or_captured() -> None:
    hold = held()
    captured = hold.captured(redemption())

    assert hold.replay(VOUCHER_ID, "print", NOW) is hold
    assert captured.replay(VOUCHER_ID, "print", LATER) is captured


@pytest.mark.parametrize(
    ("hold", "refusal"),
    [
        (held().released(NOW), refusals.Voided),
        (held(), refusals.HoldExpired),
    ],
)
def test_the_repeat_of_a_hold_that_keeps_nothing_is_refused(hold: Reservation, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        hold.replay(VOUCHER_ID, "print", LATER)


@pytest.mark.parametrize(
    ("hold", "refusal"),
    [
        (held().released(NOW), refusals.Voided),
        (held().captured(redemption()), refusals.AlreadyCaptured),
        (held(), refusals.HoldExpired),
    ],
)
def test_a_hold_ends_once_and_says_how(hold: Reservation, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        hold.must_be_open(LATER)


def test_a_hold_captured_under_its_own_reference_is_a_redemption_to_void_and_refund() -> None:
    own = replace(redemption(), reference="h-1")

    assert operations.redemption_of(held().captured(own)) == own
    assert operations.redemption_of(held().captured(redemption())) is None
    assert operations.redemption_of(held()) is None


def test_what_became_of_a_captured_hold_is_remembered_on_it() -> None:
    captured = held().captured(replace(redemption(), reference="h-1"))
    changed, _ = back(redemption())

    assert operations.redemption_of(operations.with_redemption(captured, changed)) == changed
