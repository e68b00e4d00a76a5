from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.domain import issue_plan, refusals
from functions.domain.basket import Basket
from functions.domain.discount import Discount, Priced
from functions.domain.errors import InvalidValueError
from functions.domain.issue_plan import ShopTerms
from functions.domain.ledger import EntryKind
from functions.domain.money import Money
from functions.domain.product import Kind
from functions.domain.refusals import Refusal
from functions.domain.text import Text
from functions.domain.validity import Hours, Window
from functions.domain.voucher import LAST_CREDENTIAL, RECENT_USES, Ask, State, StateConflictError, Taken, Voucher
from functions.domain.worth import Worth
from tests.domain.samples import (
    NOW,
    TAIPEI,
    VOUCHER_ID,
    XINYI,
    basket,
    cash,
    discount_voucher,
    goods,
    item_voucher,
    line,
    lines,
    paid_order,
    promotion,
    terms,
    touch,
    twd,
    voucher,
)

TICK = timedelta(microseconds=1)
ALL = Ask()
CLOSED_NOW = Hours(time(13), time(14))
# Everything that can speak against a voucher, in the order in which a clerk should hear of it.
WRONGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("revoked", {"state": State.REVOKED}, {"state": State.SUSPENDED}),
    ("stale_credential", {"credential": 2}, {"credential": 1}),
    ("suspended", {"state": State.SUSPENDED}, {"state": State.ACTIVE}),
    ("not_yet_valid", {"valid_from": NOW + TICK}, {"valid_from": NOW}),
    ("expired", {"expires_at": NOW}, {"expires_at": None}),
    (
        "wrong_store",
        {"terms": terms(stores=("banqiao",), window=Window(hours=CLOSED_NOW))},
        {"terms": terms(window=Window(hours=CLOSED_NOW))},
    ),
    ("exhausted", {"worth": cash(0)}, {"worth": cash()}),
    ("not_active_now", {"terms": terms(window=Window(hours=CLOSED_NOW))}, {"terms": terms()}),
]


def redeem(of: Voucher, ask: Ask = ALL, reference: str = "r-1", now: datetime = NOW) -> tuple[Voucher, Taken]:
    left, _, taken = of.redeem(ask, reference, touch(now), of.credential)
    return left, taken


def refused(of: Voucher, ask: Ask = ALL, now: datetime = NOW) -> Refusal:
    with pytest.raises(Refusal) as caught:
        redeem(of, ask, now=now)
    return caught.value


def sold(window: Window, zone: str, at: datetime) -> Voucher:
    bought = line(quantity=1)
    return issue_plan.voucher(paid_order(bought), bought, 0, promotion(window), ShopTerms(zone), at, None)


