"""Stores, and the terminals that stand in them."""

from collections.abc import Iterable
from dataclasses import replace

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import (
    EXISTS,
    NEW,
    Check,
    Condition,
    Database,
    Delete,
    Put,
    Write,
    all_equal,
    differs,
    equals,
)
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.retail import Enrolment, Store, Terminal

# Enrolment rows are deleted by use; those never used leave by TTL, long after their code has died.
_DAY = 86_400


class StoreTable:
    """Reads and writes stores, terminals and enrolments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, store_id: str) -> Store | None:
        """One store."""
        item = self._database.get(keys.store(store_id))
        return from_item(Store, item) if item else None

    def many(self, store_ids: Iterable[str]) -> list[Store]:
        """Those of the stores that exist, in the order asked for."""
        wanted = [keys.store(store_id) for store_id in store_ids]
        found = self._database.read(wanted)
        return [from_item(Store, found[key]) for key in wanted if key in found]

    def put(self, store: Store) -> None:
        """Write a store's name and zone onto its terminals, and last the store: whoever fails in between is not done.

        Raises:
            ConflictError: a terminal was enrolled, invited or revoked meanwhile.
        """
        members = self._database.query(keys.store(store.store_id)._replace(sk=keys.TERMINAL))
        for member in members:
            terminal = self.terminal(str(member["terminal_id"]))
            if terminal and terminal.store_id == store.store_id:
                renamed = replace(terminal, store=store.name, zone=store.zone)
                if renamed != terminal:
                    self._database.write([_row(renamed, terminal)])
        self._database.write([Put(keys.store(store.store_id), to_item(store))])

    def terminal(self, terminal_id: str) -> Terminal | None:
        """One terminal."""
        item = self._database.get(keys.terminal(terminal_id))
        return from_item(Terminal, item) if item else None

    def put_terminal(self, terminal: Terminal, before: Terminal | None, enrolment: Enrolment | None = None) -> None:
        """Write a terminal, where it stands, and the enrolment that waits for it.

        Raises:
            ConflictError: the terminal changed since it was read. A token that was revoked must not come back.
        """
        member = keys.store_terminal(terminal.store_id, terminal.terminal_id)
        writes: list[Write] = [_row(terminal, before), Put(member, {"terminal_id": terminal.terminal_id})]
        if before and before.store_id != terminal.store_id:
            writes.append(Delete(keys.store_terminal(before.store_id, terminal.terminal_id)))
        if enrolment:
            row = to_item(enrolment) | {"expires_on": int(enrolment.expires_at.timestamp()) + _DAY}
            writes.append(Put(keys.enrolment(enrolment.code_digest), row))
        self._database.write(writes)

    def roll(self, rolled: Terminal, before: Terminal, unused: str | None) -> None:
        """Write a rolled terminal, if the token with the digest `unused` is that still.

        Raises:
            ConflictError: it was used, or the terminal changed, since both were read.
        """
        writes: list[Write] = [_row(rolled, before)]
        if unused is not None:
            writes.append(Check(keys.guard(before.terminal_id), differs("promoted", unused)))
        self._database.write(writes)

    def enrolment(self, code_digest: str) -> Enrolment | None:
        """The enrolment that waits for a code."""
        item = self._database.get(keys.enrolment(code_digest))
        return from_item(Enrolment, item) if item else None

    def enrol(self, terminal: Terminal, enrolment: Enrolment) -> None:
        """Use an enrolment up and write the terminal's new token digest.

        Raises:
            ConflictError: the code was used, replaced or withdrawn meanwhile.
        """
        still = equals("enrolment_digest", enrolment.code_digest)
        row = Put(keys.terminal(terminal.terminal_id), to_item(terminal), still)
        self._database.write([Delete(keys.enrolment(enrolment.code_digest), EXISTS), row])


def _row(terminal: Terminal, before: Terminal | None) -> Put:
    return Put(keys.terminal(terminal.terminal_id), to_item(terminal), _still(before) if before else NEW)


def _still(before: Terminal) -> Condition:
    """Nobody has enrolled, invited, moved, rolled or revoked the terminal since it was read."""
    parts = ("store_id", "token_digest", "next_digest", "enrolment_digest")
    return all_equal({name: getattr(before, name) for name in parts})
