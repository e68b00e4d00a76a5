"""A till's operation, named by its store and its own reference, happens once, for ever.

The operation row is written in the same transaction as the voucher. So the row alone tells a repeat from a first try,
stops the original of a void that came first, and says after a lost answer what happened.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from functions.domain import refusals
from functions.domain.discount import Discount
from functions.domain.money import Money
from functions.domain.voucher import Taken, Touch, Voucher
from functions.domain.worth import Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a redemption took and left. `fingerprint` is a digest of the request, to tell a repeat from another."""

    kind: Literal["redemption"] = "redemption"
    store_id: str
    reference: str
    terminal_id: str
    voucher_id: str
    fingerprint: str
    taken: Worth
    left: Worth
    redeemed_at: datetime
    off: Money | None = None
    discount: Discount | None = None
    receipt: str | None = None
    voided_at: datetime | None = None

    @property
    def state(self) -> Literal["redeemed", "voided"]:
        """Where it stands."""
        return "voided" if self.voided_at else "redeemed"

    def replay(self, voucher_id: str, fingerprint: str) -> "Redemption":
        """The earlier answer, for a repeat of the same request.

        Raises:
            Voided: it was undone since.
            ReferenceReused: the reference names another request.
        """
        if self.voided_at:
            raise refusals.Voided(self.voided_at)
        if (self.voucher_id, self.fingerprint) != (voucher_id, fingerprint):
            raise refusals.ReferenceReused
        return self

    def voided(self, now: datetime) -> "Redemption":
        """This redemption, undone."""
        return replace(self, voided_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The void of a reference never seen: it stops its late original for ever."""

    kind: Literal["tombstone"] = "tombstone"
    store_id: str
    reference: str
    terminal_id: str
    voided_at: datetime

    def replay(self, voucher_id: str, fingerprint: str) -> Redemption:
        """Refuse the late original, whatever it asks for.

        Raises:
            Voided: always.
        """
        del voucher_id, fingerprint
        raise refusals.Voided(self.voided_at)


Operation = Redemption | Tombstone


def tombstone(reference: str, touch: Touch) -> Tombstone:
    """The tombstone a till leaves with a void that found nothing."""
    return Tombstone(store_id=touch.store_id, reference=reference, terminal_id=touch.terminal_id, voided_at=touch.now)


def redemption(
    left: Voucher, taken: Taken, reference: str, touch: Touch, fingerprint: str, receipt: str | None
) -> Redemption:
    """The row of a redemption that took `taken` and left `left`."""
    return Redemption(
        store_id=touch.store_id,
        reference=reference,
        terminal_id=touch.terminal_id,
        voucher_id=left.voucher_id,
        fingerprint=fingerprint,
        taken=taken.worth,
        off=taken.off,
        left=left.worth,
        discount=left.terms.discount,
        redeemed_at=touch.now,
        receipt=receipt,
    )