def wall(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


class TestRefusing:
    @pytest.mark.parametrize("mended", range(len(WRONGS) + 1))
    def test_what_no_one_can_mend_is_told_first(self, mended: int) -> None:
        wrong = voucher()
        for _, broken, _ in reversed(WRONGS):
            wrong = replace(wrong, **broken)
        for _, _, whole in WRONGS[:mended]:
            wrong = replace(wrong, **whole)

        refusal = wrong.refusal(NOW, "xinyi", 1)

        assert (refusal.code if refusal else None) == [*(code for code, _, _ in WRONGS), None][mended]

    def test_the_first_instant_of_validity_is_valid(self) -> None:
        later = voucher(valid_from=NOW + TICK)

        assert isinstance(refused(later, now=NOW), refusals.NotYetValid)
        assert later.refusal(NOW + TICK, "xinyi", 1) is None

    def test_expiry_is_exclusive(self) -> None:
        promotional = voucher(expires_at=NOW + TICK)

        assert promotional.refusal(NOW, "xinyi", 1) is None
        assert isinstance(refused(promotional, now=NOW + TICK), refusals.Expired)

    def test_a_voucher_without_expiry_is_good_in_a_hundred_years(self) -> None:
        assert voucher().refusal(NOW + timedelta(days=36_500), "xinyi", 1) is None

    @pytest.mark.parametrize(
        ("zone", "issued", "last_day", "day_after"),
        [
            (TAIPEI, "2026-11-22T23:59", "2026-11-29T23:59:59", "2026-11-30T00:00"),
            ("America/New_York", "2026-10-28T12:00", "2026-11-04T23:59:59", "2026-11-05T00:00"),
            ("America/New_York", "2026-03-03T12:00", "2026-03-10T23:59:59", "2026-03-11T00:00"),
        ],
    )
    def test_the_last_day_is_good_to_its_end_by_the_shop_s_clock(
        self, zone: str, issued: str, last_day: str, day_after: str
    ) -> None:
        promotional = sold(Window(days=7), zone, wall(issued, zone))

        assert promotional.refusal(wall(last_day, zone), "xinyi", 1) is None
        assert isinstance(promotional.refusal(wall(day_after, zone), "xinyi", 1), refusals.Expired)

    @pytest.mark.parametrize("zone", [TAIPEI, "America/New_York"])
    def test_weekdays_and_hours_are_judged_by_the_shop_s_clock(self, zone: str) -> None:
        fridays = sold(Window(weekdays=(5,), hours=Hours(time(22), time(2))), zone, wall("2026-11-01T12:00", zone))

        judged = {
            moment: fridays.refusal(wall(moment, zone), "xinyi", 1)
            for moment in ("2026-11-06T21:59", "2026-11-06T22:00", "2026-11-07T01:59", "2026-11-07T02:00")
        }

        assert [refusal and refusal.code for refusal in judged.values()] == [
            "not_active_now",
            None,
            None,
            "not_active_now",
        ]

    def test_a_page_that_knows_no_store_does_not_judge_the_store(self) -> None:
        assert voucher(terms=terms(stores=("banqiao",))).refusal(NOW, None, 1) is None

    def test_an_administrator_who_holds_no_credential_is_not_judged_by_it(self) -> None:
        assert voucher(credential=2).refusal(NOW, "xinyi") is None

    @pytest.mark.parametrize("number", [0, 1, 3, LAST_CREDENTIAL])
    def test_any_credential_but_the_one_in_force_is_dead(self, number: int) -> None:
        assert isinstance(voucher(credential=2).refusal(NOW, "xinyi", number), refusals.StaleCredential)

    def test_wrong_store_names_the_right_ones(self) -> None:
        refusal = refused(voucher(terms=terms(stores=("banqiao", "tamsui"))))

        assert refusal.facts == {"stores": ("banqiao", "tamsui")}

    def test_revoked_names_the_reason(self) -> None:
        revoked, _ = voucher().revoke(NOW, "order_cancelled")

        assert refused(revoked).facts == {"reason": "order_cancelled"}

    def test_not_yet_valid_and_expired_name_the_instant(self) -> None:
        tomorrow, yesterday = NOW + timedelta(days=1), NOW - timedelta(days=1)

        assert refused(voucher(valid_from=tomorrow)).facts == {"valid_from": tomorrow}
        assert refused(voucher(expires_at=yesterday)).facts == {"expires_at": yesterday}

    def test_exhausted_tells_where_and_when_it_was_last_used(self) -> None:
        half, _ = redeem(voucher(), Ask(money=twd(200)), "r-1")
        elsewhere = touch(NOW + timedelta(hours=1), store_id="banqiao", store=Text("板橋店", "Banqiao"))
        spent, _, _ = half.redeem(ALL, "r-2", elsewhere, 1)

        assert refused(spent, now=NOW + timedelta(hours=2)).facts == {
            "redeemed_at": NOW + timedelta(hours=1),
            "store_id": "banqiao",
            "store": Text("板橋店", "Banqiao"),
        }

    def test_exhausted_does_not_name_a_use_that_was_voided(self) -> None:
        first, taken = redeem(item_voucher(lines(tea=1)), reference="r-1")
        restored, _ = first.void(taken.worth, "r-1", touch())
        used, _ = redeem(restored, reference="r-2", now=NOW + timedelta(hours=1))
        voided_last = replace(used, recent=tuple(reversed(used.recent)))

        assert refused(voided_last, now=NOW + timedelta(hours=2)).facts["redeemed_at"] == NOW + timedelta(hours=1)

    def test_exhausted_without_any_use_tells_nothing(self) -> None:
        assert refused(voucher(worth=cash(0))).facts == {"redeemed_at": None, "store_id": None, "store": None}


class TestRedeemingCash:
    def test_neither_money_nor_items_takes_all_that_is_left(self) -> None:
        left, taken = redeem(voucher(cash(120)))

        assert (left.worth, taken.worth) == (cash(0), cash(120))

    def test_a_part_leaves_the_rest(self) -> None:
        left, taken = redeem(voucher(), Ask(money=twd(180)))

        assert (left.worth, taken.worth) == (cash(320), cash(180))

    def test_the_last_dollar_can_be_taken(self) -> None:
        left, _ = redeem(voucher(), Ask(money=twd(500)))

        assert left.worth.is_nothing

    def test_one_more_than_is_left_is_refused_and_told_what_is_left(self) -> None:
        refusal = refused(voucher(), Ask(money=twd(501)))

        assert isinstance(refusal, refusals.Insufficient)
        assert refusal.facts == {"available": cash(500)}

    def test_another_currency_is_refused_whatever_the_number(self) -> None:
        refusal = refused(voucher(), Ask(money=Money(1, "USD")))

        assert isinstance(refusal, refusals.CurrencyMismatch)
        assert refusal.facts == {"currency": "TWD"}

    def test_services_cannot_be_taken_from_an_amount(self) -> None:
        assert isinstance(refused(voucher(), Ask(items=(("spa-hour", 1),))), refusals.WrongProduct)

    def test_a_basket_plays_no_part(self) -> None:
        left, taken = redeem(voucher(), Ask(money=twd(100), basket=basket(10)))

        assert (left.worth, taken.priced) == (cash(400), None)


class TestRedeemingItems:
    def test_units_are_taken_from_their_own_line(self) -> None:
        left, taken = redeem(item_voucher(), Ask(items=(("spa-hour", 1),)))

        assert (left.worth, taken.worth) == (lines(spa_hour=2, tea=2), lines(spa_hour=1))

    def test_several_lines_are_taken_at_once(self) -> None:
        left, _ = redeem(item_voucher(), Ask(items=(("spa-hour", 3), ("tea", 1))))

        assert left.worth == lines(spa_hour=0, tea=1)

    def test_all_that_is_left_leaves_out_what_is_used_up(self) -> None:
        half, _ = redeem(item_voucher(), Ask(items=(("tea", 2),)))

        left, taken = redeem(half, ALL, "r-2")

        assert left.worth.is_nothing
        assert taken.worth == lines(spa_hour=3)

    def test_one_line_too_many_refuses_all_lines(self) -> None:
        refusal = refused(item_voucher(), Ask(items=(("spa-hour", 1), ("tea", 3))))

        assert isinstance(refusal, refusals.Insufficient)
        assert refusal.facts == {"available": lines(spa_hour=3, tea=2)}

    def test_a_service_that_is_not_on_the_voucher_is_the_wrong_product(self) -> None:
        assert isinstance(refused(item_voucher(), Ask(items=(("sauna", 1),))), refusals.WrongProduct)

    def test_an_amount_cannot_be_taken_from_services(self) -> None:
        assert isinstance(refused(item_voucher(), Ask(money=twd(1))), refusals.WrongProduct)

    def test_goods_of_an_order_are_picked_up_like_items(self) -> None:
        parcel = item_voucher(lines(tea=1), terms=terms(kind=Kind.PICKUP, stores=("xinyi",)))

        left, _ = redeem(parcel, Ask(items=(("tea", 1),)))

        assert left.worth.is_nothing


class TestRedeemingDiscounts:
    def test_a_use_is_taken_and_the_basket_gets_its_discount(self) -> None:
        left, taken = redeem(discount_voucher(Discount(basis_points=1_000, uses=2)), Ask(basket=basket(505)))

        assert (left.worth, taken) == (Worth(uses=1), Taken(Worth(uses=1), Priced(twd(51), twd(505))))

    def test_a_bare_percentage_can_be_used_without_telling_the_basket(self) -> None:
        _, taken = redeem(discount_voucher(), ALL)

        assert taken == Taken(Worth(uses=1), None)

    def test_the_last_use_exhausts_it(self) -> None:
        left, _ = redeem(discount_voucher(), ALL)

        assert isinstance(refused(left), refusals.Exhausted)

    @pytest.mark.parametrize("told", [basket(499), None])
    def test_a_basket_that_does_not_fit_or_is_not_told_is_refused(self, told: Basket | None) -> None:
        wants_500 = discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500)))

        assert isinstance(refused(wants_500, Ask(basket=told)), refusals.MinimumSpend)

    def test_the_lines_of_the_basket_get_their_part(self) -> None:
        tea_only = discount_voucher(Discount(basis_points=1_000, products=("tea",)))

        _, taken = redeem(tea_only, Ask(basket=goods(("tea", 300), ("mug", 200))))

        assert taken.priced
        assert [(line.sku, line.off) for line in taken.priced.lines] == [("tea", twd(30)), ("mug", twd(0))]

    @pytest.mark.parametrize("ask", [Ask(money=twd(1)), Ask(items=(("tea", 1),))])
    def test_nothing_but_a_use_can_be_taken_from_a_discount(self, ask: Ask) -> None:
        assert isinstance(refused(discount_voucher(), ask), refusals.WrongProduct)


