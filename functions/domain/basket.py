"""The goods at the till, from which a discount is computed."""

from dataclasses import dataclass

from functions.domain.errors import InvalidValueError
from functions.domain.money import Money


@dataclass(frozen=True, slots=True)
class BasketLine:
    """`quantity` units of one article for `amount` altogether, before any discount; `line_id` is the till's own.

    Raises:
        InvalidValueError: no unit, or an amount below zero.
    """

    sku: str
    quantity: int
    amount: Money
    line_id: str | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidValueError("lines", "a line needs a quantity of at least 1")
        if self.amount.minor < 0:
            raise InvalidValueError("lines", "a line costs nothing or more; send what it costs before discounts")


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought. Without lines only the total is known, and not of which goods it is.

    Raises:
        InvalidValueError: the lines are not what the total is of.
    """

    total: Money
    lines: tuple[BasketLine, ...] = ()

    def __post_init__(self) -> None:
        if self.total.minor < 0:
            raise InvalidValueError("total", "must not be less than zero")
        if self.lines:
            self._lines_make_the_total()

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes another basket another basket, in plain values; the order of its lines does not."""
        lines = sorted((line.line_id or "", line.sku, line.quantity, line.amount.minor) for line in self.lines)
        return (self.total.minor, self.total.currency, *lines)

    def _lines_make_the_total(self) -> None:
        if any(line.amount.currency != self.total.currency for line in self.lines):
            raise InvalidValueError("lines", "all lines are in the currency of the total")
        if sum(line.amount.minor for line in self.lines) != self.total.minor:
            raise InvalidValueError("lines", "the amounts of the lines must add up to the total")
        named = [line.line_id for line in self.lines if line.line_id is not None]
        if len(set(named)) != len(named):
            raise InvalidValueError("lines", "a line_id may name one line only")
