"""Several vouchers held against one basket: which of them serves the customer best."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from functions.domain.discount import Priced
from functions.domain.refusals import Refusal
from functions.domain.voucher import Voucher

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A voucher for a basket. `named` are the places, from 0, at which the till named it; `best` is the one to take.

    Without a voucher nothing answers to what was scanned.
    """

    named: tuple[int, ...]
    voucher: Voucher | None = None
    refusal: Refusal | None = None
    priced: Priced | None = None
    best: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether a till would take it."""
        return self.refusal is None

    @property
    def saving(self) -> int:
        """What it takes off the basket, in minor units; -1 for a voucher that is no discount and takes nothing off."""
        return self.priced.off.minor if self.priced else -1


def ranked(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Best first: most off, then the one that ends soonest, then the one with fewer uses left, then by id.

    What cannot be used comes last. Only what takes something off is ever the best: a use is not spent on nothing.
    """
    first, *others = sorted(offers, key=_rank)
    return (replace(first, best=first.is_usable and first.saving > 0), *others)


def _rank(offer: Offer) -> tuple[object, ...]:
    voucher = offer.voucher
    if voucher is None:
        return (True, True, offer.named)
    ends, uses = voucher.expires_at or _NEVER, voucher.worth.uses or 0
    return (not offer.is_usable, False, -offer.saving, ends, uses, voucher.voucher_id)