class TestTellingTheDiscount:
    """What a till is told before it redeems is what it would get."""

    def test_a_basket_s_discount_can_be_told_beforehand(self) -> None:
        offered = discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500)))

        assert offered.priced(basket(505)) == redeem(offered, Ask(basket=basket(505)))[1].priced

    def test_a_basket_that_is_too_small_is_refused_beforehand(self) -> None:
        with pytest.raises(refusals.MinimumSpend):
            discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500))).priced(basket(499))

    @pytest.mark.parametrize("without", [voucher(), item_voucher()])
    def test_a_voucher_that_is_no_discount_takes_nothing_off(self, without: Voucher) -> None:
        assert without.priced(basket(500)) is None


class TestAsking:
    @pytest.mark.parametrize("minor", [0, -1, -500])
    def test_nobody_asks_for_nothing_or_less(self, minor: int) -> None:
        with pytest.raises(InvalidValueError, match="money"):
            Ask(money=twd(minor))

    @pytest.mark.parametrize("items", [(("tea", 0),), (("tea", -1),), (("tea", 1), ("spa-hour", -1))])
    def test_nobody_asks_for_no_unit_or_fewer(self, items: tuple[tuple[str, int], ...]) -> None:
        with pytest.raises(InvalidValueError, match="items"):
            Ask(items=items)

    def test_nobody_asks_for_one_sku_in_two_lines(self) -> None:
        with pytest.raises(InvalidValueError, match="items"):
            Ask(items=(("tea", 2), ("tea", 2)))


