"""A till's operation, named by its store and its own reference, happens once, for ever.

The operation row is written in the same transaction as the voucher. So the row alone tells a repeat from a first try,
stops the original of a void that came first, and says after a lost answer what happened.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.domain import refusals
from functions.domain.money import Money
from functions.domain.voucher import Touch, Voucher
from functions.domain.worth import Worth


class Outcome(StrEnum):
    """Where an operation stands."""

    REDEEMED = "redeemed"
    VOIDED = "voided"


class Effect(StrEnum):
    """What a void did to the voucher."""

    RESTORED = "restored"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One redemption, or the tombstone of one that never came (then `voucher_id` and what follows it are None).

    `fingerprint` is a digest of the request, to tell a repeat from another request under the same name.
    """

    store_id: str
    reference: str
    outcome: Outcome
    terminal_id: str
    voucher_id: str | None = None
    fingerprint: str | None = None
    taken: Worth | None = None
    off: Money | None = None
    left: Worth | None = None
    redeemed_at: datetime | None = None
    receipt: str | None = None
    voided_at: datetime | None = None
    effect: Effect | None = None

    def replay(self, voucher_id: str, fingerprint: str) -> "Operation":
        """The earlier answer, for a repeat of the same request.

        Raises:
            Voided: the reference was voided, be it before its original came.
            ReferenceReused: the reference names another request.
        """
        if self.outcome is Outcome.VOIDED and self.voided_at is not None:
            raise refusals.Voided(self.voided_at)
        if (self.voucher_id, self.fingerprint) != (voucher_id, fingerprint):
            raise refusals.ReferenceReused
        return self

    def voided(self, touch: Touch) -> "Operation":
        """This redemption, undone."""
        return replace(self, outcome=Outcome.VOIDED, voided_at=touch.now, effect=Effect.RESTORED)


def tombstone(reference: str, touch: Touch) -> Operation:
    """The void of a reference never seen: it stops its late original for ever."""
    return Operation(
        store_id=touch.store_id,
        reference=reference,
        outcome=Outcome.VOIDED,
        terminal_id=touch.terminal_id,
        voided_at=touch.now,
        effect=Effect.NONE,
    )


def redemption(
    before: Voucher,
    taken: Worth,
    off: Money | None,
    reference: str,
    touch: Touch,
    fingerprint: str,
    receipt: str | None,
) -> Operation:
    """The row of a redemption that took `taken` from `before`."""
    return Operation(
        store_id=touch.store_id,
        reference=reference,
        outcome=Outcome.REDEEMED,
        terminal_id=touch.terminal_id,
        voucher_id=before.voucher_id,
        fingerprint=fingerprint,
        taken=taken,
        off=off,
        left=before.worth.minus(taken),
        redeemed_at=touch.now,
        receipt=receipt,
    )
