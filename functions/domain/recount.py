"""A voucher counted anew, from the rows of its ledger alone and without any of the rules that wrote them.

What the rules do is not repeated here on purpose: an auditor who asks the cashier's code would repeat its mistakes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from functions.domain.ledger import Entry, EntryKind
from functions.domain.parts import Part, added, parts_of
from functions.domain.voucher import State

_STATES = {
    EntryKind.SUSPEND: State.SUSPENDED,
    EntryKind.RESUME: State.ACTIVE,
    EntryKind.REVOKE: State.REVOKED,
    EntryKind.TRANSFER_OUT: State.REPLACED,
}
_BEGINNING = datetime.min.replace(tzinfo=UTC)
Parts = Mapping[Part, int]
Place = tuple[str, str]  # a store, and its own reference of an operation


class Kept(NamedTuple):
    """What a hold keeps, and until when."""

    parts: Parts
    until: datetime


@dataclass(slots=True)
class Spent:
    """What a redemption took, and how much of that was given back: by refunds, and by them and the void together."""

    taken: Parts
    refunded: Parts = field(default_factory=dict)
    returned: Parts = field(default_factory=dict)
    voided: bool = False


@dataclass(slots=True)
class Count:
    """What the rows say by now. `clock` is the latest moment that any of them was written at."""

    sequence: int = 0
    left: Parts = field(default_factory=dict)
    state: State = State.ACTIVE
    credential: int = 1
    replaced_by: str | None = None
    replaces: str | None = None
    clock: datetime = _BEGINNING
    holds: dict[Place, Kept] = field(default_factory=dict)
    spent: dict[Place, Spent] = field(default_factory=dict)

    @property
    def kept(self) -> dict[Place, Kept]:
        """The holds that are open still. Tills' clocks differ a little; what was over for one of them is over."""
        return {place: hold for place, hold in self.holds.items() if hold.until > self.clock}

    @property
    def free(self) -> Parts:
        """What is left and not held."""
        free = self.left
        for hold in self.kept.values():
            free = added(free, hold.parts, -1)
        return free

    def add(self, entry: Entry) -> None:
        """Count one more row."""
        place = (entry.store_id or "", entry.reference or "")
        self.sequence += 1
        self.left = added(self.left, parts_of(entry.change))
        self.state = _STATES.get(entry.kind, self.state)
        self.clock = max(self.clock, entry.recorded_at)
        match entry.kind:
            case EntryKind.REISSUE:
                self.credential += 1
            case EntryKind.TRANSFER_OUT:
                self.replaced_by = entry.other_voucher_id
            case EntryKind.TRANSFER_IN:
                self.replaces = entry.other_voucher_id
            case EntryKind.HOLD | EntryKind.RELEASE:
                self._hold(entry, place)
            case EntryKind.REDEEM | EntryKind.VOID | EntryKind.REFUND:
                self._spend(entry, place)

    def _hold(self, entry: Entry, place: Place) -> None:
        self.holds.pop((place[0], entry.hold or ""), None)
        self.holds.pop(place, None)
        if entry.kind is EntryKind.HOLD and entry.held is not None and entry.until is not None:
            self.holds[place] = Kept(parts_of(entry.held), entry.until)

    def _spend(self, entry: Entry, place: Place) -> None:
        if entry.kind is EntryKind.REDEEM:
            self.holds.pop((place[0], entry.hold or ""), None)
            self.spent[place] = Spent(parts_of(entry.change.negative()))
            return
        redemption = self.returned_by(entry)
        if redemption is None:
            return
        redemption.returned = added(redemption.returned, parts_of(entry.change))
        if entry.kind is EntryKind.VOID:
            redemption.voided = True
        else:
            redemption.refunded = added(redemption.refunded, parts_of(entry.change))

    def returned_by(self, entry: Entry) -> Spent | None:
        """The redemption of this ledger that a void or a refund gives back of."""
        named = entry.reference if entry.kind is EntryKind.VOID else entry.redemption
        return self.spent.get((entry.store_id or "", named or ""))


def recount(entries: Iterable[Entry]) -> Count:
    """What all rows say together."""
    count = Count()
    for entry in entries:
        count.add(entry)
    return count


def last(count: Count, number: int) -> Sequence[tuple[Place, Spent]]:
    """The last redemptions, oldest first."""
    return list(count.spent.items())[-number:]
