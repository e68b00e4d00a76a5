"""A till gives back what a redemption took, or a part of it: never more, onto the voucher that stands for it now."""

from dataclasses import dataclass

from functions.domain import operations, refusals
from functions.domain.operations import Refund, Tombstone, redemption_of, repeat_of, with_redemption
from functions.domain.voucher import Ask
from functions.redemption.fingerprint import fingerprint
from functions.redemption.in_force import in_force
from functions.redemption.ports import Clock, Desk
from functions.redemption.redeem import touch_of
from functions.redemption.uses import given_back
from functions.redemption.void import returned
from functions.runtime.again import again
from functions.runtime.auth import TillCaller
from functions.runtime.problems import NotFoundError


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What a till refunds of `redemption`, under its own reference; all that is left of it where no part is named."""

    reference: str
    redemption: str
    ask: Ask

    @property
    def fingerprint(self) -> str:
        """What makes another request under the same reference another request."""
        return fingerprint(self.ask, self.redemption)


def refund(command: GiveBack, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Refund, bool]:
    """The refund, and whether it had been made before.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        NotFoundError: this store has no such redemption.
        Refusal: what speaks against it; nothing was changed.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _refund_once(command, caller, desk, clock))


def _refund_once(command: GiveBack, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Refund, bool]:
    seen = desk.look(caller.terminal_id, caller.store_id, reference=command.reference, other=command.redemption)
    terminal = caller.admitted(seen)
    if seen.operation is not None:
        return repeat_of(Refund, seen.operation).replay(command.fingerprint), True
    operation = seen.other
    if isinstance(operation, Tombstone):
        raise refusals.Voided(operation.voided_at)
    redemption = redemption_of(operation)
    if operation is None or redemption is None:
        raise NotFoundError("this store has no such redemption")
    touch = touch_of(terminal, clock)
    changed, back = redemption.refund(command.ask)
    voucher = in_force(redemption.voucher_id, terminal, desk)
    restored, entry = voucher.refund(back, redemption.reference, command.reference, touch, redemption.off)
    row = operations.refund(restored, back, redemption.reference, command.reference, touch, command.fingerprint)
    case, undone = returned(restored, back, touch), given_back(redemption, back, voucher, desk)
    desk.save(restored, entry, new=row, changed=with_redemption(operation, changed), case=case, tally=undone)
    return row, False
