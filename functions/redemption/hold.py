"""A till keeps value for a sale, and takes it or gives it up."""

from dataclasses import dataclass
from datetime import timedelta

from functions.domain import holds, operations, refusals
from functions.domain.operations import Operation, Reservation, Tombstone, repeat_of
from functions.domain.voucher import Ask
from functions.redemption.credentials import Presented
from functions.redemption.fingerprint import fingerprint
from functions.redemption.in_force import in_force
from functions.redemption.ports import Clock, Desk
from functions.redemption.redeem import touch_of
from functions.redemption.uses import counted, tally_of
from functions.redemption.void import bury, give_up
from functions.runtime.again import again
from functions.runtime.auth import TillCaller
from functions.runtime.problems import NotFoundError


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """What a till wants to keep, under its own reference; `order` names the sale it is for."""

    reference: str
    presented: Presented | None
    ask: Ask
    seconds: int | None = None
    order: str | None = None

    @property
    def fingerprint(self) -> str:
        """What makes another request under the same reference another request."""
        return fingerprint(self.ask, self.seconds, self.order)


@dataclass(frozen=True, slots=True)
class Capture:
    """What a till takes of its hold; all of it where no part is named."""

    reference: str
    ask: Ask
    receipt: str | None = None

    @property
    def fingerprint(self) -> str:
        """What makes another capture of the same hold another one."""
        return fingerprint(self.ask, self.receipt)


def place_hold(command: PlaceHold, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Reservation, bool]:
    """The hold, and whether it had been made before: one read, and one transaction unless it had.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        Refusal: what speaks against it; nothing was changed, and nothing is remembered.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _place_once(command, caller, desk, clock))


def _place_once(command: PlaceHold, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Reservation, bool]:
    presented = command.presented
    seen = desk.look(
        caller.terminal_id,
        caller.store_id,
        voucher_id=presented.credential.voucher_id if presented else None,
        reference=command.reference,
        tally=presented.credential.tally if presented else None,
    )
    terminal = caller.admitted(seen)
    if presented is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    touch = touch_of(terminal, clock)
    if seen.operation is not None:
        earlier = repeat_of(Reservation, seen.operation)
        return earlier.replay(seen.voucher.voucher_id, command.fingerprint, touch.now), True
    lasts = timedelta(seconds=command.seconds) if command.seconds else holds.LASTS
    kept, entry, hold = seen.voucher.hold(
        command.ask,
        command.reference,
        touch,
        presented.credential.number,
        touch.now + lasts,
        command.order,
        presented.shown,
    )
    # A use is counted when it is captured; here it is only seen to be one that may be made.
    counted(seen.voucher, tally_of(seen.voucher, presented.credential, seen.tally, desk), touch)
    reservation = operations.reservation(kept, hold, touch, command.fingerprint)
    desk.save(kept, entry, new=reservation, replaced=entry.hold)
    return reservation, False


def capture(command: Capture, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Reservation, bool]:
    """The hold with the redemption that it became, and whether it had become that before.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        NotFoundError: this store has no such hold.
        Refusal: what speaks against it; nothing was changed.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _capture_once(command, caller, desk, clock))


def _capture_once(command: Capture, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Reservation, bool]:
    seen = desk.look(caller.terminal_id, caller.store_id, reference=command.reference)
    terminal = caller.admitted(seen)
    if seen.operation is None:
        raise NotFoundError("this store has no such hold")
    hold = repeat_of(Reservation, seen.operation)
    if hold.capture is not None and hold.capture.fingerprint == command.fingerprint:
        hold.capture.replay(hold.capture.voucher_id, command.fingerprint)
        return hold, True
    touch = touch_of(terminal, clock)
    hold.must_be_open(touch.now)
    voucher = in_force(hold.voucher_id, terminal, desk)
    left, entry, taken = voucher.capture(command.ask, hold.reference, hold.reference, touch)
    uses = counted(voucher, tally_of(voucher, None, None, desk), touch)
    redemption = operations.redemption(
        left, taken, hold.reference, touch, command.fingerprint, command.receipt, hold.reference, uses
    )
    captured = hold.captured(redemption)
    desk.save(left, entry, changed=captured, tally=uses)
    return captured, False


def release(reference: str, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Operation, bool]:
    """The hold as it stands now, and whether it was over before. One never seen gets a tombstone.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        AlreadyCaptured: it became a redemption, which can be voided.
        ReferenceReused: the reference names something else.
        Held: it is another till's.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _release_once(reference, caller, desk, clock))


def _release_once(reference: str, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Operation, bool]:
    seen = desk.look(caller.terminal_id, caller.store_id, reference=reference)
    terminal = caller.admitted(seen)
    operation = seen.operation
    if operation is None:
        return bury(reference, terminal, desk, clock), False
    if isinstance(operation, Tombstone):
        return operation, True
    return give_up(repeat_of(Reservation, operation), terminal, desk, clock)
