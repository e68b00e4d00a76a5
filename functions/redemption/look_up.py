"""What a till sees before it redeems: exactly what is left here and now, or why nothing is."""

from dataclasses import dataclass
from datetime import datetime

from functions.domain import refusals
from functions.domain.basket import Basket
from functions.domain.discount import Priced
from functions.domain.refusals import Refusal
from functions.domain.retail import Terminal
from functions.domain.tally import Tally
from functions.domain.ticket import Ticket
from functions.domain.voucher import Voucher
from functions.redemption.credentials import Presented
from functions.redemption.ports import Clock, Desk
from functions.redemption.uses import tally_of
from functions.runtime.auth import TillCaller


@dataclass(frozen=True, slots=True)
class Found:
    """The voucher, what speaks against using it here and now, and what a discount takes off the till's basket.

    `ticket` keeps for the terminal what a rotating QR has just shown.
    """

    voucher: Voucher
    refusal: Refusal | None
    priced: Priced | None = None
    ticket: Ticket | None = None


def look_up(
    presented: Presented | None, basket: Basket | None, *, caller: TillCaller, desk: Desk, clock: Clock
) -> Found:
    """What a till would be told if it redeemed all that is left. One read, no effect.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        UnknownVoucher: the credential proves nothing.
    """
    voucher_id = presented.credential.voucher_id if presented else None
    hint = presented.credential.tally if presented else None
    seen = desk.look(caller.terminal_id, caller.store_id, voucher_id=voucher_id, tally=hint)
    terminal = caller.admitted(seen)
    if presented is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    tally = tally_of(seen.voucher, presented.credential, seen.tally, desk)
    return judged(seen.voucher, tally, presented, basket, terminal, clock())


def judged(
    voucher: Voucher,
    tally: Tally | None,
    presented: Presented,
    basket: Basket | None,
    terminal: Terminal,
    now: datetime,
) -> Found:
    """How a voucher stands at a terminal now, for a basket where one was told."""
    refusal = voucher.refusal(now, terminal.store_id, presented.credential.number, presented.shown)
    if refusal is None and tally and voucher.limits:
        refusal = tally.refusal(voucher.limits, now, voucher.terms.zone)
    if refusal is not None:
        return Found(voucher, refusal)
    ticket = _ticket(voucher, presented, terminal)
    try:
        return Found(voucher, None, voucher.priced(basket) if basket else None, ticket)
    except Refusal as unfit:
        return Found(voucher, unfit, ticket=ticket)


def _ticket(voucher: Voucher, presented: Presented, terminal: Terminal) -> Ticket | None:
    shown = presented.shown
    if shown is None or not voucher.terms.rotating:
        return None
    return Ticket(voucher.voucher_id, voucher.credential, shown.moment, terminal.terminal_id)
