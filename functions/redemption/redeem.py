"""A till takes from a voucher, once: of what is free, or of a hold of its own."""

from dataclasses import dataclass

from functions.domain import operations, refusals
from functions.domain.operations import Operation, Redemption, Reservation, repeat_of
from functions.domain.retail import Terminal
from functions.domain.tally import Tally
from functions.domain.voucher import Ask, Touch, Voucher
from functions.redemption.credentials import Presented
from functions.redemption.fingerprint import fingerprint
from functions.redemption.ports import Clock, Desk
from functions.redemption.uses import counted, tally_of
from functions.runtime.again import again
from functions.runtime.auth import TillCaller
from functions.runtime.problems import found


@dataclass(frozen=True, slots=True)
class Redeem:
    """What a till asks for, under its own reference; `hold` is the reference of a hold to take it from."""

    reference: str
    presented: Presented | None
    ask: Ask
    receipt: str | None
    hold: str | None = None

    @property
    def fingerprint(self) -> str:
        """What makes another request under the same reference another request."""
        return fingerprint(self.ask, self.receipt, self.hold)


def redeem(command: Redeem, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Redemption, bool]:
    """The redemption, and whether it had been made before: one read, and one transaction unless it had.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        NotFoundError: this store has no such hold of the voucher.
        Refusal: what speaks against it; nothing was changed, and nothing is remembered.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _redeem_once(command, caller, desk, clock))


def _redeem_once(command: Redeem, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Redemption, bool]:
    presented = command.presented
    seen = desk.look(
        caller.terminal_id,
        caller.store_id,
        voucher_id=presented.credential.voucher_id if presented else None,
        reference=command.reference,
        other=command.hold,
        tally=presented.credential.tally if presented else None,
    )
    terminal = caller.admitted(seen)
    if presented is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    if seen.operation is not None:
        earlier = repeat_of(Redemption, seen.operation)
        return earlier.replay(seen.voucher.voucher_id, command.fingerprint), True
    touch = touch_of(terminal, clock)
    tally = tally_of(seen.voucher, presented.credential, seen.tally, desk)
    if command.hold is not None:
        return _capture(command, seen.other, seen.voucher, tally, touch, desk), False
    left, entry, taken = seen.voucher.redeem(
        command.ask, command.reference, touch, presented.credential.number, presented.shown
    )
    uses = counted(seen.voucher, tally, touch)
    operation = operations.redemption(
        left, taken, command.reference, touch, command.fingerprint, command.receipt, tally=uses
    )
    desk.save(left, entry, new=operation, tally=uses)
    return operation, False


def _capture(
    command: Redeem, named: Operation | None, voucher: Voucher, tally: Tally | None, touch: Touch, desk: Desk
) -> Redemption:
    hold = found(_hold_of(voucher, named), "hold")
    hold.must_be_open(touch.now)
    left, entry, taken = voucher.capture(command.ask, hold.reference, command.reference, touch)
    uses = counted(voucher, tally, touch)
    operation = operations.redemption(
        left, taken, command.reference, touch, command.fingerprint, command.receipt, hold.reference, uses
    )
    desk.save(left, entry, new=operation, changed=hold.captured(operation), tally=uses)
    return operation


def _hold_of(voucher: Voucher, operation: Operation | None) -> Reservation | None:
    return operation if isinstance(operation, Reservation) and operation.voucher_id == voucher.voucher_id else None


def touch_of(terminal: Terminal, clock: Clock) -> Touch:
    """Here and now, at this terminal."""
    return Touch(clock(), terminal.store_id, terminal.store, terminal.terminal_id, terminal.zone)
