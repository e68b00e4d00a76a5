"""A voucher of which a part is kept for a sale."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.domain import refusals
from functions.domain.discount import Discount
from functions.domain.holds import HOLDS_MAX, Hold
from functions.domain.ledger import Entry, EntryKind
from functions.domain.money import Money
from functions.domain.validity import Window
from functions.domain.voucher import Ask, State, Use, Voucher
from functions.domain.worth import Worth
from tests.domain.samples import (
    NOW,
    XINYI,
    basket,
    cash,
    discount_voucher,
    item_voucher,
    lines,
    terms,
    touch,
    twd,
    voucher,
)

TICK = timedelta(microseconds=1)
ALL = Ask()
TWO_HUNDRED = Ask(money=twd(200))


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def held(
    of: Voucher,
    ask: Ask = TWO_HUNDRED,
    reference: str = "h-1",
    minutes: int = 5,
    order: str | None = None,
    **here: Any,
) -> tuple[Voucher, Entry, Hold]:
    """As `hold` gives it: at NOW, by the till of `here`, for `minutes` from NOW."""
    return of.hold(ask, reference, touch(**here), of.credential, after(minutes), order)


def keep(of: Voucher | None = None, ask: Ask = TWO_HUNDRED, reference: str = "h-1", **told: Any) -> Voucher:
    return held(of or voucher(), ask, reference, **told)[0]


def refused(of: Voucher, ask: Ask = TWO_HUNDRED, **told: Any) -> refusals.Refusal:
    """The refusal of another hold."""
    with pytest.raises(refusals.Refusal) as caught:
        held(of, ask, "h-9", **told)
    return caught.value


class TestKeeping:
    def test_a_hold_takes_nothing_and_leaves_less_to_others(self) -> None:
        kept = keep()

        assert (kept.worth, kept.available(NOW), kept.version) == (cash(500), cash(300), 2)

    def test_it_remembers_who_keeps_what_until_when(self) -> None:
        kept, _, hold = held(voucher(), order="o-1")

        assert kept.holds == (hold,)
        assert hold == Hold(
            reference="h-1",
            store_id="xinyi",
            store=XINYI,
            terminal_id="xinyi-1",
            worth=cash(200),
            expires_at=after(5),
            order="o-1",
        )

    def test_it_is_entered_as_a_change_of_nothing(self) -> None:
        _, entry, _ = held(voucher())

        assert (entry.kind, entry.sequence, entry.recorded_at) == (EntryKind.HOLD, 2, NOW)
        assert (entry.change, entry.balance) == (cash(0), cash(500))
        assert (entry.held, entry.until, entry.hold) == (cash(200), after(5), None)
        assert (entry.store_id, entry.terminal_id, entry.reference) == ("xinyi", "xinyi-1", "h-1")
        assert entry.business_day is None

    def test_all_that_is_free_is_kept_where_no_part_is_named(self) -> None:
        assert keep(keep(), ALL, "h-2").holds[-1].worth == cash(300)

    def test_services_are_kept_by_line(self) -> None:
        kept = keep(item_voucher(), Ask(items=(("spa-hour", 2),)))

        assert kept.available(NOW) == lines(spa_hour=1, tea=2)

    def test_a_use_of_a_discount_is_kept_whatever_the_basket_will_be(self) -> None:
        offered = discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500), uses=2))

        assert keep(offered, ALL).available(NOW) == Worth(uses=1)

    def test_holds_of_several_tills_stand_side_by_side(self) -> None:
        both = keep(keep(), reference="h-2", terminal_id="xinyi-2")

        assert [hold.reference for hold in both.holds] == ["h-1", "h-2"]
        assert both.available(NOW) == cash(100)

    def test_what_is_over_is_cleared_away_by_the_next(self) -> None:
        kept, _, hold = keep().hold(TWO_HUNDRED, "h-2", touch(after(5)), 1, after(10))

        assert kept.holds == (hold,)

    def test_another_currency_is_refused(self) -> None:
        assert isinstance(refused(voucher(), Ask(money=Money(1, "USD"))), refusals.CurrencyMismatch)

    def test_an_old_credential_keeps_nothing(self) -> None:
        with pytest.raises(refusals.StaleCredential):
            voucher(credential=2).hold(TWO_HUNDRED, "h-1", touch(), 1, after(5))

    @pytest.mark.parametrize(
        ("of", "refusal"),
        [
            (voucher(state=State.SUSPENDED), refusals.Suspended),
            (voucher(expires_at=NOW), refusals.Expired),
            (voucher(terms=terms(stores=("banqiao",))), refusals.WrongStore),
            (voucher(worth=cash(0)), refusals.Exhausted),
        ],
    )
    def test_what_cannot_be_used_cannot_be_kept(self, of: Voucher, refusal: type[refusals.Refusal]) -> None:
        assert isinstance(refused(of), refusal)


class TestWhatIsKeptForAnother:
    def test_it_is_free_again_at_the_instant_the_hold_ends(self) -> None:
        kept = keep()

        assert (kept.available(after(5) - TICK), kept.available(after(5))) == (cash(300), cash(500))

    @pytest.mark.parametrize("wanted", [301, 500])
    def test_a_till_that_wants_it_is_told_until_when_and_what_is_free(self, wanted: int) -> None:
        refusal = refused(keep(), Ask(money=twd(wanted)))

        assert isinstance(refusal, refusals.Held)
        assert refusal.facts == {"held_until": after(5), "available": cash(300)}

    def test_what_is_not_there_at_all_is_not_worth_waiting_for(self) -> None:
        refusal = refused(keep(), Ask(money=twd(501)))

        assert isinstance(refusal, refusals.Insufficient)
        assert refusal.facts == {"available": cash(300)}

    def test_what_is_free_can_be_taken(self) -> None:
        left, _, _ = keep().redeem(Ask(money=twd(300)), "r-1", touch(), 1)

        assert (left.worth, left.available(NOW), len(left.holds)) == (cash(200), cash(0), 1)

    def test_one_dollar_more_cannot(self) -> None:
        with pytest.raises(refusals.Held):
            keep().redeem(Ask(money=twd(301)), "r-1", touch(), 1)

    def test_a_redemption_clears_away_what_is_over(self) -> None:
        left, _, _ = keep().redeem(TWO_HUNDRED, "r-1", touch(after(5)), 1)

        assert left.holds == ()

    def test_where_all_is_kept_it_is_told_when_the_first_hold_ends(self) -> None:
        all_kept = keep(keep(minutes=9), ALL, "h-2", minutes=7)

        refusal = all_kept.refusal(NOW, "xinyi", 1)

        assert isinstance(refusal, refusals.Held)
        assert refusal.facts == {"held_until": after(7), "available": cash(0)}

    def test_a_lookup_speaks_of_no_hold_while_something_is_free(self) -> None:
        assert keep().refusal(NOW, "xinyi", 1) is None

    def test_what_a_till_took_offline_is_judged_by_the_holds_of_now(self) -> None:
        all_kept = keep(ask=ALL)

        left, entry, _ = all_kept.redeem(TWO_HUNDRED, "r-1", touch(after(5), occurred_at=NOW), 1)

        assert (left.worth, entry.occurred_at, entry.recorded_at) == (cash(300), NOW, after(5))
        assert left.recent[-1].at == NOW

    def test_what_a_till_took_offline_waits_for_a_hold_that_is_open_now(self) -> None:
        all_kept, _, _ = voucher().hold(ALL, "h-1", touch(after(4)), 1, after(9))

        with pytest.raises(refusals.Held) as caught:
            all_kept.redeem(TWO_HUNDRED, "r-1", touch(after(5), occurred_at=NOW), 1)

        assert caught.value.facts == {"held_until": after(9), "available": cash(0)}


class TestTheSameSale:
    def test_its_hold_is_replaced_and_not_added_to(self) -> None:
        kept, entry, hold = held(keep(order="o-1"), Ask(money=twd(450)), "h-2", order="o-1")

        assert (kept.holds, kept.available(NOW)) == ((hold,), cash(50))
        assert (entry.hold, entry.held) == ("h-1", cash(450))

    def test_all_that_is_free_for_it_includes_what_it_kept(self) -> None:
        assert keep(keep(order="o-1"), ALL, "h-2", order="o-1").holds[0].worth == cash(500)

    def test_its_own_hold_does_not_stand_in_its_way_where_all_is_kept(self) -> None:
        all_kept = keep(ask=ALL, order="o-1")

        assert keep(all_kept, reference="h-2", order="o-1").available(NOW) == cash(300)

    @pytest.mark.parametrize("other", [{"order": "o-2"}, {"order": None}, {"order": "o-1", "store_id": "banqiao"}])
    def test_the_hold_of_another_sale_stays(self, other: dict[str, Any]) -> None:
        kept, entry, _ = held(keep(order="o-1"), reference="h-2", **other)

        assert ([hold.reference for hold in kept.holds], entry.hold) == (["h-1", "h-2"], None)

    def test_one_hold_of_a_sale_is_replaced_and_those_of_others_stay(self) -> None:
        three = keep(keep(keep(ask=Ask(money=twd(1))), reference="h-2", order="o-1"), Ask(money=twd(2)), "h-3")

        kept, entry, _ = held(three, Ask(money=twd(3)), "h-4", order="o-1")

        assert ([hold.reference for hold in kept.holds], entry.hold) == (["h-1", "h-3", "h-4"], "h-2")


class TestHowMany:
    def many(self) -> Voucher:
        """As many holds as there may be, of NT$1 each, the first to end in 6 minutes."""
        kept = voucher()
        for number in range(HOLDS_MAX):
            kept = keep(kept, Ask(money=twd(1)), f"h-{number}", minutes=6 + number, order=f"o-{number}")
        return kept

    def test_one_too_many_is_refused_with_when_there_is_room_again(self) -> None:
        refusal = refused(self.many(), Ask(money=twd(1)))

        assert isinstance(refusal, refusals.Held)
        assert refusal.facts == {"held_until": after(6), "available": cash(500 - HOLDS_MAX)}

    def test_one_in_place_of_another_is_none_too_many(self) -> None:
        assert len(keep(self.many(), reference="h-9", order="o-3").holds) == HOLDS_MAX

    def test_one_that_is_over_makes_room(self) -> None:
        kept, _, _ = self.many().hold(TWO_HUNDRED, "h-9", touch(after(6)), 1, after(30))

        assert len(kept.holds) == HOLDS_MAX


class TestCapturing:
    def test_what_was_kept_is_taken_where_no_part_is_named(self) -> None:
        left, entry, taken = keep().capture(ALL, "h-1", "r-1", touch())

        assert (left.worth, left.holds, left.version) == (cash(300), (), 3)
        assert (taken.worth, taken.priced) == (cash(200), None)
        assert (entry.kind, entry.change, entry.reference, entry.hold) == (EntryKind.REDEEM, cash(-200), "r-1", "h-1")

    def test_the_rest_of_a_part_is_free_again_at_once(self) -> None:
        left, _, _ = keep().capture(Ask(money=twd(50)), "h-1", "r-1", touch())

        assert left.available(NOW) == left.worth == cash(450)

    def test_more_than_was_kept_is_refused_with_what_was(self) -> None:
        with pytest.raises(refusals.HoldTooSmall) as caught:
            keep().capture(Ask(money=twd(201)), "h-1", "r-1", touch())

        assert caught.value.facts == {"available": cash(200)}

    def test_exactly_what_was_kept_is_not_more(self) -> None:
        left, _, _ = keep().capture(TWO_HUNDRED, "h-1", "r-1", touch())

        assert left.worth == cash(300)

    def test_services_are_taken_of_the_lines_that_were_kept(self) -> None:
        kept = keep(item_voucher(), Ask(items=(("spa-hour", 2),)))

        assert kept.capture(Ask(items=(("spa-hour", 1),)), "h-1", "r-1", touch())[0].worth == lines(spa_hour=2, tea=2)
        with pytest.raises(refusals.WrongProduct):
            kept.capture(Ask(items=(("tea", 1),)), "h-1", "r-1", touch())

    def test_a_discount_is_computed_at_the_capture(self) -> None:
        offered = keep(discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500))), ALL)

        _, entry, taken = offered.capture(Ask(basket=basket(900)), "h-1", "r-1", touch())

        assert (taken.worth, taken.off, entry.off) == (Worth(uses=1), twd(90), twd(90))
        with pytest.raises(refusals.MinimumSpend):
            offered.capture(Ask(basket=basket(499)), "h-1", "r-1", touch())

    def test_the_holds_of_others_stay_and_those_that_are_over_go(self) -> None:
        three = keep(keep(keep(minutes=1), Ask(money=twd(10)), "h-2"), Ask(money=twd(20)), "h-3")

        left, _, _ = three.capture(ALL, "h-2", "r-1", touch(after(1)))

        assert [hold.reference for hold in left.holds] == ["h-3"]

    @pytest.mark.parametrize(
        "since",
        [
            {"expires_at": NOW},
            {"credential": 2},
            {"terms": terms(stores=("banqiao",))},
            {"terms": terms(window=Window(weekdays=(1,)))},
        ],
        ids=["its date is over", "a new QR was issued", "another store", "another weekday"],
    )
    def test_what_was_good_when_it_was_kept_is_taken(self, since: dict[str, Any]) -> None:
        assert replace(keep(), **since).capture(ALL, "h-1", "r-1", touch())[0].worth == cash(300)

    @pytest.mark.parametrize(
        ("state", "refusal"),
        [
            (State.SUSPENDED, refusals.Suspended),
            (State.REVOKED, refusals.Revoked),
            (State.REPLACED, refusals.Replaced),
        ],
    )
    def test_what_the_shop_has_stopped_since_is_not(self, state: State, refusal: type[refusals.Refusal]) -> None:
        with pytest.raises(refusal):
            replace(keep(), state=state).capture(ALL, "h-1", "r-1", touch())


class TestWhoseHold:
    ENDS = (
        pytest.param(lambda of, here: of.capture(ALL, "h-1", "r-1", here), id="capture"),
        pytest.param(lambda of, here: of.release("h-1", here), id="release"),
    )

    @pytest.mark.parametrize("end", ENDS)
    def test_another_till_s_is_left_alone_and_told_until_when(self, end: Any) -> None:
        with pytest.raises(refusals.Held) as caught:
            end(keep(), touch(terminal_id="xinyi-2"))

        assert caught.value.facts == {"held_until": after(5), "available": cash(300)}

    @pytest.mark.parametrize("end", ENDS)
    def test_it_is_its_till_s_until_the_instant_it_ends(self, end: Any) -> None:
        assert end(keep(), touch(after(5) - TICK))[0].holds == ()

        with pytest.raises(refusals.HoldExpired) as caught:
            end(keep(), touch(after(5)))

        assert caught.value.facts == {"held_until": after(5)}

    @pytest.mark.parametrize("end", ENDS)
    @pytest.mark.parametrize("of", [voucher(), keep(reference="h-2"), keep(store_id="banqiao")])
    def test_what_is_not_on_the_voucher_any_more_is_over(self, end: Any, of: Voucher) -> None:
        with pytest.raises(refusals.HoldExpired) as caught:
            end(of, touch())

        assert caught.value.facts == {"held_until": NOW}


class TestReleasing:
    def test_what_was_kept_is_free_at_once(self) -> None:
        released, _ = keep().release("h-1", touch())

        assert (released.available(NOW), released.holds, released.version) == (cash(500), (), 3)

    def test_it_is_entered_as_a_change_of_nothing_with_what_was_kept(self) -> None:
        _, entry = keep().release("h-1", touch(after(1)))

        assert (entry.kind, entry.sequence, entry.recorded_at) == (EntryKind.RELEASE, 3, after(1))
        assert (entry.change, entry.balance, entry.held) == (cash(0), cash(500), cash(200))
        assert (entry.store_id, entry.terminal_id, entry.reference) == ("xinyi", "xinyi-1", "h-1")

    def test_the_holds_of_others_stay_and_those_that_are_over_go(self) -> None:
        three = keep(keep(keep(minutes=1), Ask(money=twd(10)), "h-2"), Ask(money=twd(20)), "h-3")

        released, _ = three.release("h-2", touch(after(1)))

        assert [hold.reference for hold in released.holds] == ["h-3"]

    @pytest.mark.parametrize("state", list(State))
    def test_it_can_be_given_up_in_every_state(self, state: State) -> None:
        assert replace(keep(), state=state).release("h-1", touch())[0].holds == ()


class TestRefunding:
    """A redemption of NT$200 at Xinyi, and one of NT$100 after it."""

    def used(self) -> Voucher:
        once, _, _ = voucher().redeem(TWO_HUNDRED, "r-1", touch(), 1)
        return once.redeem(Ask(money=twd(100)), "r-2", touch(), 1)[0]

    def test_a_part_is_put_back_and_entered_with_what_it_is_of(self) -> None:
        restored, entry = self.used().refund(cash(50), "r-1", "f-1", touch(after(1)), twd(7))

        assert (restored.worth, restored.version) == (cash(250), 4)
        assert (entry.kind, entry.sequence, entry.recorded_at) == (EntryKind.REFUND, 4, after(1))
        assert (entry.change, entry.balance, entry.off) == (cash(50), cash(250), twd(7))
        assert (entry.store_id, entry.reference, entry.redemption) == ("xinyi", "f-1", "r-1")

    def test_a_clerk_is_told_how_much_of_which_use_came_back(self) -> None:
        once, _ = self.used().refund(cash(50), "r-1", "f-1", touch())
        twice, _ = once.refund(cash(20), "r-1", "f-2", touch())

        assert [(use.reference, use.refunded) for use in twice.recent] == [("r-1", cash(70)), ("r-2", None)]

    def test_the_use_of_another_store_under_the_same_reference_is_another(self) -> None:
        restored, _ = self.used().refund(cash(50), "r-1", "f-1", touch(store_id="banqiao"))

        assert [use.refunded for use in restored.recent] == [None, None]

    @pytest.mark.parametrize("state", list(State))
    def test_it_is_put_back_in_every_state(self, state: State) -> None:
        restored, _ = replace(self.used(), state=state, expires_at=NOW).refund(cash(50), "r-1", "f-1", touch())

        assert (restored.worth, restored.state) == (cash(250), state)


def use(**override: Any) -> Use:
    fields: dict[str, Any] = {"reference": "r-1", "at": NOW, "store_id": "xinyi", "store": XINYI, "taken": cash(200)}
    return Use(**fields | override)


@pytest.mark.parametrize(
    ("past", "is_undone"),
    [
        (use(), False),
        (use(voided=True), True),
        (use(refunded=cash(199)), False),
        (use(refunded=cash(200)), True),
    ],
)
def test_a_use_is_undone_once_all_of_it_was_given_back(past: Use, *, is_undone: bool) -> None:
    assert past.is_undone == is_undone


def test_an_exhausted_voucher_does_not_name_a_use_of_which_all_was_given_back() -> None:
    spent = voucher(worth=cash(0), recent=(use(), use(reference="r-2", at=after(1), refunded=cash(200))))

    refusal = spent.refusal(after(2), "xinyi", 1)

    assert refusal is not None
    assert refusal.facts == {"redeemed_at": NOW, "store_id": "xinyi", "store": XINYI}
