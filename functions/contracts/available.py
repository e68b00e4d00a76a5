"""What is left of a voucher, as everybody is told of it."""

from typing import Self

from pydantic import Field

from functions.contracts.base import Wire, WireItem, WireMoney
from functions.domain.discount import WHOLE, Discount
from functions.domain.money import Money
from functions.domain.worth import Worth


class WireDiscount(Wire):
    """A discount and how often it may still be used; `off` is what it takes from the basket that was sent."""

    percent: str | None = Field(None, examples=["10"])
    amount: WireMoney | None = None
    minimum_spend: WireMoney | None = None
    cap: WireMoney | None = None
    uses_left: int
    off: WireMoney | None = None

    @classmethod
    def of(cls, discount: Discount, uses: int, off: Money | None = None) -> Self:
        """The wire form."""
        return cls(
            percent=percent_of(discount.basis_points) if discount.basis_points is not None else None,
            amount=WireMoney.of(discount.amount) if discount.amount else None,
            minimum_spend=WireMoney.of(discount.minimum_spend) if discount.minimum_spend else None,
            cap=WireMoney.of(discount.cap) if discount.cap else None,
            uses_left=uses,
            off=WireMoney.of(off) if off else None,
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
    def of(cls, worth: Worth, discount: Discount | None = None, off: Money | None = None) -> Self:
        """The wire form."""
        return cls(
            money=WireMoney.of(worth.money) if worth.money else None,
            items=[WireItem.of(line) for line in worth.items] or None,
            discount=WireDiscount.of(discount, worth.uses or 0, off) if discount else None,
        )
