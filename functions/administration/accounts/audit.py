"""The auditor: counts every voucher that changed anew from its ledger, keeps the liability, and calls people.

It asks an index which vouchers changed, hour by hour, and skips those that were audited at that version. So a run that
ends half-way, for whatever reason, is simply gone on with, and a voucher's contribution is counted once however often
it is audited.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from functions.adapters.errors import ConflictError
from functions.administration.accounts.ports import Audits, Changed, Clock, Pause
from functions.domain.audit import Difference, Progress, differences, verdict
from functions.runtime.again import again

# What decided at a moment is written a little later, and the index follows a little after that.
OVERLAP = timedelta(hours=1)
UNSETTLED = timedelta(minutes=1)
# An auditor that never ran: functions write into the index only since the deployment that brought both.
FIRST = timedelta(days=1)
_HOUR = timedelta(hours=1)
_AT_ONCE = 100
_READINGS, _PAUSE = 3, 0.3
HasTime = Callable[[], bool]


@dataclass(slots=True)
class Findings:
    """What a run did: how many vouchers it counted, and where they differ from their ledgers."""

    audited: int = 0
    differences: list[tuple[str, Difference]] = field(default_factory=list)
    watermark: datetime | None = None
    finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """All that it takes."""

    audits: Audits
    clock: Clock
    pause: Pause

    def run(self, has_time: HasTime) -> Findings:
        """Audit everything that changed since the last run, until `has_time` says no.

        Raises:
            ConflictError, UnavailableError: not all was done; the next run goes on.
        """
        started, before = self.clock(), self.audits.progress()
        since = before.watermark - OVERLAP if before else started - FIRST
        findings = Findings()
        for hour in _hours(since, started):
            if not self._audit_hour(hour, since, has_time, findings):
                findings.finished = False
                break
        reached = started - UNSETTLED if findings.finished else hour
        findings.watermark = self._mark(before, reached)
        return findings

    def audit(self, voucher_id: str) -> Findings:
        """Audit one voucher, whether or not it changed; nothing is audited where there is none of this id.

        Raises:
            ConflictError, UnavailableError: nothing was written.
        """
        findings, progress = Findings(), self.audits.progress()
        self._audit(voucher_id, findings)
        findings.watermark = progress.watermark if progress else None
        return findings

    def _audit_hour(self, hour: datetime, since: datetime, has_time: HasTime, findings: Findings) -> bool:
        """Whether all of the hour is audited."""
        for changes in _in_batches(self.audits.changed(hour, since)):
            known = self.audits.versions([each.voucher_id for each in changes])
            for each in changes:
                if known.get(each.voucher_id) == each.version:
                    continue
                if not has_time():
                    return False
                self._audit(each.voucher_id, findings)
        return has_time()

    def _audit(self, voucher_id: str, findings: Findings) -> None:
        found = again(lambda: self._audit_once(voucher_id))
        if found is not None:
            findings.audited += 1
            findings.differences += [(voucher_id, difference) for difference in found]

    def _audit_once(self, voucher_id: str) -> Sequence[Difference] | None:
        """What differs; None where there is no such voucher, and never was."""
        before = self.audits.audited(voucher_id)
        books = self.audits.books(voucher_id)
        if books.is_empty and before is None:
            return None
        found = differences(books)
        for _ in range(_READINGS - 1):
            if not found:
                break
            # A query may have seen one half of a transaction. What still differs after that does differ.
            self.pause(_PAUSE)
            books = self.audits.books(voucher_id)
            found = differences(books)
        decided = verdict(books, found, before, self.clock())
        if decided.is_news:
            self.audits.save(decided)
        return found

    def _mark(self, before: Progress | None, reached: datetime) -> datetime:
        """How far audits have come; never back, and where another run was quicker, as far as that one says."""
        watermark = max(before.watermark, reached) if before else reached
        try:
            self.audits.mark(Progress(watermark, self.clock(), before.revision + 1 if before else 1))
        except ConflictError:
            other = self.audits.progress()
            return other.watermark if other else watermark
        return watermark


def _hours(since: datetime, until: datetime) -> Iterator[datetime]:
    hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        yield hour
        hour += _HOUR


def _in_batches(changes: Iterable[Changed]) -> Iterator[list[Changed]]:
    each = iter(changes)
    while batch := list(islice(each, _AT_ONCE)):
        yield batch
