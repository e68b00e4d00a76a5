"""An order is told many times, and by voices that contradict each other, at once."""

from collections.abc import Callable
from functools import partial

from functions.runtime.again import again
from functions.runtime.wiring import Wiring
from tests.races.inside import InsideShop
from tests.support.stack import Order, Outsiders, all_at_once, reference

TIMES = 20
CANCELLED_ORDERS = 12


def test_an_order_settled_by_many_at_once_brings_one_voucher_a_unit(
    wiring: Wiring, everyone: Outsiders, settled: Callable[[], None]
) -> None:
    shop, order = InsideShop(wiring, everyone.shop_id), Order((("CASH-500", 2),))
    body = order.body()

    def hear_and_settle() -> None:
        # Whom a conflict sends away comes back: a shop sends again, and so does a queue.
        again(lambda: shop.hear(body, delivery=reference()))
        again(lambda: shop.settle(order))

    all_at_once([hear_and_settle] * TIMES)
    voucher_ids = everyone.vouchers_of(order)
    settled()

    assert len(voucher_ids) == 2
    assert [len(everyone.ledger(voucher_id)) for voucher_id in voucher_ids] == [1, 1]
    assert [len(everyone.messages(voucher_id)) for voucher_id in voucher_ids] == [1, 1]


def test_an_order_paid_and_cancelled_at_once_leaves_no_live_voucher(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    orders = [Order() for _ in range(CANCELLED_ORDERS)]
    webhooks = [
        everyone.signed(body, topic=topic)
        for order in orders
        for body, topic in ((order.body(), "orders/paid"), (order.cancelled(), "orders/cancelled"))
    ]

    all_at_once([partial(everyone.patiently, partial(everyone.deliver, webhook)) for webhook in webhooks])
    settled()

    found = [everyone.order(order) for order in orders]
    states = [everyone.voucher(voucher_id)["state"] for order in found for voucher_id in order["vouchers"]]
    assert {order["status"] for order in found} == {"cancelled"}
    assert set(states) <= {"revoked"}
