"""A till takes an operation back, whether or not it ever arrived."""

from functions.adapters.errors import ConflictError
from functions.domain import operations
from functions.domain.operations import Operation, Redemption
from functions.domain.retail import Terminal
from functions.redemption.ports import Clock, Desk
from functions.redemption.redeem import touch_of
from functions.runtime.again import again
from functions.runtime.auth import TillCaller


def void(reference: str, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Operation, bool]:
    """The operation as it stands now, and whether it had been voided before.

    A reference never seen gets a tombstone, which stops its late original for ever.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _void_once(reference, caller, desk, clock))


def _void_once(reference: str, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Operation, bool]:
    seen = desk.look(caller.terminal_id, caller.store_id, reference=reference)
    terminal = caller.admitted(seen.terminal)
    operation = seen.operation
    if operation is None:
        left_behind = operations.tombstone(reference, touch_of(terminal, clock))
        desk.save_tombstone(left_behind)
        return left_behind, False
    if operation.voided_at is not None:
        return operation, True
    return _restore(operation, terminal, desk, clock), False


def _restore(operation: Redemption, terminal: Terminal, desk: Desk, clock: Clock) -> Redemption:
    # Only the operation says which voucher it was: a void carries no credential. Hence a second read.
    voucher = desk.look(terminal.terminal_id, terminal.store_id, voucher_id=operation.voucher_id).voucher
    if voucher is None:
        raise ConflictError("the voucher of a redemption is gone")
    touch = touch_of(terminal, clock)
    restored, entry = voucher.void(operation.taken, operation.reference, touch)
    voided = operation.voided(touch.now)
    desk.save_void(restored, entry, voided)
    return voided


def find_operation(reference: str, *, caller: TillCaller, desk: Desk) -> Operation | None:
    """What a reference of this store did, or None.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
    """
    seen = desk.look(caller.terminal_id, caller.store_id, reference=reference)
    caller.admitted(seen.terminal)
    return seen.operation
