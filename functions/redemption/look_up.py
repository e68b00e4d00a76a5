"""What a till sees before it redeems: exactly what is left here and now, or why nothing is."""

from dataclasses import dataclass
from datetime import datetime

from functions.domain import refusals
from functions.domain.basket import Basket
from functions.domain.credential import Credential
from functions.domain.discount import Priced
from functions.domain.refusals import Refusal
from functions.domain.retail import Terminal
from functions.domain.voucher import Voucher
from functions.redemption.ports import Clock, Desk
from functions.runtime.auth import TillCaller


@dataclass(frozen=True, slots=True)
class Found:
    """The voucher, what speaks against using it here and now, and what a discount takes off the till's basket."""

    voucher: Voucher
    refusal: Refusal | None
    priced: Priced | None = None


def look_up(
    credential: Credential | None, basket: Basket | None, *, caller: TillCaller, desk: Desk, clock: Clock
) -> Found:
    """What a till would be told if it redeemed all that is left. One read, no effect.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        UnknownVoucher: the credential proves nothing.
    """
    seen = desk.look(caller.terminal_id, caller.store_id, voucher_id=credential.voucher_id if credential else None)
    terminal = caller.admitted(seen)
    if credential is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    return judged(seen.voucher, credential, basket, terminal, clock())


def judged(voucher: Voucher, credential: Credential, basket: Basket | None, terminal: Terminal, now: datetime) -> Found:
    """How a voucher stands at a terminal now, for a basket where one was told."""
    refusal = voucher.refusal(now, terminal.store_id, credential.number)
    if refusal is not None or basket is None:
        return Found(voucher, refusal)
    try:
        return Found(voucher, None, voucher.priced(basket))
    except Refusal as unfit:
        return Found(voucher, unfit)