class TestRemembering:
    def test_a_redemption_is_entered_with_where_when_and_what(self) -> None:
        left, entry, _ = voucher().redeem(Ask(money=twd(200)), "r-1", touch(), 1)

        assert (entry.kind, entry.sequence, entry.recorded_at) == (EntryKind.REDEEM, 2, NOW)
        assert (entry.change, entry.balance) == (cash(-200), cash(300))
        assert (entry.store_id, entry.terminal_id, entry.reference) == ("xinyi", "xinyi-1", "r-1")
        assert (entry.voucher_id, left.version) == (VOUCHER_ID, 2)

    def test_the_first_entry_gives_the_face_value(self) -> None:
        entry = voucher().issued()

        assert (entry.kind, entry.sequence, entry.change, entry.balance) == (EntryKind.ISSUE, 1, cash(), cash())

    def test_a_clerk_is_told_of_the_last_few_uses_oldest_first(self) -> None:
        used = voucher()
        for number in range(RECENT_USES + 2):
            used, _ = redeem(used, Ask(money=twd(1)), f"r-{number}")

        assert [use.reference for use in used.recent] == [f"r-{number}" for number in range(2, RECENT_USES + 2)]
        assert used.recent[-1].store == XINYI

    def test_a_voucher_is_used_once_any_part_is_gone(self) -> None:
        left, _ = redeem(voucher(), Ask(money=twd(1)))

        assert (voucher().is_used, left.is_used) == (False, True)


