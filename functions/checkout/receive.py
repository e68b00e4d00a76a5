"""A report of an order is written, queued and answered. All else happens behind the queue.

Nothing that was answered with 200 can be lost: the order is written before it is queued, and queued before the answer.
Whoever gets no answer sends again, and a repeat queues again unless vouchers already follow all that is known.
"""

from functions.checkout.ports import Clock, Delivery, Orders, Queues
from functions.contracts.messages import OrderChanged
from functions.domain.order import Order, Report, nothing_new
from functions.runtime.again import again

ORDERS = "orders"


def receive(delivery: Delivery, *, orders: Orders, queues: Queues, clock: Clock) -> None:
    """Take a webhook in. One that says nothing to us is taken in too.

    Raises:
        ConflictError: the order is reported from too many sides at this moment; the sender tries again.
        UnavailableError: it could not be written or queued; the sender tries again.
    """
    if delivery.report is not None:
        learn(delivery.report, delivery.key, orders=orders, queues=queues, clock=clock)


def learn(
    report: Report, key: str | None, *, is_timed: bool = True, orders: Orders, queues: Queues, clock: Clock
) -> tuple[Order, bool]:
    """The order as it is known now, and whether the report said nothing new.

    `key` names the delivery it came by, if any. A report that is not timed carries the time at which it was heard: its
    sender has no clock, and the same words are the same news. With a clock they may be the news that all is as before.

    Raises:
        ConflictError, UnavailableError: as for `receive`.
    """
    order, nothing_said = again(lambda: _write(report, key, orders, clock, is_timed=is_timed))
    if not order.is_settled:
        queues.send(ORDERS, OrderChanged(shop_id=order.shop_id, order_id=order.order_id))
    return order, nothing_said


def _write(report: Report, key: str | None, orders: Orders, clock: Clock, *, is_timed: bool) -> tuple[Order, bool]:
    known, repeated = orders.seen(report.shop_id, report.order_id, key)
    if known is not None and repeated:
        return known, True
    if not is_timed:
        report = nothing_new(report, known)
    told = (known or Order(shop_id=report.shop_id, order_id=report.order_id)).told(report)
    if told != known or key:
        orders.save(told, known, key, clock())
    return told, told == known
