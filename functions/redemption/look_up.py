"""What a till sees before it redeems: exactly what is left here and now, or why nothing is."""

from functions.domain import refusals
from functions.domain.credential import Credential
from functions.domain.refusals import Refusal
from functions.domain.voucher import Voucher
from functions.redemption.ports import Clock, Desk
from functions.runtime.auth import TillCaller


def look_up(
    credential: Credential | None, *, caller: TillCaller, desk: Desk, clock: Clock
) -> tuple[Voucher, Refusal | None]:
    """The voucher, and what speaks against using it at this till. One read, no effect.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        UnknownVoucher: the credential proves nothing.
    """
    seen = desk.look(caller.terminal_id, caller.store_id, voucher_id=credential.voucher_id if credential else None)
    terminal = caller.admitted(seen.terminal)
    if credential is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    return seen.voucher, seen.voucher.refusal(clock(), terminal.store_id, credential.number)
