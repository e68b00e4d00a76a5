"""What the auditor reads and what it leaves: it writes neither a voucher nor a ledger."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.cases import new_case
from functions.adapters.dynamodb.database import NEW, Database, Put, Set, Write, equals
from functions.adapters.dynamodb.marshal import Item
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.audit import Audited, Books, Progress, Verdict
from functions.domain.ledger import Entry
from functions.domain.liability import Outstanding
from functions.domain.voucher import Voucher

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changed:
    """A voucher that changed, and its version then."""

    voucher_id: str
    version: int


class AuditTable:
    """Reads vouchers with their ledgers, and keeps what audits found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changed(self, hour: datetime, since: datetime) -> Iterator[Changed]:
        """Vouchers whose last change was in this hour (UTC) and not before `since`; a later change may have followed.

        The index may be a moment behind.
        """
        for shard in range(keys.SHARDS):
            for item in self._database.query_index(keys.CHANGES, keys.changed_in(hour, shard), keys.changed_at(since)):
                version = item.get("version")
                # Whatever else was written there is for the audit to find, and must not stop it.
                yield Changed(keys.voucher_id_of(item["pk"]), version if isinstance(version, int) else 0)

    def versions(self, voucher_ids: Iterable[str]) -> Mapping[str, int]:
        """At which version each voucher was last audited; those that never were are left out."""
        wanted = {keys.audit(voucher_id): voucher_id for voucher_id in voucher_ids}
        return {wanted[key]: int(item["version"]) for key, item in self._database.read(wanted).items()}

    def audited(self, voucher_id: str) -> Audited | None:
        """What the last audit of a voucher found."""
        item = self._database.get(keys.audit(voucher_id))
        return from_item(Audited, item) if item else None

    def books(self, voucher_id: str) -> Books:
        """A voucher and all rows of its ledger, from one consistent query of its partition."""
        key = keys.voucher(voucher_id)
        rows = {str(item["sk"]): item for item in self._database.partition(key)}
        unreadable: list[str] = []
        voucher = _read(Voucher, key.sk, rows[key.sk], unreadable) if key.sk in rows else None
        ledger = [_read(Entry, name, row, unreadable) for name, row in rows.items() if name.startswith(keys.LEDGER)]
        return Books(voucher_id, voucher, [entry for entry in ledger if entry is not None], unreadable)

    def save(self, verdict: Verdict) -> None:
        """Write what an audit found and move the liability by it, once.

        Raises:
            ConflictError: the voucher was audited by somebody else meanwhile.
        """
        audited = verdict.audited
        before = NEW if audited.revision == 1 else equals("revision", audited.revision - 1)
        writes: list[Write] = [Put(keys.audit(audited.voucher_id), to_item(audited), before)]
        for bucket, amount in verdict.moves.items():
            alike = to_item(Outstanding(bucket, 0))["bucket"]
            key = keys.liability(keys.liability_place(bucket))
            writes.append(Set(key, {"bucket": alike}, added={"amount": amount}))
        if verdict.case:
            writes.append(new_case(verdict.case))
        self._database.write(writes)

    def progress(self) -> Progress | None:
        """How far audits have come; None before the first."""
        item = self._database.get(keys.auditor())
        return from_item(Progress, item) if item else None

    def mark(self, progress: Progress) -> None:
        """Write how far audits have come.

        Raises:
            ConflictError: another run has written it meanwhile.
        """
        before = NEW if progress.revision == 1 else equals("revision", progress.revision - 1)
        self._database.write([Put(keys.auditor(), to_item(progress), before)])


def _read(kind: type[T], name: str, row: Item, unreadable: list[str]) -> T | None:
    try:
        return from_item(kind, row)
    except ValueError:
        # What does not fit is the finding; its content stays where it is.
        unreadable.append(name)
        return None
