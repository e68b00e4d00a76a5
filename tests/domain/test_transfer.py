"""What is left of a voucher becomes another person's, as another voucher."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain import identity, refusals
from functions.domain.ledger import Entry, EntryKind
from functions.domain.voucher import Ask, Moved, State, StateConflictError, Voucher
from tests.domain.samples import NOW, VOUCHER_ID, XINYI, cash, item_voucher, lines, terms, touch, twd, voucher

LATER = NOW + timedelta(days=40)
HEIR = identity.successor_id(VOUCHER_ID)


def half_used(**override: Any) -> Voucher:
    """Mei's voucher of NT$500 with NT$300 left."""
    left, _, _ = voucher(customer_id="mei", **override).redeem(Ask(money=twd(200)), "r-1", touch(), 1)
    return left


def moved(of: Voucher, to: str = "hao") -> tuple[Moved, Moved]:
    return of.transfer(to, LATER, "a birthday")


def heir(of: Voucher) -> Voucher:
    return moved(of)[1].voucher


def refused(of: Voucher, to: str = "hao") -> Exception:
    with pytest.raises((refusals.Refusal, StateConflictError)) as caught:
        moved(of, to)
    return caught.value


class TestTheHeir:
    def test_it_holds_what_was_left(self) -> None:
        assert (heir(half_used()).worth, heir(half_used()).face) == (cash(300), cash(500))

    def test_services_go_over_line_by_line(self) -> None:
        left, _, _ = item_voucher().redeem(Ask(items=(("tea", 2),)), "r-1", touch(), 1)

        assert heir(left).worth == lines(spa_hour=3, tea=0)

    def test_it_is_the_others_and_begins_anew(self) -> None:
        new = heir(half_used())

        assert (new.voucher_id, new.customer_id, new.replaces) == (HEIR, "hao", VOUCHER_ID)
        assert (new.version, new.credential, new.state) == (1, 1, State.ACTIVE)

    def test_everything_it_was_sold_with_stays(self) -> None:
        old = half_used(terms=terms(stores=("xinyi", "banqiao")), expires_at=LATER + timedelta(days=1))

        new = heir(old)

        assert (new.source, new.terms, new.issued_at) == (old.source, old.terms, old.issued_at)
        assert (new.valid_from, new.expires_at) == (old.valid_from, old.expires_at)

    def test_nothing_is_known_to_it_of_the_giver_s_visits(self) -> None:
        old = replace(half_used(), flag="looked_at", state_reason="resumed")

        new = heir(old)

        assert (new.recent, new.flag, new.state_reason, new.replaced_by) == ((), None, None, None)

    def test_a_hold_that_was_over_is_none_of_it(self) -> None:
        held, _, _ = voucher().hold(Ask(), "h-1", touch(), 1, LATER)

        over, new = moved(held)

        assert (over.voucher.holds, new.voucher.holds) == ((), ())

    def test_it_can_be_used_and_the_old_one_cannot(self) -> None:
        over, new = moved(half_used())

        assert new.voucher.refusal(LATER, "xinyi", 1) is None
        assert isinstance(over.voucher.refusal(LATER, "xinyi", 1), refusals.Replaced)


class TestTheOldOne:
    def test_it_holds_nothing_and_names_its_heir(self) -> None:
        over = moved(half_used())[0].voucher

        assert (over.worth, over.state, over.state_reason) == (cash(0), State.REPLACED, "a birthday")
        assert (over.replaced_by, over.customer_id, over.version) == (HEIR, "mei", 3)

    def test_its_past_stays_with_it(self) -> None:
        assert [use.reference for use in moved(half_used())[0].voucher.recent] == ["r-1"]


class TestTheLedgers:
    def entries(self) -> tuple[Entry, Entry]:
        over, new = moved(half_used())
        return over.entry, new.entry

    def test_what_goes_out_of_the_one_comes_into_the_other(self) -> None:
        out, into = self.entries()

        assert (out.kind, out.change, out.balance) == (EntryKind.TRANSFER_OUT, cash(-300), cash(0))
        assert (into.kind, into.change, into.balance) == (EntryKind.TRANSFER_IN, cash(300), cash(300))

    def test_each_names_the_other_and_says_why_and_when(self) -> None:
        out, into = self.entries()

        assert (out.voucher_id, out.other_voucher_id, out.sequence) == (VOUCHER_ID, HEIR, 3)
        assert (into.voucher_id, into.other_voucher_id, into.sequence) == (HEIR, VOUCHER_ID, 1)
        assert [(entry.reason, entry.recorded_at) for entry in (out, into)] == [("a birthday", LATER)] * 2


class TestRefusing:
    @pytest.mark.parametrize("state", [State.SUSPENDED, State.REVOKED, State.REPLACED])
    def test_what_is_not_active_stays_where_it_is(self, state: State) -> None:
        refusal = refused(replace(half_used(), state=state))

        assert isinstance(refusal, StateConflictError)
        assert refusal.state is state

    def test_nobody_hands_a_voucher_to_its_holder(self) -> None:
        assert isinstance(refused(half_used(), to="mei"), StateConflictError)

    def test_nothing_cannot_be_handed_over_and_it_is_told_where_it_went(self) -> None:
        left, _, _ = half_used().redeem(Ask(), "r-2", touch(), 1)

        refusal = refused(left)

        assert isinstance(refusal, refusals.Exhausted)
        assert refusal.facts == {"redeemed_at": NOW, "store_id": "xinyi", "store": XINYI}

    def test_a_sale_that_is_not_over_is_waited_for_until_the_last_hold_ends(self) -> None:
        ends = [LATER + timedelta(minutes=minutes) for minutes in (9, 5)]
        held = half_used()
        for number, until in enumerate(ends):
            held, _, _ = held.hold(Ask(money=twd(100)), f"h-{number}", touch(), 1, until)

        refusal = refused(held)

        assert isinstance(refusal, refusals.Held)
        assert refusal.facts == {"held_until": ends[0], "available": cash(100)}


def test_a_redemption_of_the_old_one_is_given_back_to_whoever_has_it_now() -> None:
    restored, _ = heir(half_used()).void(cash(200), "r-1", touch(LATER))

    assert restored.worth == cash(500)


def test_a_chain_of_transfers_goes_on_from_the_last() -> None:
    second = moved(heir(half_used()), to="lin")[1].voucher

    assert (second.voucher_id, second.replaces) == (identity.successor_id(HEIR), HEIR)
