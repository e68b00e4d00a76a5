"""What a voucher holds, and what an operation takes: an amount, services and goods by line, or uses of a discount."""

from dataclasses import dataclass, replace

from functions.domain.money import Money
from functions.domain.text import Text


@dataclass(frozen=True, slots=True)
class ItemLine:
    """`quantity` units of one service or article."""

    sku: str
    name: Text
    quantity: int


@dataclass(frozen=True, slots=True)
class Worth:
    """Exactly one of the three is in use, by the voucher's kind; the others are None or empty."""

    money: Money | None = None
    items: tuple[ItemLine, ...] = ()
    uses: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all is left."""
        amount = self.money.minor if self.money else 0
        return not amount and not self.uses and all(line.quantity == 0 for line in self.items)

    def plus(self, other: "Worth") -> "Worth":
        """The sum, line by line. `other` has the shape of this worth."""
        return self._combined(other, 1)

    def minus(self, other: "Worth") -> "Worth":
        """The difference, line by line; below zero only in a ledger's change."""
        return self._combined(other, -1)

    def negative(self) -> "Worth":
        """The same worth taken away, for a ledger's change."""
        return Worth(
            money=-self.money if self.money else None,
            items=tuple(replace(line, quantity=-line.quantity) for line in self.items),
            uses=-self.uses if self.uses is not None else None,
        )

    def covers(self, other: "Worth") -> bool:
        """Whether `other`, of the same shape, can be taken from this worth."""
        left = self.minus(other)
        amount = left.money.minor if left.money else 0
        return amount >= 0 and (left.uses or 0) >= 0 and all(line.quantity >= 0 for line in left.items)

    @property
    def nothing(self) -> "Worth":
        """Nothing, in this worth's shape."""
        return self.minus(self)

    def line(self, sku: str) -> ItemLine | None:
        """The line of one SKU."""
        return next((line for line in self.items if line.sku == sku), None)

    def _combined(self, other: "Worth", sign: int) -> "Worth":
        moved = {line.sku: sign * line.quantity for line in other.items}
        return Worth(
            money=Money(self.money.minor + sign * (other.money.minor if other.money else 0), self.money.currency)
            if self.money
            else None,
            items=tuple(replace(line, quantity=line.quantity + moved.get(line.sku, 0)) for line in self.items),
            uses=self.uses + sign * (other.uses or 0) if self.uses is not None else None,
        )
