"""Orders, and the webhook deliveries that told of them."""

from datetime import datetime, timedelta

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Put, unchanged
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.order import Order

# Far past any platform's retries; the order itself stops a repeat that comes later still.
DELIVERIES_KEPT = timedelta(days=30)


class OrderTable:
    """Reads and writes orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, shop_id: str, order_id: str) -> Order | None:
        """One order."""
        item = self._database.get(keys.order(shop_id, order_id))
        return from_item(Order, item) if item else None

    def seen(self, shop_id: str, order_id: str, delivery: str | None) -> tuple[Order | None, bool]:
        """An order, and whether a delivery about it was received before, in one call."""
        order, row = keys.order(shop_id, order_id), keys.delivery(shop_id, delivery) if delivery else None
        found = self._database.read(key for key in (order, row) if key)
        return (from_item(Order, found[order]) if order in found else None), row in found

    def save(self, order: Order, before: Order | None, delivery: str | None, now: datetime) -> None:
        """Write what is known of an order from now on, if that is news, and the delivery that told it.

        Raises:
            ConflictError: the order changed, or the delivery was received, since both were read.
        """
        writes = [] if order == before else [_row(order, before.version if before else 0)]
        if delivery:
            row = {"expires_on": int((now + DELIVERIES_KEPT).timestamp())}
            writes.append(Put(keys.delivery(order.shop_id, delivery), row, NEW))
        self._database.write(writes)

    def settle(self, order: Order) -> None:
        """Note that vouchers follow all that this version knows.

        Raises:
            ConflictError: the order has changed since; another message will settle it.
        """
        self._database.write([_row(order, order.version)])


def _row(order: Order, version: int) -> Put:
    return Put(keys.order(order.shop_id, order.order_id), to_item(order), unchanged(version))
