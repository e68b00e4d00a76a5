"""The goods at a till, and what a discount takes off them, line by line."""

from typing import Any, Self

from pydantic import Field, model_validator

from functions.contracts.base import Id, Sku, Wire, WireMoney
from functions.domain.basket import Basket as Goods
from functions.domain.basket import BasketLine as GoodsLine
from functions.domain.discount import Priced, PricedLine

MOST_LINES = 200


class BasketLine(Wire):
    """One article: what all its units cost together, before any discount. `line_id` is the till's own."""

    line_id: Id | None = None
    sku: Sku
    quantity: int = Field(ge=1, le=10_000)
    amount: WireMoney

    @property
    def domain(self) -> GoodsLine:
        """The domain value."""
        return GoodsLine(self.sku, self.quantity, self.amount.domain, self.line_id)


class Basket(Wire):
    """The goods at the till. The lines, where they are told, add up to the total; some discounts need them."""

    total: WireMoney
    lines: list[BasketLine] | None = Field(None, min_length=1, max_length=MOST_LINES)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _ = self.domain
        return self

    @property
    def domain(self) -> Goods:
        """The domain value."""
        return Goods(self.total.domain, tuple(line.domain for line in self.lines or ()))


class WirePricedLine(Wire):
    """What comes off one line; nothing off one that the discount is not good for."""

    line_id: str | None
    sku: str
    amount: WireMoney
    off: WireMoney
    eligible: bool

    @classmethod
    def of(cls, line: PricedLine) -> Self:
        """The wire form."""
        return cls(
            line_id=line.line_id,
            sku=line.sku,
            amount=WireMoney.of(line.amount),
            off=WireMoney.of(line.off),
            eligible=line.eligible,
        )

    @classmethod
    def all_of(cls, lines: tuple[PricedLine, ...]) -> list[Self] | None:
        """The wire form of a basket's lines, in its order; None where none were told."""
        return [cls.of(line) for line in lines] or None


class WirePriced(Wire):
    """What a discount takes off the basket that was sent: `off` of the `eligible` goods, stopped by the cap or not."""

    off: WireMoney | None = None
    eligible: WireMoney | None = None
    capped: bool = False
    lines: list[WirePricedLine] | None = None

    @classmethod
    def parts(cls, priced: Priced | None) -> dict[str, Any]:
        """The parts of the wire form that tell of a basket; none where there was no basket."""
        if priced is None:
            return {}
        return {
            "off": WireMoney.of(priced.off),
            "eligible": WireMoney.of(priced.eligible),
            "capped": priced.capped,
            "lines": WirePricedLine.all_of(priced.lines),
        }
