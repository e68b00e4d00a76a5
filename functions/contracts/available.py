"""What is left of a voucher, as everybody is told of it."""

from typing import Self

from pydantic import Field, model_validator

from functions.contracts.base import Wire, WireItem, WireMoney
from functions.contracts.baskets import WirePriced
from functions.domain.discount import WHOLE, Discount, Priced
from functions.domain.tally import Limits
from functions.domain.worth import Worth


class WireLimits(Wire):
    """How often one customer may use a discount in a day, a week (from Monday) and a month of the shop's zone."""

    day: int | None = Field(None, ge=1, le=10_000)
    week: int | None = Field(None, ge=1, le=10_000)
    month: int | None = Field(None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        _ = self.domain
        return self

    @property
    def domain(self) -> Limits:
        """The domain value."""
        return Limits(day=self.day, week=self.week, month=self.month)

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """The wire form."""
        return cls(day=limits.day, week=limits.week, month=limits.month)


class WireDiscount(WirePriced):
    """A discount, how often it may still be used, and what it takes off the basket that was sent.

    `products` are the SKUs it is good for (null: all) unless they are `excluded`.
    """

    percent: str | None = Field(None, examples=["10"])
    amount: WireMoney | None = None
    minimum_spend: WireMoney | None = None
    cap: WireMoney | None = None
    products: list[str] | None = None
    excluded: list[str] | None = None
    limits: WireLimits | None = None
    uses_left: int

    @classmethod
    def of(cls, discount: Discount, uses: int, priced: Priced | None = None) -> Self:
        """The wire form."""
        return cls(
            percent=percent_of(discount.basis_points) if discount.basis_points is not None else None,
            amount=WireMoney.of(discount.amount) if discount.amount else None,
            minimum_spend=WireMoney.of(discount.minimum_spend) if discount.minimum_spend else None,
            cap=WireMoney.of(discount.cap) if discount.cap else None,
            products=list(discount.products) if discount.products is not None else None,
            excluded=list(discount.excluded) or None,
            limits=WireLimits.of(discount.limits) if discount.limits else None,
            uses_left=uses,
            **cls.parts(priced),
        )


def percent_of(basis_points: int) -> str:
    """`1000` as `"10"`, `1250` as `"12.5"`."""
    whole, rest = divmod(basis_points, WHOLE // 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


class Available(Wire):
    """What is left, by the voucher's kind."""

    money: WireMoney | None
    items: list[WireItem] | None
    discount: WireDiscount | None

    @classmethod
    def of(cls, worth: Worth, discount: Discount | None = None, priced: Priced | None = None) -> Self:
        """The wire form."""
        return cls(
            money=WireMoney.of(worth.money) if worth.money else None,
            items=[WireItem.of(line) for line in worth.items] or None,
            discount=WireDiscount.of(discount, worth.uses or 0, priced) if discount else None,
        )
