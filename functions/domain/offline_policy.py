"""What a till may do while it cannot ask.

A till that is offline sees that a QR is genuine and not on its list of stopped vouchers; what is left of one it does
not see. So somebody may spend a voucher twice, and the policy says how much of that a retailer risks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.domain import refusals
from functions.domain.money import Money
from functions.domain.voucher import Voucher
from functions.domain.worth import Worth

AHEAD: Final = timedelta(minutes=5)  # how far a till's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Took:
    """What one operation took, and what a discount took off the basket."""

    worth: Worth
    off: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePolicy:
    """What a till may take on its own: no limit where an amount is None, no money at all where it is nothing.

    `floor_limit` is for one operation; `voucher_cap` and `units` (of services and goods, and uses of a discount) are
    for one voucher over a batch. `hours` is how long ago an operation may have happened when it is reported.
    """

    floor_limit: Money | None = None
    voucher_cap: Money | None = None
    units: int = 10
    hours: int = 24

    def must_be_timely(self, occurred_at: datetime, now: datetime) -> None:
        """Nothing, if a till may have done something at this time and report it now.

        Raises:
            OfflineClock: too long ago, or not yet.
        """
        if not now - timedelta(hours=self.hours) <= occurred_at <= now + AHEAD:
            raise refusals.OfflineClock

    def must_cover(self, taken: Took, before: Iterable[Took]) -> None:
        """Nothing, if a till may take this of a voucher of which it took `before` in the same batch.

        Raises:
            OfflineLimit: it is too much.
        """
        all_taken = (*before, taken)
        if (
            not _within(_amounts([taken]), self.floor_limit)
            or not _within(_amounts(all_taken), self.voucher_cap)
            or sum(map(_units, all_taken)) > self.units
        ):
            raise refusals.OfflineLimit


DEFAULT_POLICY: Final = OfflinePolicy(floor_limit=Money(1_000, "TWD"), voucher_cap=Money(1_000, "TWD"))


def policy_for(policy: OfflinePolicy | None, voucher: Voucher) -> OfflinePolicy:
    """A terminal's policy, for this voucher.

    Raises:
        OfflineForbidden: the terminal may not work offline, or nobody may take this product offline.
    """
    if policy is None or not voucher.terms.may_be_taken_offline:
        raise refusals.OfflineForbidden
    return policy


def _amounts(taken: Iterable[Took]) -> list[Money]:
    return [amount for each in taken if (amount := each.worth.money or each.off) is not None]


def _within(amounts: list[Money], limit: Money | None) -> bool:
    if limit is None:
        return True
    # A limit says nothing of another currency, so nothing of it may be taken.
    same = all(amount.currency == limit.currency for amount in amounts)
    return same and sum(amount.minor for amount in amounts) <= limit.minor


def _units(taken: Took) -> int:
    return (taken.worth.uses or 0) + sum(line.quantity for line in taken.worth.items)
