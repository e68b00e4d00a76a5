"""What a store's tills took in vouchers on one day, and who owes the store for it.

A line of a settlement is a row of a voucher's ledger and nothing besides, so that the two cannot differ. What is voided
or refunded on a later day is in that day's settlement, at the store that gave it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from functions.domain.errors import InvalidValueError
from functions.domain.ledger import Entry, EntryKind
from functions.domain.parts import Part, Unit, parts_of


class Issuer(NamedTuple):
    """Who sold the vouchers: a shop, in it the store whose till sold them (None: the web), and who paid for them."""

    shop_id: str
    selling_store_id: str | None
    funding: str


@dataclass(frozen=True, slots=True)
class Total:
    """How much of one part was redeemed, and how much of it was given back again."""

    redeemed: int = 0
    voided: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        """What the store is owed; below zero where more came back than was taken."""
        return self.redeemed - self.voided - self.refunded

    def plus(self, kind: EntryKind, amount: int) -> "Total":
        """The total with one more movement."""
        match kind:
            case EntryKind.REDEEM:
                return replace(self, redeemed=self.redeemed + amount)
            case EntryKind.VOID:
                return replace(self, voided=self.voided + amount)
            case _:
                return replace(self, refunded=self.refunded + amount)


Totals = Mapping[Part, Total]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A store's day. `lines` are ledger rows, oldest first."""

    store_id: str
    day: date
    lines: tuple[Entry, ...]

    @classmethod
    def of(cls, store_id: str, day: date, entries: Iterable[Entry]) -> "Settlement":
        """The settlement that these rows make, in whatever order they were found."""
        return cls(store_id, day, tuple(sorted(entries, key=lambda each: (each.recorded_at, *place_of(each)))))

    @property
    def totals(self) -> Totals:
        """Of the whole day, by part."""
        return totals(self.lines)

    @property
    def by_issuer(self) -> Mapping[Issuer, Totals]:
        """Of the whole day, by who owes it."""
        lines: dict[Issuer, list[Entry]] = {}
        for line in self.lines:
            lines.setdefault(issuer_of(line), []).append(line)
        return {issuer: totals(lines[issuer]) for issuer in sorted(lines, key=_in_order)}

    def page(self, after: tuple[str, int] | None, limit: int) -> tuple[tuple[Entry, ...], bool]:
        """Up to `limit` lines behind the one at the place `after`, and whether there are more.

        Raises:
            InvalidValueError: no line of this settlement is there.
        """
        start = self._behind(after) if after else 0
        return self.lines[start : start + limit], start + limit < len(self.lines)

    def _behind(self, place: tuple[str, int]) -> int:
        for number, line in enumerate(self.lines, start=1):
            if place_of(line) == place:
                return number
        raise InvalidValueError("cursor", "is not one of this settlement: begin again without it")


def place_of(line: Entry) -> tuple[str, int]:
    """What names a line: its voucher and its number in that voucher's ledger."""
    return line.voucher_id, line.sequence


def issuer_of(line: Entry) -> Issuer:
    """Who sold the voucher of a line."""
    return Issuer(line.shop_id or "", line.selling_store_id, line.funding or "")


def moved(line: Entry) -> dict[Part, int]:
    """How much a line took or gave back, never below zero; with a discount's use goes what it took off the basket."""
    change = line.change.negative() if line.kind is EntryKind.REDEEM else line.change
    parts = parts_of(change, line.product_id or "")
    return parts | ({Part(Unit.OFF, line.off.currency): line.off.minor} if line.off else {})


def totals(lines: Iterable[Entry]) -> Totals:
    """What lines add up to, by part."""
    found: dict[Part, Total] = {}
    for line in lines:
        for part, amount in moved(line).items():
            found[part] = found.get(part, Total()).plus(line.kind, amount)
    return {part: found[part] for part in sorted(found)}


def _in_order(issuer: Issuer) -> tuple[str, str, str]:
    return issuer.shop_id, issuer.selling_store_id or "", issuer.funding
