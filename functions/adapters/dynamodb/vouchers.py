"""Vouchers, their ledgers, and what administrators do to them."""

from collections.abc import Iterable, Sequence

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.cases import new_case
from functions.adapters.dynamodb.database import NEW, Database, Put, unchanged
from functions.adapters.dynamodb.records import from_item, to_item
from functions.adapters.dynamodb.sends import new_send
from functions.adapters.dynamodb.standings import new_line
from functions.domain.cases import Case
from functions.domain.ledger import STANDING, Entry
from functions.domain.sending import Send
from functions.domain.standing import standing
from functions.domain.tally import Tally
from functions.domain.voucher import Moved, Voucher


class VoucherTable:
    """Reads and writes whole vouchers; each change is one transaction with its ledger row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, voucher_id: str) -> Voucher | None:
        """One voucher."""
        item = self._database.get(keys.voucher(voucher_id))
        return from_item(Voucher, item) if item else None

    def tally(self, hint: str) -> Tally | None:
        """A customer's uses of a product with limits."""
        item = self._database.get(keys.tally(hint))
        return from_item(Tally, item) if item else None

    def many(self, voucher_ids: Iterable[str]) -> dict[str, Voucher]:
        """Those of the vouchers that exist, by id."""
        items = self._database.read(keys.voucher(voucher_id) for voucher_id in voucher_ids)
        vouchers = [from_item(Voucher, item) for item in items.values()]
        return {voucher.voucher_id: voucher for voucher in vouchers}

    def in_force(self, voucher_ids: Iterable[str]) -> dict[str, Voucher]:
        """As `many`, but for those that were handed to another person the voucher that stands in their place now."""
        found = self.many(voucher_ids)
        heirs = {name: str(voucher.replaced_by) for name, voucher in found.items() if voucher.replaced_by}
        if heirs:
            standing = self.in_force(heirs.values())
            found |= {name: standing[heir] for name, heir in heirs.items()}
        return found

    def ledger(self, voucher_id: str, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries after the sequence number `after`, oldest first."""
        first = keys.voucher(voucher_id)._replace(sk=keys.LEDGER)
        items = self._database.query(first, after=keys.ledger_sort(after) if after else None, limit=limit)
        return [from_item(Entry, item) for item in items]

    def answered(self, voucher_id: str, idempotency_key: str) -> str | None:
        """The action that an administrator's request was for, if it was carried out before."""
        item = self._database.get(keys.request(voucher_id, idempotency_key))
        return str(item["action"]) if item else None

    def save(
        self, changed: Voucher, entry: Entry, request: tuple[str, str] | None = None, case: Case | None = None
    ) -> None:
        """Write a changed voucher and its entry; `request` is (idempotency key, action) of who asked for it.

        `case` is what a person has to settle because of it.

        Raises:
            ConflictError: the voucher changed since it was read, or the request was carried out meanwhile.
        """
        opened = [new_case(case)] if case else []
        self._database.write([*change(changed, entry), *_remembered(changed, request), *opened])

    def reissue(
        self, changed: Voucher, entry: Entry, request: tuple[str, str] | None, code_digest: str, send: Send | None
    ) -> None:
        """Write a reissued voucher with its new code and the message that brings it.

        Raises:
            ConflictError: as for `save`.
        """
        writes = [*change(changed, entry), *_remembered(changed, request), code_row(changed, code_digest)]
        self._database.write([*writes, new_send(send)] if send else writes)

    def transfer(
        self, over: Moved, heir: Moved, request: tuple[str, str] | None, code_digest: str, send: Send | None
    ) -> None:
        """Write a voucher that was handed over, and the one in its place with its code and the message that brings it.

        Raises:
            ConflictError: as for `save`, or it was handed over before.
        """
        writes = [
            *change(over.voucher, over.entry),
            *_remembered(over.voucher, request),
            *change(heir.voucher, heir.entry),
            code_row(heir.voucher, code_digest),
        ]
        self._database.write([*writes, new_send(send)] if send else writes)


def code_row(voucher: Voucher, digest: str) -> Put:
    """The way from a typed code's digest to the credential in force."""
    return Put(keys.code(digest), to_item(voucher.named), NEW)


def change(changed: Voucher, entry: Entry) -> Sequence[Put]:
    """A voucher one version on, its new, never to be rewritten entry, and what tills that work offline must hear."""
    return (
        Put(keys.voucher(changed.voucher_id), to_item(changed) | keys.of_change(entry), unchanged(changed.version - 1)),
        Put(keys.entry(entry), to_item(entry) | keys.of_settlement(entry), NEW),
        *([new_line(standing(changed, entry))] if entry.kind in STANDING else []),
    )


def _remembered(voucher: Voucher, request: tuple[str, str] | None) -> list[Put]:
    if request is None:
        return []
    idempotency_key, action = request
    return [Put(keys.request(voucher.voucher_id, idempotency_key), {"action": action}, NEW)]