class TestVoiding:
    def test_a_void_gives_back_what_was_taken_and_says_so(self) -> None:
        left, taken = redeem(voucher(), Ask(money=twd(200)))

        restored, entry = left.void(taken.worth, "r-1", touch())

        assert restored.worth == cash(500)
        assert (entry.kind, entry.change, entry.reference) == (EntryKind.VOID, cash(200), "r-1")
        assert (entry.store_id, entry.terminal_id) == ("xinyi", "xinyi-1")
        assert [use.voided for use in restored.recent] == [True]

    def test_a_void_marks_no_other_use(self) -> None:
        once, taken = redeem(voucher(), Ask(money=twd(200)), "r-1")
        twice, _ = redeem(once, Ask(money=twd(100)), "r-2")

        restored, _ = twice.void(taken.worth, "r-1", touch())

        assert [(use.reference, use.voided) for use in restored.recent] == [("r-1", True), ("r-2", False)]

    @pytest.mark.parametrize(
        "meanwhile",
        [
            {"state": State.REVOKED},
            {"state": State.SUSPENDED},
            {"expires_at": NOW - timedelta(days=1)},
            {"credential": 2},
            {"terms": terms(stores=("banqiao",))},
        ],
    )
    def test_whatever_befell_the_voucher_a_void_gives_back(self, meanwhile: dict[str, Any]) -> None:
        left, taken = redeem(voucher(), Ask(money=twd(200)))

        restored, _ = replace(left, **meanwhile).void(taken.worth, "r-1", touch())

        assert restored.worth == cash(500)

    def test_a_void_does_not_bring_a_revoked_voucher_back(self) -> None:
        left, taken = redeem(voucher())
        revoked, _ = left.revoke(NOW, "by_shop")

        restored, _ = revoked.void(taken.worth, "r-1", touch())

        assert isinstance(refused(restored), refusals.Revoked)


def suspended() -> Voucher:
    return voucher().suspend(NOW, "asked")[0]


def revoked() -> Voucher:
    return voucher().revoke(NOW, "by_shop")[0]


class TestAdministering:
    @pytest.mark.parametrize(
        ("before", "action", "state", "kind"),
        [
            (voucher(), "suspend", State.SUSPENDED, EntryKind.SUSPEND),
            (suspended(), "resume", State.ACTIVE, EntryKind.RESUME),
            (voucher(), "revoke", State.REVOKED, EntryKind.REVOKE),
            (suspended(), "revoke", State.REVOKED, EntryKind.REVOKE),
            (voucher(), "reissue", State.ACTIVE, EntryKind.REISSUE),
            (suspended(), "reissue", State.SUSPENDED, EntryKind.REISSUE),
        ],
    )
    def test_what_a_state_allows_is_done_and_entered(
        self, before: Voucher, action: str, state: State, kind: EntryKind
    ) -> None:
        after, entry = getattr(before, action)(NOW, "asked")

        assert after.state is state
        assert (entry.kind, entry.reason, entry.sequence) == (kind, "asked", before.version + 1)
        assert (entry.change, after.worth) == (cash(0), before.worth)

    @pytest.mark.parametrize(
        ("before", "action"),
        [
            (voucher(), "resume"),
            (suspended(), "suspend"),
            (revoked(), "suspend"),
            (revoked(), "resume"),
            (revoked(), "revoke"),
            (revoked(), "reissue"),
        ],
    )
    def test_what_a_state_does_not_allow_is_refused(self, before: Voucher, action: str) -> None:
        with pytest.raises(StateConflictError):
            getattr(before, action)(NOW, "asked")

    def test_a_voucher_that_was_used_before_its_revocation_is_flagged_for_a_person(self) -> None:
        left, _ = redeem(voucher(), Ask(money=twd(1)))

        assert left.revoke(NOW, "order_refunded")[0].flag == "used_before_revocation"
        assert revoked().flag is None

    def test_a_reissue_kills_what_was_given_out_before_and_nothing_else(self) -> None:
        reissued, _ = voucher().reissue(NOW, None)

        assert reissued == replace(voucher(), credential=2, version=2)
        assert isinstance(reissued.refusal(NOW, "xinyi", 1), refusals.StaleCredential)
        assert reissued.refusal(NOW, "xinyi", 2) is None

    def test_the_last_number_that_a_token_can_carry_is_never_passed(self) -> None:
        with pytest.raises(StateConflictError):
            voucher(credential=LAST_CREDENTIAL).reissue(NOW, None)
