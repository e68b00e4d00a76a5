"""A store's day, and what shops owe stores, as JSON and as tables."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from functions.contracts.base import Instant, Page, Wire, WireAmount, WireWorth, rfc3339
from functions.contracts.cursors import NUMBER, TEXT, read_cursor, write_cursor
from functions.contracts.sheets import Cell, sheet
from functions.domain.ledger import Entry
from functions.domain.money import Money
from functions.domain.parts import Part, Unit
from functions.domain.settlement import Issuer, Settlement, Total, Totals, issuer_of, moved, place_of

_HEADINGS = (
    "record", "store_id", "date", "recorded_at", "kind", "reference", "redemption", "terminal_id", "voucher_id",
    "product_id", "shop_id", "selling_store_id", "funding", "unit", "of", "redeemed", "voided", "refunded", "net",
)  # fmt: skip


class MoneyTotal(Wire):
    """One currency. `net` is what was redeemed less what was given back, and may be negative."""

    currency: str
    redeemed: WireAmount
    voided: WireAmount
    refunded: WireAmount
    net: WireAmount

    @classmethod
    def of(cls, currency: str, total: Total) -> Self:
        """The wire form."""
        redeemed, voided, refunded, net = (
            WireAmount.of(Money(minor, currency)) for minor in (total.redeemed, total.voided, total.refunded, total.net)
        )
        return cls(currency=currency, redeemed=redeemed, voided=voided, refunded=refunded, net=net)


class CountTotal(Wire):
    """Pieces or uses."""

    redeemed: int
    voided: int
    refunded: int
    net: int


class ItemTotal(CountTotal):
    """Pieces of one sku."""

    sku: str


class DiscountTotal(CountTotal):
    """Uses of one product's discounts."""

    product_id: str


class SettlementTotals(Wire):
    """What lines add up to; `off` is what discounts took off baskets."""

    money: list[MoneyTotal]
    items: list[ItemTotal]
    discounts: list[DiscountTotal]
    off: list[MoneyTotal]

    @classmethod
    def of(cls, totals: Totals) -> Self:
        """The wire form."""
        return cls(
            money=[MoneyTotal.of(of, total) for of, total in _of_unit(totals, Unit.MONEY)],
            items=[ItemTotal(sku=of, **_counts(total)) for of, total in _of_unit(totals, Unit.ITEM)],
            discounts=[DiscountTotal(product_id=of, **_counts(total)) for of, total in _of_unit(totals, Unit.USE)],
            off=[MoneyTotal.of(of, total) for of, total in _of_unit(totals, Unit.OFF)],
        )


class IssuerTotals(Wire):
    """What is owed by the shop that sold the vouchers; `selling_store_id` is the store in it whose till did."""

    shop_id: str
    selling_store_id: str | None
    funding: str | None
    totals: SettlementTotals

    @classmethod
    def of(cls, issuer: Issuer, totals: Totals) -> Self:
        """The wire form."""
        return cls(
            shop_id=issuer.shop_id,
            selling_store_id=issuer.selling_store_id,
            funding=issuer.funding or None,
            totals=SettlementTotals.of(totals),
        )


class SettlementLine(Wire):
    """One row of a voucher's ledger. `change` is negative where the store took value."""

    recorded_at: Instant
    kind: str
    reference: str | None
    redemption: str | None
    terminal_id: str | None
    voucher_id: str
    sequence: int
    product_id: str | None
    shop_id: str | None
    selling_store_id: str | None
    funding: str | None
    change: WireWorth
    off: WireAmount | None
    occurred_at: Instant | None

    @classmethod
    def of(cls, line: Entry) -> Self:
        """The wire form."""
        return cls(
            recorded_at=line.recorded_at,
            kind=line.kind,
            reference=line.reference,
            redemption=line.redemption,
            terminal_id=line.terminal_id,
            voucher_id=line.voucher_id,
            sequence=line.sequence,
            product_id=line.product_id,
            shop_id=line.shop_id,
            selling_store_id=line.selling_store_id,
            funding=line.funding,
            change=WireWorth.of(line.change),
            off=WireAmount.of(line.off) if line.off else None,
            occurred_at=line.occurred_at,
        )


