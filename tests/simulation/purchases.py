"""What truly became of an order, and how its shop tells of it.

The shop knows at every moment how many units of each line the customer bought and did not give back. Its reports are
photographs of that; the system gets to see them in any order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulation.door import Request
from tests.support import shopify
from tests.support.retail import BUYER, OWN_SHOP
from tests.support.world import ADMIN_TOKEN

SKUS = ("CASH-500", "CASH-500", "SPA-3", "THANKS-200", "COFFEE-10")


@dataclass
class Line:
    """One line: `sold` units, some of which were edited away or refunded."""

    line_id: int
    sku: str
    sold: int
    removed: int = 0
    refunded: int = 0

    @property
    def kept(self) -> int:
        return self.sold - self.removed - self.refunded


@dataclass
class Refund:
    """Units of one line that were given back."""

    refund_id: int
    at: str
    line_id: int
    quantity: int


@dataclass
class Purchase:
    """An order as it is in truth."""

    shop_id: str
    number: int
    placed_at: str
    lines: list[Line]
    changed_at: str
    paid_at: str | None = None
    cancelled_at: str | None = None
    refunds: list[Refund] = field(default_factory=list)
    takes_back: bool = False
    _fresh_refund: Refund | None = None

    @classmethod
    def placed(cls, shop_id: str, number: int, at: str, random: Random) -> "Purchase":
        """A new order, often paid at once."""
        lines = [
            Line(number * 100 + place, random.choice(SKUS), random.randint(1, 2))
            for place in range(random.randint(1, 2))
        ]
        return cls(shop_id, number, at, lines, at, paid_at=at if random.random() < 0.5 else None)

    @property
    def order_id(self) -> str:
        return str(shopify.ORDER_ID + self.number)

    @property
    def is_fully_refunded(self) -> bool:
        """Whether all money went back; a shop that says so once never takes it back."""
        return bool(self.refunds) and not any(line.kept for line in self.lines)

    def wanted(self, line: Line) -> int:
        """How many vouchers of a line its customer has a right to."""
        return line.kept if self.paid_at and not self.cancelled_at else 0

    def go_on(self, at: str, random: Random) -> None:
        """Something happens to the order."""
        self.changed_at, self._fresh_refund = at, None
        if self.is_fully_refunded:
            self._cancel(at)
        elif self.paid_at is None:
            if random.random() < 0.8:
                self.paid_at = at
            else:
                self._cancel(at)
        else:
            line = random.choice(self.lines)
            change = random.choices((self._edit, self._grow, self._refund, self._stop), (3, 2, 4, 1))[0]
            change(line, at, random)

    def reports(self, name: Callable[[str], str]) -> Iterator[Request]:
        """What the shop has to say of the order as it is now: one webhook, or two that tell the same."""
        if self.shop_id == OWN_SHOP:
            yield self._put()
            return
        if self._fresh_refund:
            yield self._webhook(_refund_body(self._fresh_refund, self.order_id), "refunds/create", name("d"))
        yield self._webhook(self._shopify_body(), "orders/updated", name("d"))

    def _edit(self, line: Line, at: str, random: Random) -> None:
        del at, random
        if line.kept:
            line.removed += 1
            self.takes_back = True

    def _grow(self, line: Line, at: str, random: Random) -> None:
        """More units of a line; in the normal form only of one that never shrank, which would look the same."""
        del at, random
        if self.shop_id != OWN_SHOP or not line.removed:
            line.sold += 1

    def _refund(self, line: Line, at: str, random: Random) -> None:
        if line.kept:
            refund = Refund(self.number * 1000 + len(self.refunds), at, line.line_id, random.randint(1, line.kept))
            line.refunded += refund.quantity
            self.refunds.append(refund)
            self._fresh_refund = refund
            self.takes_back = True

    def _stop(self, line: Line, at: str, random: Random) -> None:
        del line, random
        self._cancel(at)

    def _cancel(self, at: str) -> None:
        self.cancelled_at = self.cancelled_at or at
        self.takes_back = True

    def _webhook(self, body: dict[str, Any], topic: str, delivery: str) -> Request:
        raw = shopify.raw(body)
        headers = {name.lower(): value for name, value in shopify.headers(raw, topic=topic, delivery=delivery).items()}
        return Request("POST", "/webhooks/{shop_id}", {"shop_id": self.shop_id}, raw, headers=headers)

    def _shopify_body(self) -> dict[str, Any]:
        return shopify.order(
            id=int(self.order_id),
            created_at=self.placed_at,
            processed_at=self.paid_at,
            updated_at=self.changed_at,
            cancelled_at=self.cancelled_at,
            financial_status=self._financial_status,
            line_items=[
                shopify.item(line.sku, line.sold, id=line.line_id, current_quantity=line.kept) for line in self.lines
            ],
            refunds=[_refund_body(refund, self.order_id) for refund in self.refunds],
        )

    @property
    def _financial_status(self) -> str:
        if self.paid_at is None:
            return "pending"
        if self.is_fully_refunded:
            return "refunded"
        return "partially_refunded" if self.refunds else "paid"

    def _put(self) -> Request:
        """The normal form: a smaller quantity is an edit, and a refund stands beside the quantity."""
        lines = [
            {"line_id": str(line.line_id), "sku": line.sku, "name": line.sku, "quantity": line.sold - line.removed}
            for line in self.lines
        ]
        refunds = [
            {
                "refund_id": str(refund.refund_id),
                "at": refund.at,
                "lines": [{"line_id": str(refund.line_id), "quantity": refund.quantity}],
            }
            for refund in self.refunds
        ]
        body = {
            "status": "cancelled" if self.cancelled_at else "paid" if self.paid_at else "pending",
            "payment": {"method": "card", "paid_at": self.paid_at},
            "updated_at": self.changed_at,
            "customer": dict(BUYER),
            "lines": lines,
            "refunds": refunds,
        }
        parameters = {"shop_id": self.shop_id, "order_id": self.order_id}
        return Request("PUT", "/v1/orders/{shop_id}/{order_id}", parameters, body, ADMIN_TOKEN)


def _refund_body(refund: Refund, order_id: str) -> dict[str, Any]:
    lines = [(refund.line_id, refund.quantity)]
    return shopify.refund(*lines, id=refund.refund_id, order_id=int(order_id), created_at=refund.at)
