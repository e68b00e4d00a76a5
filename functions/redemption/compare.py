"""A customer shows several vouchers: what each takes off the basket, and which to take."""

from collections.abc import Sequence

from functions.domain.basket import Basket
from functions.domain.offers import Offer, ranked
from functions.domain.refusals import UnknownVoucher
from functions.domain.voucher import Voucher
from functions.redemption.credentials import Presented
from functions.redemption.look_up import judged
from functions.redemption.ports import Clock, CompareDesk
from functions.redemption.uses import tally_of
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
    hints = {each.credential.tally for each in presented if each and each.credential.tally}
    seen = desk.look_together(caller.terminal_id, named, hints)
    terminal, now = caller.admitted(seen), clock()
    known = {voucher_id: places for voucher_id, places in named.items() if voucher_id in seen.vouchers}
    offers = []
    for voucher_id, places in known.items():
        voucher = seen.vouchers[voucher_id]
        newest = _newest(voucher, places)
        tally = tally_of(voucher, newest.credential, seen.tallies.get(newest.credential.tally or ""), desk)
        found = judged(voucher, tally, newest, basket, terminal, now)
        offers.append(
            Offer(
                named=tuple(place for place, _ in places), voucher=voucher, refusal=found.refusal, priced=found.priced
            )
        )
    answered = {place for places in known.values() for place, _ in places}
    unknown = [place for place in range(len(presented)) if place not in answered]
    return ranked([*offers, *(Offer(named=(place,), refusal=UnknownVoucher()) for place in unknown)])


def _newest(voucher: Voucher, named: Sequence[Named]) -> Presented:
    """Shown by an old QR and a new one, it is the new one that counts."""
    return max((each for _, each in named), key=lambda each: _newness(voucher, each))


def _newness(voucher: Voucher, presented: Presented) -> tuple[bool, int]:
    return presented.credential.number == voucher.credential, presented.shown.moment if presented.shown else 0
