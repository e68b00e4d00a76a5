"""What a discount takes off a basket, of which goods, and why so much."""

from dataclasses import dataclass

from functions.domain import refusals
from functions.domain.basket import Basket, BasketLine
from functions.domain.errors import InvalidValueError
from functions.domain.money import Money
from functions.domain.shares import shares
from functions.domain.tally import Limits

WHOLE = 10_000  # basis points: 1000 is 10 %


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What comes off one line of the basket; nothing off a line that the discount is not good for."""

    sku: str
    amount: Money
    off: Money
    eligible: bool
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """What comes off a basket: `off` of the `eligible` goods, less than it would be where it was `capped`.

    The lines are those of the basket, in its order, and add up to `off`; there are none where only a total was told.
    """

    off: Money
    eligible: Money
    lines: tuple[PricedLine, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Discount:
    """Either `basis_points` of the basket or `amount` off it, from `minimum_spend` on, up to `cap`, `uses` times.

    It is good for the SKUs in `products` (None: for all) that are not in `excluded`, and one customer may use it as
    often as `limits` say.

    Raises:
        InvalidValueError: it would be good for nothing at all.
    """

    basis_points: int | None = None
    amount: Money | None = None
    minimum_spend: Money | None = None
    cap: Money | None = None
    uses: int = 1
    products: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()
    limits: Limits | None = None

    def __post_init__(self) -> None:
        if self.products is not None and set(self.products) <= set(self.excluded):
            raise InvalidValueError("products", "name at least one product that is not excluded")

    @property
    def currency(self) -> str | None:
        """The currency its amounts are in; None for a bare percentage, which fits any."""
        named = next((money for money in (self.amount, self.minimum_spend, self.cap) if money), None)
        return named.currency if named else None

    @property
    def is_restricted(self) -> bool:
        """Whether it is good for some goods and not for others."""
        return self.products is not None or bool(self.excluded)

    def is_for(self, sku: str) -> bool:
        """Whether it is good for an article."""
        return sku not in self.excluded and (self.products is None or sku in self.products)

    def check_untold(self) -> None:
        """Whether it may be used by a till that tells no basket, and so computes what comes off itself.

        Raises:
            LinesNeeded: it hangs on the goods.
            MinimumSpend: it hangs on the amount.
        """
        if self.is_restricted:
            raise refusals.LinesNeeded(self.products, self.excluded)
        if self.minimum_spend:
            raise refusals.MinimumSpend(self.minimum_spend, None)

    def priced(self, basket: Basket) -> Priced:
        """What comes off `basket`, which is never more than the goods it is good for.

        A percentage is rounded half up to the minor unit, in the customer's favour. The minimum spend is one of goods
        that it is good for.

        Raises:
            CurrencyMismatch: it is in another currency.
            LinesNeeded: it hangs on the goods, and only a total was told.
            WrongGoods: it is good for nothing in the basket.
            MinimumSpend: what it is good for is too little.
        """
        if self.currency not in {None, basket.total.currency}:
            raise refusals.CurrencyMismatch(str(self.currency))
        eligible = self._eligible(basket)
        if self.minimum_spend and eligible < self.minimum_spend:
            raise refusals.MinimumSpend(self.minimum_spend, basket.total, eligible)
        uncapped = min(self._off(eligible), eligible)
        off = min(uncapped, self.cap) if self.cap else uncapped
        return Priced(off, eligible, self._lines(basket.lines, off), capped=off < uncapped)

    def _eligible(self, basket: Basket) -> Money:
        if not self.is_restricted:
            return basket.total
        if not basket.lines:
            raise refusals.LinesNeeded(self.products, self.excluded)
        fitting = [line.amount.minor for line in basket.lines if self.is_for(line.sku)]
        if not fitting:
            raise refusals.WrongGoods(self.products, self.excluded)
        return Money(sum(fitting), basket.total.currency)

    def _off(self, eligible: Money) -> Money:
        if self.amount is not None:
            return self.amount
        return Money((eligible.minor * (self.basis_points or 0) + WHOLE // 2) // WHOLE, eligible.currency)

    def _lines(self, lines: tuple[BasketLine, ...], off: Money) -> tuple[PricedLine, ...]:
        fits = [self.is_for(line.sku) for line in lines]
        weights = [line.amount.minor if fit else 0 for line, fit in zip(lines, fits, strict=True)]
        return tuple(
            PricedLine(line.sku, line.amount, Money(share, off.currency), fit, line.line_id)
            for line, fit, share in zip(lines, fits, shares(off.minor, weights), strict=True)
        )
