"""What a till reads and writes: one consistent read of everything an operation hangs on, one transaction after it."""

from dataclasses import dataclass
from typing import TypeVar

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Put, equals
from functions.adapters.dynamodb.keys import Key
from functions.adapters.dynamodb.marshal import Item
from functions.adapters.dynamodb.records import from_item, to_item
from functions.adapters.dynamodb.vouchers import change
from functions.domain.credential import Credential
from functions.domain.ledger import Entry
from functions.domain.operations import Operation, Redemption, Tombstone
from functions.domain.retail import Terminal
from functions.domain.voucher import Voucher

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there, all at one moment or later than it; None where nothing was."""

    terminal: Terminal | None = None
    voucher: Voucher | None = None
    operation: Operation | None = None


class TillDesk:
    """One store's counter, as the tables know it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(
        self, terminal_id: str, store_id: str, *, voucher_id: str | None = None, reference: str | None = None
    ) -> Seen:
        """The terminal, and the voucher and operation where they are named, in one call."""
        terminal = keys.terminal(terminal_id)
        voucher = keys.voucher(voucher_id) if voucher_id else None
        operation = keys.operation(store_id, reference) if reference else None
        found = self._database.read(key for key in (terminal, voucher, operation) if key)
        return Seen(
            _of(found, terminal, Terminal),
            _of(found, voucher, Voucher),
            _of(found, operation, Operation),  # type: ignore[arg-type]  # a union, told apart by its `kind`
        )

    def by_code(self, digest: str) -> Credential | None:
        """The credential whose code has this digest."""
        item = self._database.get(keys.code(digest))
        return from_item(Credential, item) if item else None

    def save_redemption(self, left: Voucher, entry: Entry, operation: Redemption) -> None:
        """Write a redemption.

        Raises:
            ConflictError: the voucher changed, or the reference was used, since both were read.
        """
        self._database.write([*change(left, entry), Put(_key(operation), _row(operation), NEW)])

    def save_void(self, restored: Voucher, entry: Entry, operation: Redemption) -> None:
        """Write the undoing of a redemption.

        Raises:
            ConflictError: the voucher or the redemption changed since they were read.
        """
        still_redeemed = equals("state", "redeemed")
        self._database.write([*change(restored, entry), Put(_key(operation), _row(operation), still_redeemed)])

    def save_tombstone(self, operation: Tombstone) -> None:
        """Leave a tombstone.

        Raises:
            ConflictError: the reference is no longer unknown.
        """
        self._database.write([Put(_key(operation), to_item(operation), NEW)])


def _key(operation: Operation) -> Key:
    return keys.operation(operation.store_id, operation.reference)


def _row(redemption: Redemption) -> Item:
    return to_item(redemption) | {"state": redemption.state}


def _of(found: dict[Key, Item], key: Key | None, kind: type[T]) -> T | None:
    item = found.get(key) if key else None
    return from_item(kind, item) if item else None
