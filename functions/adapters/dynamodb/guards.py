"""The guards of terminals.

Every change is one conditional update of the one row: what comes at the same moment is one after another here. An
update whose answer was lost is sent again, and what it counted is then counted twice, which lets nobody in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Condition, Database, Set, below, same
from functions.adapters.dynamodb.keys import Key
from functions.adapters.dynamodb.marshal import Item
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.guard import WRONG_MAX, Guard
from functions.domain.retail import Terminal


@dataclass(frozen=True, slots=True)
class Standing:
    """A terminal and its guard, in one read."""

    terminal: Terminal | None
    guard: Guard


class GuardTable:
    """Reads and writes guards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, terminal_id: str) -> Standing:
        """A terminal that calls on a road that is not a till's own, and its guard."""
        key = keys.terminal(terminal_id)
        found = self._database.read([key, keys.guard(terminal_id)])
        terminal = from_item(Terminal, found[key]) if key in found else None
        return Standing(terminal, guard_of(found, terminal_id))

    def promote(self, guard: Guard, digest: str) -> None:
        """A rolled token is used, and the one it follows is dead from here on; many first uses at once are one.

        Raises:
            ConflictError: another token was first used since the guard was read.
        """
        self._update(guard, {"promoted": digest}, _promoted_is(guard.promoted, digest))

    def count_calls(self, guard: Guard, window: int, calls: int) -> None:
        """More calls in a window of ten seconds.

        Raises:
            ConflictError: another window was begun since the guard was read.
        """
        if guard.window == window:
            self._update(guard, {}, same({"window": window}), added={"calls": calls})
        else:
            self._update(guard, {"window": window, "calls": calls}, same({"window": guard.window}))

    def count_wrong(self, guard: Guard, now: datetime) -> None:
        """One more wrong code. It is told that it was wrong only after this.

        Raises:
            ConflictError: this would be one too many, or others were counted since the guard was read.
        """
        at = to_item(Guard(terminal_id=guard.terminal_id, wrong_at=now))["wrong_at"]
        if guard.is_counting(now):
            self._update(guard, {"wrong_at": at}, below("wrong", WRONG_MAX), added={"wrong": 1})
        else:
            self._update(guard, {"wrong": 1, "wrong_at": at}, _nobody_counted(guard))

    def forgive(self, guard: Guard) -> None:
        """A right code after wrong ones; what was counted is wiped away.

        The condition is the point of it: right codes, too, are tried one by one with the wrong ones.

        Raises:
            ConflictError: typed codes were locked since the guard was read.
        """
        self._update(guard, {"wrong": 0}, below("wrong", WRONG_MAX))

    def _update(
        self,
        guard: Guard,
        attributes: Mapping[str, object],
        condition: Condition,
        *,
        added: Mapping[str, int] | None = None,
    ) -> None:
        self._database.write([Set(keys.guard(guard.terminal_id), attributes, condition, added or {})])


def guard_of(found: Mapping[Key, Item], terminal_id: str) -> Guard:
    """A terminal's guard among what was read; one that was never written has counted nothing."""
    return from_item(Guard, found.get(keys.guard(terminal_id), {}) | {"terminal_id": terminal_id})


def _nobody_counted(guard: Guard) -> Condition:
    if guard.wrong_at is None:
        return same({"wrong_at": None})
    return same({name: to_item(guard)[name] for name in ("wrong", "wrong_at")})


def _promoted_is(before: str | None, digest: str) -> Condition:
    as_read = "#p = :before" if before else "attribute_not_exists(#p)"
    values = {":digest": digest} | ({":before": before} if before else {})
    return Condition(f"{as_read} OR #p = :digest", {"#p": "promoted"}, values)
