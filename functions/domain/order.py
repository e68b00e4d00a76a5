"""An order as facts that only accumulate, so that reports arriving twice or in any order end in the same order."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from functions.domain.money import Money
from functions.domain.text import HOME_LANGUAGE, Language


class Status(StrEnum):
    """What the facts amount to."""

    PENDING = "pending"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The buyer, as the shop knows them. Any part may be missing."""

    customer_ref: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    line_user_id: str | None = None
    language: Language = HOME_LANGUAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order; `current` is what an edit of the order left of `quantity`."""

    line_id: str
    name: str
    quantity: int
    current: int
    sku: str | None = None
    unit_price: Money | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """The most units that a line was ever said to have, and as what: so many vouchers there may be of it."""

    line_id: str
    quantity: int
    sku: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an order looked like at `as_of`, by the shop's own clock."""

    as_of: datetime
    lines: tuple[Line, ...]
    contact: Contact
    currency: str
    method: str | None = None
    placed_at: datetime | None = None
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back; `lines` are (line id, quantity), none where only an amount or the shipping was refunded."""

    refund_id: str
    at: datetime
    lines: tuple[tuple[str, int], ...] = ()
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one message of a shop says of an order. Absent means not said, never 'not so'.

    `store_id` is the store whose till sold it.
    """

    shop_id: str
    order_id: str
    store_id: str | None = None
    snapshot: Snapshot | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that is known. `version` rises with every change; `settled` is the last version turned into vouchers.

    `sold` has every line that any report named: a shop that edits an order down may tell of a line no more.
    """

    shop_id: str
    order_id: str
    store_id: str | None = None
    snapshot: Snapshot | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None
    refunds: tuple[Refund, ...] = field(default=())
    sold: tuple[Sold, ...] = field(default=())
    version: int = 0
    settled: int = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines there ever were, at their longest; `current` is what the newest report left of each."""
        most = {sold.line_id: sold.quantity for sold in self.sold}
        now = {line.line_id: replace(line, quantity=most.get(line.line_id, line.quantity)) for line in self._told_last}
        return (*now.values(), *(_gone(sold) for sold in self.sold if sold.line_id not in now))

    @property
    def status(self) -> Status:
        """The strongest fact wins: cancelled over refunded over paid."""
        if self.cancelled_at:
            return Status.CANCELLED
        if self.refunded_at:
            return Status.REFUNDED
        if not self.paid_at:
            return Status.PENDING
        # Judged by what was told last: an edit that left out a unit gave nobody money back.
        if any(map(self.returned, self._told_last)):
            return Status.PARTIALLY_REFUNDED if any(map(self.wanted, self._told_last)) else Status.REFUNDED
        return Status.PAID

    @property
    def is_settled(self) -> bool:
        """Whether vouchers already follow all that is known."""
        return self.settled >= self.version

    def returned(self, line: Line) -> int:
        """How many units of a line were edited away or refunded.

        Of what the newest report tells, a platform may count a refund in `current` as well: never twice.
        """
        refunded = sum(
            quantity for refund in self.refunds for line_id, quantity in refund.lines if line_id == line.line_id
        )
        told = next((last.quantity for last in self._told_last if last.line_id == line.line_id), 0)
        return min(line.quantity, line.quantity - told + max(refunded, told - line.current))

    def wanted(self, line: Line) -> int:
        """How many vouchers of a line should be in force."""
        if not self.paid_at or self.cancelled_at or self.refunded_at:
            return 0
        return line.quantity - self.returned(line)

    def told(self, report: Report) -> "Order":
        """The order with a report's facts added; the same order, same version, where the report says nothing new."""
        told = replace(
            self,
            # Of two stores that both say so, always the same one, whichever was heard first.
            store_id=min((store for store in (self.store_id, report.store_id) if store), default=None),
            snapshot=_latest(self.snapshot, report.snapshot),
            paid_at=_earliest(self.paid_at, report.paid_at),
            cancelled_at=_earliest(self.cancelled_at, report.cancelled_at),
            refunded_at=_earliest(self.refunded_at, report.refunded_at),
            refunds=_united(self.refunds, report.refunds),
            sold=_most(self.sold, report.snapshot),
        )
        return self if told == self else replace(told, version=self.version + 1)

    @property
    def _told_last(self) -> tuple[Line, ...]:
        return self.snapshot.lines if self.snapshot else ()


def nothing_new(report: Report, known: Order | None) -> Report:
    """A report whose sender has no clock, timed as the same words were when they were heard before."""
    heard = known.snapshot if known else None
    if heard is None or report.snapshot is None or replace(report.snapshot, as_of=heard.as_of) != heard:
        return report
    return replace(report, snapshot=heard)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment), default=None)


def _latest(one: Snapshot | None, other: Snapshot | None) -> Snapshot | None:
    """The newer snapshot; of two with the same time a fixed one, whichever came first."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda snapshot: (snapshot.as_of, repr(snapshot)))


def _most(known: tuple[Sold, ...], told: Snapshot | None) -> tuple[Sold, ...]:
    """Every line once, by id, as the report told of it that gave it the most units."""
    lines = told.lines if told else ()
    heard = [*known, *(Sold(line.line_id, line.quantity, line.sku) for line in lines)]
    heard.sort(key=lambda sold: (sold.line_id, sold.quantity, sold.sku or ""))
    return tuple({sold.line_id: sold for sold in heard}.values())


def _gone(sold: Sold) -> Line:
    return Line(line_id=sold.line_id, name="", quantity=sold.quantity, current=0, sku=sold.sku)


def _united(one: tuple[Refund, ...], other: tuple[Refund, ...]) -> tuple[Refund, ...]:
    """Every refund once, by id, in one order; of two tellings of one refund the earlier."""
    newest_first = sorted((*one, *other), key=lambda refund: (refund.at, repr(refund)), reverse=True)
    told = {refund.refund_id: refund for refund in newest_first}
    return tuple(told[refund_id] for refund_id in sorted(told))