class SettlementAnswer(Page):
    """A store's day: totals of all of it, and a page of its lines, oldest first."""

    store_id: str
    date: dt.date
    totals: SettlementTotals
    issuers: list[IssuerTotals]
    lines: list[SettlementLine]

    @classmethod
    def of(cls, settlement: Settlement, lines: Sequence[Entry], *, has_more: bool) -> Self:
        """The wire form."""
        return cls(
            store_id=settlement.store_id,
            date=settlement.day,
            totals=SettlementTotals.of(settlement.totals),
            issuers=[IssuerTotals.of(issuer, totals) for issuer, totals in settlement.by_issuer.items()],
            lines=[SettlementLine.of(line) for line in lines],
            next_cursor=write_place(lines) if has_more else None,
        )


class Owed(IssuerTotals):
    """What one issuer owes one store."""

    store_id: str


class GroupAnswer(Wire):
    """A day of several stores: who owes whom."""

    date: dt.date
    totals: SettlementTotals
    owed: list[Owed]

    @classmethod
    def of(cls, day: dt.date, settlements: Sequence[Settlement], totals: Totals) -> Self:
        """The wire form."""
        return cls(
            date=day,
            totals=SettlementTotals.of(totals),
            owed=[
                Owed(store_id=each.store_id, **dict(IssuerTotals.of(issuer, owed)))
                for each in settlements
                for issuer, owed in each.by_issuer.items()
            ],
        )


def read_place(cursor: str | None) -> tuple[str, int] | None:
    """Behind which line a page begins.

    Raises:
        InvalidValueError: no settlement gave this cursor out.
    """
    if cursor is None:
        return None
    voucher_id, sequence = read_cursor(cursor, TEXT, NUMBER)
    return str(voucher_id), int(str(sequence))


def write_place(lines: Sequence[Entry]) -> str:
    """The cursor behind the last of these lines."""
    return write_cursor(*place_of(lines[-1]))


def settlement_sheet(settlement: Settlement, lines: Sequence[Entry]) -> str:
    """A page of lines and the totals of the whole day in one table: filter its first column by `line` or `total`."""
    return sheet(_HEADINGS, [*_line_rows(settlement, lines), *_total_rows(settlement)])


def group_sheet(settlements: Sequence[Settlement]) -> str:
    """What each issuer owes each store."""
    return sheet(_HEADINGS, [row for settlement in settlements for row in _total_rows(settlement)])


def _line_rows(settlement: Settlement, lines: Iterable[Entry]) -> Iterable[Sequence[Cell]]:
    for line in lines:
        told = (
            rfc3339(line.recorded_at), line.kind, line.reference, line.redemption, line.terminal_id, line.voucher_id,
            line.product_id,
        )  # fmt: skip
        for part, amount in moved(line).items():
            yield _row("line", settlement, told, issuer_of(line), part, Total().plus(line.kind, amount))


def _total_rows(settlement: Settlement) -> Iterable[Sequence[Cell]]:
    for issuer, totals in settlement.by_issuer.items():
        for part, total in totals.items():
            yield _row("total", settlement, (None,) * 7, issuer, part, total)


def _row(
    record: str, settlement: Settlement, told: Sequence[Cell], issuer: Issuer, part: Part, total: Total
) -> Sequence[Cell]:
    amounts = (_amount(part, number) for number in (total.redeemed, total.voided, total.refunded, total.net))
    return (record, settlement.store_id, str(settlement.day), *told, *issuer, part.unit, part.of, *amounts)


def _amount(part: Part, number: int) -> str:
    return Money(number, part.of).amount if part.unit in {Unit.MONEY, Unit.OFF} else str(number)


def _of_unit(totals: Totals, unit: Unit) -> Iterable[tuple[str, Total]]:
    return [(part.of, total) for part, total in totals.items() if part.unit is unit]


def _counts(total: Total) -> Mapping[str, int]:
    return {"redeemed": total.redeemed, "voided": total.voided, "refunded": total.refunded, "net": total.net}
