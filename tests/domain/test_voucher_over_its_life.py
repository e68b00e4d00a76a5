"""Whatever tills and administrators do to a voucher in whatever order, not a dollar appears or disappears."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from functions.domain import operations, refusals
from functions.domain.discount import Discount
from functions.domain.ledger import Entry, EntryKind
from functions.domain.operations import Operation, Redemption, Refund, Reservation, redemption_of, with_redemption
from functions.domain.product import Funding, Kind
from functions.domain.voucher import RECENT_USES, Ask, State, StateConflictError, Voucher
from functions.domain.worth import Worth
from tests.domain.samples import NOW, basket, cash, lines, terms, total_of, touch, twd, voucher

STORES = ("xinyi", "banqiao")
REFERENCES = st.sampled_from([f"r-{number}" for number in range(8)])
ASKS = st.one_of(
    st.just(Ask()),
    st.builds(Ask, money=st.integers(1, 600).map(twd)),
    st.builds(
        Ask,
        items=st.sampled_from(["spa-hour", "tea", "sauna"]).flatmap(
            lambda sku: st.integers(1, 4).map(lambda quantity: ((sku, quantity),))
        ),
    ),
    st.builds(Ask, basket=st.integers(0, 1_000).map(basket)),
)
MOVING = {EntryKind.REDEEM, EntryKind.VOID, EntryKind.REFUND}
STARTS = {
    Kind.CASH: cash(500),
    Kind.ITEM: lines(spa_hour=3, tea=2),
    Kind.DISCOUNT: Worth(uses=3),
}


def parts(worth: Worth) -> list[int]:
    money = [worth.money.minor] if worth.money else []
    uses = [worth.uses] if worth.uses is not None else []
    return [*money, *(line.quantity for line in worth.items), *uses]


class VoucherLife(RuleBasedStateMachine):
    """A voucher with its ledger and the operation rows beside it, driven as the use cases drive it."""

    @initialize(kind=st.sampled_from(sorted(STARTS)), expires=st.booleans())
    def issue(self, kind: Kind, *, expires: bool) -> None:
        self.now = NOW
        discount = Discount(basis_points=1_000, uses=3) if kind is Kind.DISCOUNT else None
        self.voucher = voucher(
            STARTS[kind],
            terms=terms(kind=kind, funding=Funding.PROMOTIONAL, discount=discount, stores=STORES[:1]),
            expires_at=NOW + timedelta(hours=12) if expires else None,
        )
        self.first = self.voucher
        self.ledger = [self.voucher.issued()]
        self.rows: dict[str, Operation] = {}

    @rule(hours=st.integers(1, 6))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(ask=ASKS, reference=REFERENCES, store=st.sampled_from(STORES), behind=st.integers(0, 1))
    def a_till_redeems(self, ask: Ask, reference: str, store: str, behind: int) -> None:
        """With the credential in force, or with the one before it."""
        before = self.voucher
        try:
            if reference in self.rows:
                row = operations.repeat_of(Redemption, self.rows[reference])
                assert row.replay(before.voucher_id, repr(ask)) is row
                return
            at = touch(self.now, store_id=store)
            left, entry, taken = before.redeem(ask, reference, at, before.credential - behind)
        except refusals.Refusal:
            assert self.voucher == before
            return
        assert not behind
        assert store in STORES[:1]
        assert before.state is State.ACTIVE
        assert before.expires_at is None or self.now < before.expires_at
        self.rows[reference] = operations.redemption(left, taken, reference, at, repr(ask), None)
        self._keep(left, entry)

    @rule(ask=ASKS, reference=REFERENCES, minutes=st.integers(1, 90), order=st.sampled_from([None, "o-1", "o-2"]))
    def a_till_holds(self, ask: Ask, reference: str, minutes: int, order: str | None) -> None:
        before = self.voucher
        if reference in self.rows:
            return
        at = touch(self.now)
        try:
            kept, entry, hold = before.hold(
                ask, reference, at, before.credential, self.now + timedelta(minutes=minutes), order
            )
        except refusals.Refusal:
            assert self.voucher == before
            return
        self.rows[reference] = operations.reservation(kept, hold, at, repr(ask))
        if entry.hold:
            replaced = self.rows[entry.hold]
            assert isinstance(replaced, Reservation)
            assert replaced.order == order
            self.rows[entry.hold] = replaced.released(self.now)
        self._keep(kept, entry)

    @rule(ask=ASKS, reference=REFERENCES, named=REFERENCES, own=st.booleans())
    def a_till_captures(self, ask: Ask, reference: str, named: str, *, own: bool) -> None:
        """Under the hold's own reference, or by a redemption that names it."""
        row = self.rows.get(named)
        if not isinstance(row, Reservation) or (not own and reference in self.rows):
            return
        at, before = touch(self.now), self.voucher
        under = named if own else reference
        try:
            row.must_be_open(self.now)
            left, entry, taken = before.capture(ask, named, under, at)
        except refusals.Refusal:
            assert self.voucher == before
            return
        assert row.held.covers(taken.worth)
        redemption = operations.redemption(left, taken, under, at, repr(ask), None, named)
        self.rows[named] = row.captured(redemption)
        if not own:
            self.rows[reference] = redemption
        self._keep(left, entry)

    @rule(reference=REFERENCES)
    def a_till_releases(self, reference: str) -> None:
        row = self.rows.get(reference)
        if isinstance(row, Reservation) and row.state(self.now) == "open":
            released, entry = self.voucher.release(reference, touch(self.now))
            self.rows[reference] = row.released(self.now)
            self._keep(released, entry)

    @rule(ask=ASKS, reference=REFERENCES, named=REFERENCES)
    def a_till_refunds(self, ask: Ask, reference: str, named: str) -> None:
        row = self.rows.get(named)
        redemption = redemption_of(row)
        if row is None or redemption is None or reference in self.rows:
            return
        at = touch(self.now)
        try:
            changed, given_back = redemption.refund(ask)
        except refusals.Refusal:
            return
        restored, entry = self.voucher.refund(given_back, named, reference, at)
        self.rows[named] = with_redemption(row, changed)
        self.rows[reference] = operations.refund(restored, given_back, named, reference, at, repr(ask))
        self._keep(restored, entry)

    @rule(reference=REFERENCES)
    def a_till_voids(self, reference: str) -> None:
        row = self.rows.get(reference)
        redemption = redemption_of(row)
        at = touch(self.now)
        if row is None:
            self.rows[reference] = operations.tombstone(reference, at)
        elif redemption is not None and redemption.voided_at is None:
            restored, entry = self.voucher.void(redemption.refundable, reference, at)
            self.rows[reference] = with_redemption(row, redemption.voided(self.now))
            self._keep(restored, entry)

    @rule(action=st.sampled_from(["suspend", "resume", "reissue"]))
    def an_administrator_acts(self, action: str) -> None:
        self._act(action)

    @precondition(lambda self: len(self.ledger) > 6)
    @rule()
    def the_shop_revokes(self) -> None:
        self._act("revoke")

    def _act(self, action: str) -> None:
        before = self.voucher
        try:
            self._keep(*getattr(before, action)(self.now, "asked"))
        except StateConflictError:
            assert self.voucher == before

    def _keep(self, changed: Voucher, entry: Entry) -> None:
        assert changed.version == self.voucher.version + 1
        assert changed.credential >= self.voucher.credential
        self.voucher = changed
        self.ledger.append(entry)

    def _redemptions(self) -> list[Redemption]:
        return [found for row in self.rows.values() if (found := redemption_of(row))]

    def _refunds(self) -> list[Refund]:
        return [row for row in self.rows.values() if isinstance(row, Refund)]

    @invariant()
    def nothing_is_ever_below_zero_or_above_the_face_value(self) -> None:
        assert all(
            0 <= left <= face for left, face in zip(parts(self.voucher.worth), parts(self.voucher.face), strict=True)
        )

    @invariant()
    def what_is_left_is_the_face_value_less_what_stands_redeemed(self) -> None:
        standing = [row.refundable for row in self._redemptions() if row.voided_at is None]

        assert self.voucher.worth == self.voucher.face.minus(total_of(standing, self.voucher.face.nothing))

    @invariant()
    def what_is_held_is_there(self) -> None:
        assert all(free >= 0 for free in parts(self.voucher.available(self.now)))

    @invariant()
    def the_voucher_and_the_rows_of_its_holds_tell_the_same(self) -> None:
        rows = {
            (row.reference, row.expires_at)
            for row in self.rows.values()
            if isinstance(row, Reservation) and row.state(self.now) == "open"
        }

        assert {(hold.reference, hold.expires_at) for hold in self.voucher.open_holds(self.now)} == rows

    @invariant()
    def no_more_is_refunded_than_was_redeemed(self) -> None:
        for row in self._redemptions():
            back = total_of(
                [refund.given_back for refund in self._refunds() if refund.redemption == row.reference],
                self.voucher.face.nothing,
            )
            assert back == (row.refunded or self.voucher.face.nothing)
            assert row.taken.covers(back)

    @invariant()
    def the_ledger_adds_up_to_the_voucher_at_every_line(self) -> None:
        nothing = self.voucher.face.minus(self.voucher.face)
        changes = [entry.change for entry in self.ledger]

        assert [total_of(changes[: line + 1], nothing) for line in range(len(changes))] == [
            entry.balance for entry in self.ledger
        ]
        assert self.ledger[-1].balance == self.voucher.worth

    @invariant()
    def the_ledger_has_no_gap_and_ends_at_the_voucher_s_version(self) -> None:
        assert [entry.sequence for entry in self.ledger] == list(range(1, self.voucher.version + 1))

    @invariant()
    def every_redemption_stands_in_the_ledger_once_and_every_void_once(self) -> None:
        entered = [(entry.kind.value, entry.reference) for entry in self.ledger if entry.kind in MOVING]
        redemptions = self._redemptions()

        assert sorted(entered) == sorted(
            [
                *(("redeem", row.reference) for row in redemptions),
                *(("void", row.reference) for row in redemptions if row.voided_at),
                *(("refund", row.reference) for row in self._refunds()),
            ]
        )

    @invariant()
    def the_clerk_is_told_the_truth_about_the_last_uses(self) -> None:
        uses = [entry.reference for entry in self.ledger if entry.kind == "redeem"][-RECENT_USES:]
        voided = {row.reference for row in self._redemptions() if row.voided_at}

        assert [(use.reference, use.voided) for use in self.voucher.recent] == [
            (reference, reference in voided) for reference in uses
        ]

    @invariant()
    def what_the_voucher_was_sold_as_never_changes(self) -> None:
        now = self.voucher
        movable = {
            name: getattr(self.first, name)
            for name in ("worth", "state", "state_reason", "flag", "credential", "version", "recent", "holds")
        }

        assert replace(now, **movable) == self.first


def test_nothing_is_lost_or_made_over_a_voucher_s_life() -> None:
    run_state_machine_as_test(VoucherLife, settings=settings(stateful_step_count=30))
