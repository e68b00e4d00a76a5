"""A customer shows several vouchers: what each takes off the basket, and which to take."""

from collections.abc import Sequence
from datetime import datetime

from functions.domain.basket import Basket
from functions.domain.offers import Offer, ranked
from functions.domain.refusals import UnknownVoucher
from functions.domain.retail import Terminal
from functions.domain.voucher import Voucher
from functions.redemption.credentials import Presented
from functions.redemption.look_up import judged
from functions.redemption.ports import Clock, CompareDesk
from functions.runtime.auth import TillCaller

Named = tuple[int, Presented]


def compare(
    presented: Sequence[Presented | None], basket: Basket, *, caller: TillCaller, desk: CompareDesk, clock: Clock
) -> tuple[Offer, ...]:
    """The vouchers behind what was presented, best first, each once. One read, no effect.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
    """
    named: dict[str, list[Named]] = {}
    for place, each in enumerate(presented):
        if each is not None:
            named.setdefault(each.credential.voucher_id, []).append((place, each))
    seen = desk.look_together(caller.terminal_id, named)
    terminal, now = caller.admitted(seen), clock()
    known = {voucher_id: places for voucher_id, places in named.items() if voucher_id in seen.vouchers}
    offers = [_offer(seen.vouchers[voucher_id], places, basket, terminal, now) for voucher_id, places in known.items()]
    answered = {place for places in known.values() for place, _ in places}
    unknown = [place for place in range(len(presented)) if place not in answered]
    return ranked([*offers, *(Offer(named=(place,), refusal=UnknownVoucher()) for place in unknown)])


def _offer(voucher: Voucher, named: Sequence[Named], basket: Basket, terminal: Terminal, now: datetime) -> Offer:
    # Shown by an old QR and a new one, it is the new one that counts.
    newest = max((each for _, each in named), key=lambda each: _newness(voucher, each))
    found = judged(voucher, newest, basket, terminal, now)
    return Offer(named=tuple(place for place, _ in named), voucher=voucher, refusal=found.refusal, priced=found.priced)


def _newness(voucher: Voucher, presented: Presented) -> tuple[bool, int]:
    return presented.credential.number == voucher.credential, presented.shown.moment if presented.shown else 0
