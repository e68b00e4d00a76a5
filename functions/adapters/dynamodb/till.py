"""What a till reads and writes: one consistent read of everything an operation hangs on, one transaction after it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.cases import new_case
from functions.adapters.dynamodb.database import EXISTS, NEW, Database, Put, Set, Write, unchanged
from functions.adapters.dynamodb.guards import guard_of
from functions.adapters.dynamodb.keys import Key
from functions.adapters.dynamodb.marshal import Item
from functions.adapters.dynamodb.records import from_item, to_item
from functions.adapters.dynamodb.vouchers import change
from functions.domain.cases import Case
from functions.domain.credential import Credential
from functions.domain.guard import Guard
from functions.domain.ledger import Entry
from functions.domain.operations import Conflict, Operation
from functions.domain.retail import Terminal
from functions.domain.tally import Tally
from functions.domain.voucher import Voucher

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there, all at one moment or later than it; None where nothing was."""

    terminal: Terminal | None
    guard: Guard
    voucher: Voucher | None = None
    operation: Operation | None = None
    other: Operation | None = None
    conflict: Conflict | None = None
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class SeenTogether:
    """Several vouchers of one read, by id; those that do not exist are left out."""

    terminal: Terminal | None
    guard: Guard
    vouchers: Mapping[str, Voucher]
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a typed code stands for, with the terminal at which it was typed."""

    terminal: Terminal | None
    guard: Guard
    credential: Credential | None


class TillDesk:
    """One store's counter, as the tables know it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(
        self,
        terminal_id: str,
        store_id: str,
        *,
        voucher_id: str | None = None,
        reference: str | None = None,
        other: str | None = None,
        contested: str | None = None,
        tally: str | None = None,
    ) -> Seen:
        """The terminal with its guard, and the voucher, operations and tally where they are named, in one call."""
        terminal = keys.terminal(terminal_id)
        voucher = keys.voucher(voucher_id) if voucher_id else None
        named = [keys.operation(store_id, name) if name else None for name in (reference, other)]
        guard, count = keys.guard(terminal_id), keys.tally(tally) if tally else None
        conflict = keys.conflict(store_id, reference, contested) if reference and contested else None
        found = self._database.read(key for key in (terminal, guard, voucher, *named, conflict, count) if key)
        operation, second = (_of(found, key, Operation) for key in named)  # type: ignore[arg-type]  # a union, told apart by its `kind`
        at_the_door = _of(found, terminal, Terminal), guard_of(found, terminal_id)
        told = _of(found, conflict, Conflict), _of(found, count, Tally)
        return Seen(*at_the_door, _of(found, voucher, Voucher), operation, second, *told)

    def look_together(self, terminal_id: str, voucher_ids: Iterable[str], tallies: Iterable[str]) -> SeenTogether:
        """The terminal with its guard, up to 49 vouchers and as many tallies, in one call."""
        terminal, wanted = keys.terminal(terminal_id), {name: keys.voucher(name) for name in voucher_ids}
        counts = {hint: keys.tally(hint) for hint in tallies}
        found = self._database.read((terminal, keys.guard(terminal_id), *wanted.values(), *counts.values()))
        vouchers = {name: voucher for name, key in wanted.items() if (voucher := _of(found, key, Voucher))}
        counted = {hint: tally for hint, key in counts.items() if (tally := _of(found, key, Tally))}
        return SeenTogether(_of(found, terminal, Terminal), guard_of(found, terminal_id), vouchers, counted)

    def tally(self, hint: str) -> Tally | None:
        """A customer's uses of a product, where they did not come with another read."""
        item = self._database.get(keys.tally(hint))
        return from_item(Tally, item) if item else None

    def by_code(self, terminal_id: str, digest: str) -> Typed:
        """The terminal with its guard, and the credential whose code has this digest, in one call."""
        terminal, code = keys.terminal(terminal_id), keys.code(digest)
        found = self._database.read((terminal, keys.guard(terminal_id), code))
        return Typed(_of(found, terminal, Terminal), guard_of(found, terminal_id), _of(found, code, Credential))

    def save(
        self,
        voucher: Voucher,
        entry: Entry,
        *,
        new: Operation | None = None,
        changed: Operation | None = None,
        replaced: str | None = None,
        case: Case | None = None,
        tally: Tally | None = None,
    ) -> None:
        """Write a changed voucher with its entry and all that goes with it.

        Raises:
            ConflictError: the voucher or an operation changed, or a reference was used, since they were read.
        """
        writes: list[Write] = [*change(voucher, entry)]
        if new:
            writes.append(Put(_key(new), to_item(new), NEW))
        if changed:
            writes.append(Put(_key(changed), to_item(changed), unchanged(changed.version - 1)))
        if replaced:
            # The hold is gone from the voucher; its own row, which nobody read, is told so.
            key = keys.operation(str(entry.store_id), replaced)
            writes.append(Set(key, {"released_at": entry.recorded_at.isoformat()}, EXISTS))
        if case:
            writes.append(new_case(case))
        if tally:
            writes.append(Put(keys.tally(tally.hint), to_item(tally), unchanged(tally.version - 1)))
        self._database.write(writes)

    def save_operation(self, operation: Operation) -> None:
        """Write an operation that changes no voucher.

        Raises:
            ConflictError: the reference is no longer unknown.
        """
        self._database.write([Put(_key(operation), to_item(operation), NEW)])

    def contest(self, conflict: Conflict, case: Case, *, beside: str | None = None) -> None:
        """Write what could not be honoured, with its case: under its reference, or `beside` what that names.

        Raises:
            ConflictError: the reference is no longer unknown, or the same was reported meanwhile.
        """
        key = keys.conflict(conflict.store_id, conflict.reference, beside) if beside else _key(conflict)
        self._database.write([Put(key, to_item(conflict), NEW), new_case(case)])


def _key(operation: Operation) -> Key:
    return keys.operation(operation.store_id, operation.reference)


def _of(found: dict[Key, Item], key: Key | None, kind: type[T]) -> T | None:
    item = found.get(key) if key else None
    return from_item(kind, item) if item else None
