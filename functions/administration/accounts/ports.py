"""What accounts need of the world."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from functions.domain.audit import Audited, Books, Progress, Verdict
from functions.domain.liability import Bucket, Outstanding
from functions.domain.product import Funding
from functions.domain.retail import Store
from functions.domain.settlement import Settlement

Clock = Callable[[], datetime]
Pause = Callable[[float], None]


class Changed(Protocol):
    """A voucher that changed, and its version then."""

    @property
    def voucher_id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """Its version."""


class Audits(Protocol):
    """Reads vouchers with their ledgers, and keeps what audits found."""

    def changed(self, hour: datetime, since: datetime) -> Iterator[Changed]:
        """Vouchers whose last change was in this hour and not before `since`."""

    def versions(self, voucher_ids: Iterable[str]) -> Mapping[str, int]:
        """At which version each voucher was last audited; those that never were are left out."""

    def audited(self, voucher_id: str) -> Audited | None:
        """What the last audit of a voucher found."""

    def books(self, voucher_id: str) -> Books:
        """A voucher and all rows of its ledger, from one consistent query."""

    def save(self, verdict: Verdict) -> None:
        """Write what an audit found; raises ConflictError where somebody else audited meanwhile."""

    def progress(self) -> Progress | None:
        """How far audits have come."""

    def mark(self, progress: Progress) -> None:
        """Write how far they have come; raises ConflictError where another run has written it."""


class Settlements(Protocol):
    """Reads stores' days."""

    def of(self, store_id: str, day: date) -> Settlement:
        """One day of one store."""


class Stores(Protocol):
    """Knows stores."""

    def many(self, store_ids: Iterable[str]) -> Sequence[Store]:
        """Those of the stores that exist."""


class Liabilities(Protocol):
    """Reads what is owed."""

    def as_of(self) -> datetime | None:
        """Up to when all changes are in it."""

    def page(self, funding: Funding, after: Bucket | None, limit: int) -> Sequence[Outstanding]:
        """Sums of one funding behind a bucket, in order."""
