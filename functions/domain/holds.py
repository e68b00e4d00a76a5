"""Value kept for one sale for a short while: it is still on the voucher, and nobody else can take it.

Whether a hold is open is decided by comparing times at the touch. One that is over keeps nothing, whether or not
anybody has cleared it away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.domain.text import Text
from functions.domain.worth import Worth

HOLDS_MAX: Final = 8  # keeps the voucher one small item
LASTS: Final = timedelta(minutes=5)  # a sale at a counter; a web checkout asks for more
LASTS_MAX: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`worth` kept for `terminal_id` until `expires_at` (exclusive); `order` names the sale it is for."""

    reference: str
    store_id: str
    store: Text
    terminal_id: str
    worth: Worth
    expires_at: datetime
    order: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it still keeps anything."""
        return now < self.expires_at

    def is_named(self, store_id: str, reference: str) -> bool:
        """Whether a store knows it by this reference."""
        return (self.store_id, self.reference) == (store_id, reference)

    def is_for(self, store_id: str, order: str | None) -> bool:
        """Whether it was made for this sale of this store."""
        return order is not None and (self.store_id, self.order) == (store_id, order)


def held(holds: Iterable[Hold], nothing: Worth) -> Worth:
    """The sum of what the holds keep, in the shape of `nothing`."""
    total = nothing
    for hold in holds:
        total = total.plus(hold.worth)
    return total


def free_at(holds: Iterable[Hold], free: Worth, wanted: Worth) -> datetime | None:
    """When `wanted` is free again if nobody captures: holds end one after another. None: not by waiting."""
    for hold in sorted(holds, key=lambda hold: hold.expires_at):
        free = free.plus(hold.worth)
        if free.covers(wanted):
            return hold.expires_at
    return None
