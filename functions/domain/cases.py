"""What only a person can settle: money that is right in the books and may be wrong in the world.

A case is written together with what caused it, under a name that follows from it: a repeat makes no second one.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from functions.domain.operations import Conflict
from functions.domain.voucher import Voucher
from functions.domain.worth import Worth


class CaseKind(StrEnum):
    """Why a person has to look."""

    USED_BEFORE_REVOCATION = "used_before_revocation"
    RETURNED_TO_REVOKED = "returned_to_revoked"
    OFFLINE_CONFLICT = "offline_conflict"
    AUDIT_DIFFERENCE = "audit_difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter for a person. `worth` is what is at stake, `code` a refusal's, `case_id` begins with its time.

    `why` names the sentence that says why a till could not be honoured (`offline_texts`).
    """

    case_id: str
    kind: CaseKind
    opened_at: datetime
    voucher_id: str | None = None
    store_id: str | None = None
    terminal_id: str | None = None
    reference: str | None = None
    code: str | None = None
    why: str | None = None
    worth: Worth | None = None
    occurred_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.resolved_at is None

    def resolved(self, now: datetime, by: str, note: str) -> "Case":
        """The case, settled by `by`, who says how."""
        return replace(self, resolved_at=now, resolved_by=by, note=note)


def case_id(opened_at: datetime, *parts: str) -> str:
    """A name that sorts by time and is the same for the same cause: `20261124T040000.000000Z-` and 20 hexadecimals."""
    digest = hashlib.sha256("#".join(parts).encode()).hexdigest()[:20]
    return f"{opened_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{digest}"


def used_before_revocation(revoked: Voucher, now: datetime) -> Case | None:
    """The purchase is undone, and a part of it was used before: told with what was used. None if nothing was."""
    if not revoked.is_used:
        return None
    return _of_voucher(CaseKind.USED_BEFORE_REVOCATION, revoked, now, revoked.face.minus(revoked.worth))


def returned_to_revoked(restored: Voucher, given_back: Worth, now: datetime) -> Case:
    """Goods came back that were paid with a voucher which its holder cannot use any more."""
    return _of_voucher(CaseKind.RETURNED_TO_REVOKED, restored, now, given_back)


def offline_conflict(conflict: Conflict, at_stake: Worth | None) -> Case:
    """A till handed over offline what the voucher could not honour."""
    return Case(
        case_id=conflict.case_id,
        kind=CaseKind.OFFLINE_CONFLICT,
        opened_at=conflict.recorded_at,
        voucher_id=conflict.voucher_id,
        store_id=conflict.store_id,
        terminal_id=conflict.terminal_id,
        reference=conflict.reference,
        code=conflict.code,
        why=conflict.why,
        worth=at_stake,
        occurred_at=conflict.occurred_at,
    )


def _of_voucher(kind: CaseKind, voucher: Voucher, now: datetime, worth: Worth) -> Case:
    return Case(
        case_id=case_id(now, kind, voucher.voucher_id, str(voucher.version)),
        kind=kind,
        opened_at=now,
        voucher_id=voucher.voucher_id,
        code=voucher.state_reason if voucher.state_reason in {"order_cancelled", "order_refunded"} else None,
        worth=worth,
    )
