"""What a discount takes off a basket."""

from dataclasses import dataclass

from functions.domain.money import Money

WHOLE = 10_000  # basis points: 1000 is 10 %


@dataclass(frozen=True, slots=True)
class Discount:
    """Either `basis_points` of the basket or `amount` off it, from `minimum_spend` on, up to `cap`, `uses` times."""

    basis_points: int | None = None
    amount: Money | None = None
    minimum_spend: Money | None = None
    cap: Money | None = None
    uses: int = 1

    @property
    def currency(self) -> str | None:
        """The currency its amounts are in; None for a bare percentage, which fits any."""
        named = next((money for money in (self.amount, self.minimum_spend, self.cap) if money), None)
        return named.currency if named else None

    def off(self, basket: Money) -> Money:
        """How much comes off `basket`: never more than the basket, the cap or the amount.

        A percentage is rounded half up to the minor unit, in the customer's favour.
        """
        if self.amount is not None:
            off = self.amount
        else:
            off = Money((basket.minor * (self.basis_points or 0) + WHOLE // 2) // WHOLE, basket.currency)
        return min(off, basket, *([self.cap] if self.cap else []))
