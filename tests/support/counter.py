"""A till's tables in memory, with the conditions of the real ones: for tests of very many histories."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.adapters.errors import ConflictError, UnavailableError
from functions.domain.cases import Case
from functions.domain.guard import Guard
from functions.domain.ledger import Entry
from functions.domain.operations import Conflict, Operation
from functions.domain.retail import Terminal
from functions.domain.tally import Tally
from functions.domain.voucher import Voucher
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring


@dataclass(frozen=True)
class Seen:
    """What one read found."""

    terminal: Terminal | None = None
    guard: Guard = field(default_factory=lambda: Guard(terminal_id=""))
    voucher: Voucher | None = None
    operation: Operation | None = None
    other: Operation | None = None
    conflict: Conflict | None = None
    tally: Tally | None = None


@dataclass
class Counter:
    """Keeps terminals, vouchers with their ledgers, operations, conflicts and cases.

    `fault` is asked before and after every write, and may raise: nothing was written, or all of it was.
    """

    terminals: dict[str, Terminal]
    vouchers: dict[str, Voucher]
    entries: list[Entry] = field(default_factory=list)
    operations: dict[tuple[str, str], Operation] = field(default_factory=dict)
    conflicts: dict[tuple[str, str, str], Conflict] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    fault: Callable[[], None] = lambda: None

    @property
    def state(self) -> tuple[Any, ...]:
        """Everything, to compare with."""
        return (
            dict(self.vouchers),
            list(self.entries),
            dict(self.operations),
            dict(self.conflicts),
            list(self.cases),
        )

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
        del tally
        return Seen(
            self.terminals.get(terminal_id),
            Guard(terminal_id=terminal_id),
            self.vouchers.get(voucher_id or ""),
            self.operations.get((store_id, reference or "")),
            self.operations.get((store_id, other or "")),
            self.conflicts.get((store_id, reference or "", contested or "")),
        )

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
        del replaced, tally
        with self._writing():
            _must(self.vouchers[voucher.voucher_id].version == voucher.version - 1)
            if new:
                _must(_key(new) not in self.operations)
            if changed:
                _must(self.operations[_key(changed)].version == changed.version - 1)
            self.vouchers[voucher.voucher_id] = voucher
            self.entries.append(entry)
            self.operations |= {_key(operation): operation for operation in (new, changed) if operation}
            self.cases += [case] if case else []

    def tally(self, hint: str) -> Tally | None:
        del hint
        return None

    def save_operation(self, operation: Operation) -> None:
        with self._writing():
            _must(_key(operation) not in self.operations)
            self.operations[_key(operation)] = operation

    def contest(self, conflict: Conflict, case: Case, *, beside: str | None = None) -> None:
        with self._writing():
            if beside is None:
                _must(_key(conflict) not in self.operations)
                self.operations[_key(conflict)] = conflict
            else:
                _must((*_key(conflict), beside) not in self.conflicts)
                self.conflicts[(*_key(conflict), beside)] = conflict
            self.cases.append(case)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.fault()
        yield
        self.fault()


class _NoMeter:
    """Counts no calls: a history is not a flood."""

    def count(self, *_: object) -> None:
        """Let everybody in."""


def unmetered(clock: Callable[[], datetime]) -> Wiring:
    """The wiring of a counter, which needs no tables."""
    wiring = Wiring(Settings(), clock)
    wiring.__dict__ |= {"meter": _NoMeter(), "guards": None}
    return wiring


def failing_at(place: int) -> Callable[[], None]:
    """Answers `UnavailableError` once: at an odd place after, at an even one before the write happened."""
    asked = iter(range(place))

    def fault() -> None:
        if next(asked, None) == place - 1:
            raise UnavailableError("as the test wants it")

    return fault


def _must(holds: bool) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise ConflictError


def _key(operation: Operation) -> tuple[str, str]:
    return operation.store_id, operation.reference
