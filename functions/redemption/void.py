"""A till takes an operation back, whether or not it ever arrived."""

from dataclasses import replace
from datetime import datetime

from functions.domain import cases, operations, refusals
from functions.domain.cases import Case
from functions.domain.operations import Operation, Reservation, Tombstone, redemption_of, with_redemption
from functions.domain.retail import Terminal
from functions.domain.voucher import State, Touch, Voucher
from functions.domain.worth import Worth
from functions.redemption.in_force import in_force
from functions.redemption.ports import Clock, Desk
from functions.redemption.redeem import touch_of
from functions.redemption.uses import given_back
from functions.runtime.again import again
from functions.runtime.auth import TillCaller


def void(
    reference: str, *, caller: TillCaller, desk: Desk, clock: Clock, occurred_at: datetime | None = None
) -> tuple[Operation, bool]:
    """The operation as it stands now, and whether it had been voided before.

    A reference never seen gets a tombstone, which stops its late original for ever. A hold is released. `occurred_at`
    is when a till did it that was offline.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        ReferenceReused: the reference names a refund, which cannot be voided.
        Held: it names another till's open hold.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _void_once(reference, caller, desk, clock, occurred_at))


def _void_once(
    reference: str, caller: TillCaller, desk: Desk, clock: Clock, occurred_at: datetime | None
) -> tuple[Operation, bool]:
    seen = desk.look(caller.terminal_id, caller.store_id, reference=reference)
    terminal = caller.admitted(seen)
    operation = seen.operation
    if operation is None:
        return bury(reference, terminal, desk, clock), False
    if isinstance(operation, operations.Refund):
        raise refusals.ReferenceReused
    redemption = redemption_of(operation)
    if redemption is not None:
        if redemption.voided_at is not None:
            return operation, True
        touch = replace(touch_of(terminal, clock), occurred_at=occurred_at)
        return _restore(operation, redemption, terminal, desk, touch), False
    if isinstance(operation, Reservation):
        return give_up(operation, terminal, desk, clock)
    # A tombstone or a conflict: nothing was taken, and nothing ever will be.
    return operation, True


def bury(reference: str, terminal: Terminal, desk: Desk, clock: Clock) -> Tombstone:
    """Leave a tombstone under a reference never seen."""
    left_behind = operations.tombstone(reference, touch_of(terminal, clock))
    desk.save_operation(left_behind)
    return left_behind


def give_up(hold: Reservation, terminal: Terminal, desk: Desk, clock: Clock) -> tuple[Reservation, bool]:
    """The hold as it stands now, and whether it was over before; an open one is released.

    Raises:
        AlreadyCaptured: it became a redemption, which can be voided.
        Held: it is another till's.
    """
    touch = touch_of(terminal, clock)
    match hold.state(touch.now):
        case "captured":
            raise refusals.AlreadyCaptured
        case "open":
            return _released(hold, terminal, touch, desk), False
        case _:
            return hold, True


def _released(hold: Reservation, terminal: Terminal, touch: Touch, desk: Desk) -> Reservation:
    voucher = in_force(hold.voucher_id, terminal, desk)
    left, entry = voucher.release(hold.reference, touch)
    released = hold.released(touch.now)
    desk.save(left, entry, changed=released)
    return released


def _restore(
    operation: Operation, redemption: operations.Redemption, terminal: Terminal, desk: Desk, touch: Touch
) -> Operation:
    voucher = in_force(redemption.voucher_id, terminal, desk)
    back = redemption.refundable
    restored, entry = voucher.void(back, redemption.reference, touch, None if back.is_nothing else redemption.off)
    voided = with_redemption(operation, redemption.voided(touch.now))
    undone = given_back(redemption, back, voucher, desk)
    desk.save(restored, entry, changed=voided, case=returned(restored, back, touch), tally=undone)
    return voided


def returned(restored: Voucher, back: Worth, touch: Touch) -> Case | None:
    """The case to open where value went back onto a voucher that its holder cannot use any more."""
    if restored.state is not State.REVOKED or back.is_nothing:
        return None
    return cases.returned_to_revoked(restored, back, touch.now)


def find_operation(reference: str, *, caller: TillCaller, desk: Desk) -> Operation | None:
    """What a reference of this store did, or None.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
    """
    seen = desk.look(caller.terminal_id, caller.store_id, reference=reference)
    caller.admitted(seen)
    return seen.operation
