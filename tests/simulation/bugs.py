"""Bugs that were planted to see whether the simulation finds them: each is a mistake that somebody could make.

A bug is the app as it would be with the mistake in it. What no history can tell from the right thing is no bug, and not
in here: the version of a voucher and the row of its ledger each stop a lost update alone, so only both can be missing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.dynamodb import database, issuing, till, vouchers
from functions.adapters.dynamodb.database import Condition
from functions.adapters.dynamodb.orders import OrderTable
from functions.adapters.dynamodb.sends import SendTable
from functions.adapters.errors import ConflictError, UnavailableError
from functions.checkout import entry as checkout
from functions.checkout import receive
from functions.domain import issue_plan, operations, refusals
from functions.domain.holds import Hold
from functions.domain.operations import Redemption, Tombstone, redemption_of
from functions.domain.voucher import Taken, Voucher
from functions.domain.worth import Worth
from functions.issuance.settle import Settling
from functions.redemption import entry, redeem, void
from functions.redemption.redeem import Redeem
from functions.runtime.wiring import current

Plant = Callable[[pytest.MonkeyPatch], None]
ALWAYS = Condition("attribute_exists(#pk) OR attribute_not_exists(#pk)", {"#pk": "pk"}, {})
BUGS: dict[str, Plant] = {}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """The app with one bug in it."""
    with pytest.MonkeyPatch.context() as patch:
        BUGS[name](patch)
        yield


def bug(plant: Plant) -> Plant:
    """Enter a bug, under what is wrong."""
    BUGS[plant.__name__.replace("_", " ").strip()] = plant
    return plant


def _always(_: object) -> Condition:
    return ALWAYS


@bug
def a_voucher_is_written_over_whatever_it_became(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(vouchers, "unchanged", _always)
    patch.setattr(vouchers, "NEW", ALWAYS)


@bug
def a_reference_is_written_over_whatever_it_did(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(till, "NEW", ALWAYS)
    patch.setattr(till, "unchanged", _always)


@bug
def a_change_leaves_no_row_in_the_ledger(patch: pytest.MonkeyPatch) -> None:
    whole = vouchers.change
    patch.setattr(till, "change", lambda *changed: whole(*changed)[:1])


@bug
def the_voucher_and_its_ledger_are_written_one_after_the_other(patch: pytest.MonkeyPatch) -> None:
    whole = database.Database.write

    def one_by_one(self: database.Database, writes: Any) -> None:
        for write in writes:
            whole(self, [write])

    patch.setattr(database.Database, "write", one_by_one)


@bug
def a_void_restores_as_often_as_it_is_sent(patch: pytest.MonkeyPatch) -> None:
    def never_voided(operation: Any) -> Redemption | None:
        redemption = redemption_of(operation)
        return replace(redemption, voided_at=None) if redemption else None

    patch.setattr(void, "redemption_of", never_voided)


@bug
def a_void_of_nothing_leaves_no_tombstone(patch: pytest.MonkeyPatch) -> None:
    def forget(reference: str, terminal: Any, desk: object, clock: Any) -> Tombstone:
        del desk
        return operations.tombstone(reference, redeem.touch_of(terminal, clock))

    patch.setattr(void, "bury", forget)


@bug
def a_reference_answers_for_any_request(patch: pytest.MonkeyPatch) -> None:
    def same_answer(self: Redemption, voucher_id: str, fingerprint: str) -> Redemption:
        del voucher_id, fingerprint
        if self.voided_at:
            raise refusals.Voided(self.voided_at)
        return self

    patch.setattr(Redemption, "replay", same_answer)


@bug
def a_voided_reference_answers_as_at_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Redemption, "replay", lambda self, *_: self)


@bug
def a_voucher_gives_one_dollar_more_than_it_has(patch: pytest.MonkeyPatch) -> None:
    covers = Worth.covers

    def nearly(self: Worth, other: Worth) -> bool:
        more = replace(self, money=replace(self.money, minor=self.money.minor + 1)) if self.money else self
        return covers(more, other)

    patch.setattr(Worth, "covers", nearly)


@bug
def a_refusal_is_answered_as_a_success(patch: pytest.MonkeyPatch) -> None:
    def obliging(command: Redeem, *, caller: Any, desk: Any, clock: Any) -> tuple[Redemption, bool]:
        try:
            return redeem.redeem(command, caller=caller, desk=desk, clock=clock)
        except refusals.Exhausted:
            assert command.presented is not None
            voucher = current().vouchers.get(command.presented.credential.voucher_id)
            terminal = current().stores.terminal(caller.terminal_id)
            assert voucher is not None
            assert terminal is not None
            taken, touch = Taken(voucher.worth.nothing), redeem.touch_of(terminal, clock)
            return operations.redemption(voucher, taken, command.reference, touch, "", None), False

    patch.setattr(entry, "redeem", obliging)


@bug
def after_a_lost_answer_it_is_tried_under_another_reference(patch: pytest.MonkeyPatch) -> None:
    def insisting(command: Redeem, **world: Any) -> tuple[Redemption, bool]:
        try:
            return redeem.redeem(command, **world)
        except UnavailableError:
            return redeem.redeem(replace(command, reference=f"{command.reference}~"), **world)

    patch.setattr(entry, "redeem", insisting)


@bug
def a_first_try_under_way_is_taken_for_a_conflict(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(database, "_CONFLICTS", database._CONFLICTS | {"TransactionInProgressException"})


@bug
def a_second_try_that_succeeds_is_reported_as_busy(patch: pytest.MonkeyPatch) -> None:
    def pessimistic(attempt: Callable[[], Any], **_: Any) -> Any:
        try:
            return attempt()
        except ConflictError:
            attempt()
            raise

    for room in (redeem, void):
        patch.setattr(room, "again", pessimistic)


@bug
def an_old_qr_is_as_good_as_the_newest(patch: pytest.MonkeyPatch) -> None:
    stopped = Voucher._stopped
    patch.setattr(Voucher, "_stopped", lambda self, _: stopped(self, None))


@bug
def a_suspended_voucher_is_taken(patch: pytest.MonkeyPatch) -> None:
    def only_stale(self: Voucher, credential: int | None) -> refusals.Refusal | None:
        return refusals.StaleCredential() if credential not in {None, self.credential} else None

    patch.setattr(Voucher, "_stopped", only_stale)


@bug
def a_promotion_outlives_its_date(patch: pytest.MonkeyPatch) -> None:
    refusal = Voucher.refusal
    patch.setattr(Voucher, "refusal", lambda self, *asked: refusal(replace(self, expires_at=None), *asked))


@bug
def a_used_voucher_is_revoked_and_nobody_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Voucher, "is_used", property(lambda _: False))


@bug
def vouchers_are_issued_for_an_order_that_has_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issuing, "unchanged", _always)


@bug
def an_order_is_marked_settled_before_its_vouchers_are_issued(patch: pytest.MonkeyPatch) -> None:
    settle_once = Settling._settle_once

    def hasty(self: Settling, message: Any) -> None:
        order = self.orders.get(message.shop_id, message.order_id)
        if order is None or order.is_settled:
            return
        settled = replace(order, settled=order.version)
        self.orders.settle(settled)
        settle_once(replace(self, orders=_Unsettled(order)), message)

    patch.setattr(Settling, "_settle_once", hasty)


class _Unsettled:
    """Gives one order as it was, and takes nothing down."""

    def __init__(self, order: Any) -> None:
        self._order = order

    def get(self, *_: str) -> Any:
        return self._order

    def settle(self, order: Any) -> None:
        del order


@bug
def an_order_that_is_told_again_is_issued_again(patch: pytest.MonkeyPatch) -> None:
    unit_id = issue_plan.unit_id
    patch.setattr(
        issue_plan,
        "unit_id",
        lambda order, line, unit: unit_id(replace(order, order_id=f"{order.order_id}-{order.version}"), line, unit),
    )


@bug
def a_webhook_that_cannot_be_written_is_accepted(patch: pytest.MonkeyPatch) -> None:
    save = OrderTable.save

    def hopeful(self: OrderTable, *saved: Any) -> None:
        try:
            save(self, *saved)
        except UnavailableError:
            return

    patch.setattr(OrderTable, "save", hopeful)


@bug
def the_message_is_queued_no_second_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SendTable, "waiting", lambda *_: [])


@bug
def an_administrators_repeat_is_another_wish(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(vouchers.VoucherTable, "answered", lambda *_: None)
    patch.setattr(vouchers, "_remembered", lambda *_: [])


@bug
def vouchers_are_taken_back_for_an_order_that_has_changed(patch: pytest.MonkeyPatch) -> None:
    def unasked(self: issuing.IssuingTable, order: object, *revoked: Any) -> None:
        del order
        voucher, written, case = revoked
        self._vouchers.save(voucher, written, case=case)

    patch.setattr(issuing.IssuingTable, "revoke", unasked)


@bug
def news_that_all_is_as_before_is_no_news(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        checkout, "learn", lambda *report, is_timed, **world: receive.learn(*report, is_timed=not is_timed, **world)
    )


@bug
def what_is_held_is_given_to_others(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Voucher, "available", lambda self, _now: self.worth)


@bug
def a_hold_stays_when_it_is_captured(patch: pytest.MonkeyPatch) -> None:
    real = Voucher.capture

    def capture(self: Voucher, ask: Any, held_as: str, reference: str, touch: Any) -> Any:
        left, entry, taken = real(self, ask, held_as, reference, touch)
        return replace(left, holds=self.holds), entry, taken

    patch.setattr(Voucher, "capture", capture)


@bug
def a_refund_is_not_counted_against_its_redemption(patch: pytest.MonkeyPatch) -> None:
    real = Redemption.refund

    def refund(self: Redemption, ask: Any) -> Any:
        changed, back = real(self, ask)
        return replace(changed, refunded=None), back

    patch.setattr(Redemption, "refund", refund)


@bug
def a_void_restores_what_was_refunded_before(patch: pytest.MonkeyPatch) -> None:
    real = Voucher.void
    taken: dict[tuple[str, str], Worth] = {}
    take = operations.redemption

    def redemption(*of: Any, **more: Any) -> Redemption:
        made = take(*of, **more)
        taken[made.store_id, made.reference] = made.taken
        return made

    def voided(self: Voucher, back: Worth, reference: str, touch: Any, *more: Any) -> Any:
        return real(self, taken.get((touch.store_id, reference), back), reference, touch, *more)

    patch.setattr(operations, "redemption", redemption)
    patch.setattr(Voucher, "void", voided)


@bug
def a_hold_that_is_over_is_captured(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Hold, "is_open", lambda *_: True)
    patch.setattr(operations.Reservation, "state", lambda *_: "open")
    patch.setattr(operations.Reservation, "must_be_open", lambda *_: None)


@bug
def more_is_captured_than_was_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Voucher,
        "_own_hold",
        lambda self, reference, touch: replace(
            next((hold for hold in self.holds if hold.is_named(touch.store_id, reference)), self.holds[0]),
            worth=self.worth,
        ),
    )
