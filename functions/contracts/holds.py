"""Holds: what a till asks to keep, and what becomes of it."""

from datetime import datetime
from typing import Self

from pydantic import Field

from functions.contracts.available import Available
from functions.contracts.base import Id, Instant, Wire, WireText, WireWorth
from functions.contracts.till import Part, Presented, Redeemed, RedeemedPart
from functions.domain.holds import LASTS, LASTS_MAX, Hold
from functions.domain.operations import Operation, Reservation

_SECONDS_MAX = int(LASTS_MAX.total_seconds())


class HoldRequest(Presented, Part):
    """Keep `money`, or `items`, or (with neither) all that is free.

    A hold for an `order` takes the place of the store's earlier hold for the same order.
    """

    seconds: int | None = Field(None, ge=1, le=_SECONDS_MAX, description=f"{int(LASTS.total_seconds())} if left out")
    order: Id | None = None


class CaptureRequest(RedeemedPart):
    """Take `money`, or `items`, or (with neither) all that is held; the rest is free again at once."""


class HoldSummary(Wire):
    """An open hold, for whoever looks at the voucher."""

    reference: str
    store_id: str
    store: WireText
    terminal_id: str
    held: WireWorth
    expires_at: Instant
    order: str | None

    @classmethod
    def of(cls, hold: Hold) -> Self:
        """The wire form."""
        return cls(
            reference=hold.reference,
            store_id=hold.store_id,
            store=WireText.of(hold.store),
            terminal_id=hold.terminal_id,
            held=WireWorth.of(hold.worth),
            expires_at=hold.expires_at,
            order=hold.order,
        )


class HoldAnswer(Wire):
    """A hold as it stands: open, captured, released or expired. `redeemed` and `available` are those of its capture."""

    reference: str
    voucher_id: str
    state: str
    held: Redeemed
    available: Available
    opened_at: Instant
    expires_at: Instant
    store_id: str
    terminal_id: str
    order: str | None = None
    captured_as: str | None = None
    redeemed: Redeemed | None = None
    redeemed_at: Instant | None = None
    receipt: str | None = None
    released_at: Instant | None = None

    @classmethod
    def of(cls, hold: Reservation, now: datetime) -> Self:
        """The wire form."""
        capture = hold.capture
        return cls(
            reference=hold.reference,
            voucher_id=hold.voucher_id,
            state=hold.state(now),
            held=Redeemed.of(hold.held),
            available=Available.of(capture.left if capture else hold.left, hold.discount),
            opened_at=hold.opened_at,
            expires_at=hold.expires_at,
            store_id=hold.store_id,
            terminal_id=hold.terminal_id,
            order=hold.order,
            captured_as=hold.captured_as,
            redeemed=Redeemed.of(capture.taken, capture.off) if capture else None,
            redeemed_at=capture.redeemed_at if capture else None,
            receipt=capture.receipt if capture else None,
            released_at=hold.released_at,
        )


class ReleaseAnswer(Wire):
    """A hold that keeps nothing any more: `released` or `expired`. `effect` says whether anything was freed."""

    reference: str
    state: str
    effect: str

    @classmethod
    def of(cls, operation: Operation, now: datetime) -> Self:
        """The wire form of a hold that is over, or of the tombstone of one never seen."""
        if isinstance(operation, Reservation):
            state = operation.state(now)
            return cls(reference=operation.reference, state=state, effect="released" if state == "released" else "none")
        return cls(reference=operation.reference, state="released", effect="none")
