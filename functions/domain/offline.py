"""What becomes of what a till did offline.

What was handed over cannot be taken back: the till reports it, and everything that it reports has an outcome. What the
voucher cannot honour takes nothing and becomes a case for a person.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from functions.domain.cases import Case, CaseKind, case_id, offline_conflict
from functions.domain.operations import Conflict, Operation
from functions.domain.refusals import Refusal
from functions.domain.text import Text
from functions.domain.voucher import Ask, State, Touch, Voucher
from functions.domain.worth import ItemLine, Worth

# What a till may not do at all, or has no voucher for. All else was done in good faith and could not be honoured.
REFUSED: Final = frozenset({"unknown", "offline_limit", "offline_forbidden"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What a till took offline, as it would have asked for it online; `credential` is what was scanned or typed."""

    reference: str
    credential: str
    ask: Ask
    receipt: str | None
    occurred_at: datetime
    kind: Literal["redeem"] = "redeem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What a till took back offline, whether it had taken it offline or before."""

    reference: str
    occurred_at: datetime
    kind: Literal["void"] = "void"


Told = Sale | Undoing


@dataclass(frozen=True, slots=True)
class Report:
    """One operation as it is known by: what the till told, the voucher, and the digest of what was asked for."""

    told: Told
    voucher_id: str | None = None
    fingerprint: str = ""

    @property
    def digest(self) -> str:
        """Under what it is remembered where its reference names something else already, in hexadecimal."""
        parts = (self.told.kind, self.voucher_id or "", self.fingerprint)
        return hashlib.sha256("#".join(parts).encode()).hexdigest()

    def is_told_by(self, conflict: Conflict) -> bool:
        """Whether a row under its reference says that this is what could not be honoured."""
        return (conflict.voucher_id, conflict.fingerprint) == (self.voucher_id, self.fingerprint)

    def unhonoured(self, refusal: Refusal, voucher: Voucher | None, touch: Touch) -> tuple[Conflict, Case]:
        """The row that remembers why it was not honoured, and the case that a person has of it."""
        told = self.told
        conflict = Conflict(
            store_id=touch.store_id,
            reference=told.reference,
            terminal_id=touch.terminal_id,
            fingerprint=self.fingerprint,
            code=refusal.code,
            why=refusal.text if isinstance(told, Sale) else told.kind,
            case_id=case_id(touch.now, CaseKind.OFFLINE_CONFLICT, touch.store_id, told.reference, self.digest),
            occurred_at=told.occurred_at,
            recorded_at=touch.now,
            voucher_id=self.voucher_id,
            left=_left(voucher, touch.now) if voucher else None,
            discount=voucher.terms.discount if voucher else None,
        )
        return conflict, offline_conflict(conflict, at_stake(told.ask, voucher) if isinstance(told, Sale) else None)


class Result(StrEnum):
    """How an operation that a till reports ends."""

    APPLIED = "applied"
    REPLAYED = "replayed"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How `told` ended: with the row that says so, or with a refusal that leaves none."""

    told: Told
    result: Result
    operation: Operation | None = None
    refusal: Refusal | None = None


def contested(told: Told, conflict: Conflict) -> Outcome:
    """The outcome of what could not be honoured, at first and at every repeat."""
    return Outcome(told, Result.REFUSED if conflict.why in REFUSED else Result.CONFLICT, conflict)


def at_stake(ask: Ask, voucher: Voucher | None) -> Worth | None:
    """What was handed over, as far as the till said; None where it took all that was left, whatever that was."""
    if ask.money is not None:
        return Worth(money=ask.money)
    if ask.items:
        return Worth(items=tuple(_line(sku, quantity, voucher) for sku, quantity in ask.items))
    return Worth(uses=1) if voucher is not None and voucher.terms.discount else None


def _line(sku: str, quantity: int, voucher: Voucher | None) -> ItemLine:
    known = voucher.face.line(sku) if voucher else None
    return ItemLine(sku, known.name if known else Text(sku, sku), quantity)


def _left(voucher: Voucher, now: datetime) -> Worth:
    return voucher.available(now) if voucher.state is State.ACTIVE else voucher.worth.nothing
