"""What the auditor is asked, and what it answers to whoever calls it by hand."""

from typing import Self

from pydantic import Field

from functions.contracts.base import Id, Instant, Wire
from functions.domain.audit import Difference


class AuditRequest(Wire):
    """The `detail` of the event that starts an audit. The schedule's is empty: everything that changed since last time.

    `voucher_id` audits one voucher, whether or not it changed; `seconds` is how long a run may take at the most.
    """

    voucher_id: Id | None = None
    seconds: int | None = Field(None, ge=1, le=900)


class DifferenceFound(Wire):
    """Where a voucher and its ledger differ; `sequence` is the ledger's row, where it is one row's."""

    voucher_id: str
    code: str
    says: str
    counted: str
    sequence: int | None

    @classmethod
    def of(cls, voucher_id: str, difference: Difference) -> Self:
        """The wire form."""
        return cls(
            voucher_id=voucher_id,
            code=difference.code,
            says=difference.says,
            counted=difference.counted,
            sequence=difference.sequence,
        )


class AuditReport(Wire):
    """What a run did. Not `finished`, it ran out of time, and the next one goes on where it ended."""

    audited: int
    differences: list[DifferenceFound]
    watermark: Instant | None
    finished: bool
