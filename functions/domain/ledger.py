"""The immutable story of a voucher: one entry a change, numbered without gaps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.worth import Worth


class EntryKind(StrEnum):
    """What happened."""

    ISSUE = "issue"
    REDEEM = "redeem"
    VOID = "void"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    REISSUE = "reissue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`sequence` is the voucher's version after the change; `change` adds up to `balance` over all entries."""

    voucher_id: str
    sequence: int
    kind: EntryKind
    recorded_at: datetime
    change: Worth
    balance: Worth
    store_id: str | None = None
    terminal_id: str | None = None
    reference: str | None = None
    reason: str | None = None
