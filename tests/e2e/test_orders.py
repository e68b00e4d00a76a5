"""Vouchers follow their order: one a unit, and none once it is undone."""

from collections.abc import Callable

import pytest

from infra.local.web import until
from tests.support import shopify
from tests.support.stack import Order, Outsiders, money, reference


def states(everyone: Outsiders, voucher_ids: list[str]) -> list[str]:
    return [everyone.voucher(voucher_id)["state"] for voucher_id in voucher_ids]


def await_states(everyone: Outsiders, voucher_ids: list[str], wanted: list[str]) -> None:
    """Return once so many vouchers are in these states, whichever they are."""
    until(f"{wanted}", lambda: sorted(states(everyone, voucher_ids)) == sorted(wanted) or None)


def test_three_units_are_three_vouchers_and_three_messages(everyone: Outsiders, settled: Callable[[], None]) -> None:
    order = Order((("CASH-500", 3),))

    everyone.report(order.body())
    voucher_ids = everyone.vouchers_of(order)
    links = {everyone.held(voucher_id).page for voucher_id in voucher_ids}
    settled()

    assert len(links) == len(voucher_ids) == 3
    assert [len(everyone.messages(voucher_id)) for voucher_id in voucher_ids] == [1, 1, 1]


def test_each_line_brings_what_it_sold(everyone: Outsiders) -> None:
    order = Order((("CASH-500", 1), ("SPA-3", 1), ("SOCKS", 2)))

    everyone.report(order.body())
    kinds = until("two vouchers", lambda: found if len(found := everyone.order(order)["vouchers"]) == 2 else None)

    assert [everyone.voucher(voucher_id)["kind"] for voucher_id in kinds] == ["cash", "item"]


def test_what_is_sold_under_no_known_sku_brings_no_voucher(everyone: Outsiders, settled: Callable[[], None]) -> None:
    order = Order((("SOCKS", 2),))

    everyone.report(order.body())
    settled()

    assert everyone.order(order)["vouchers"] == []


@pytest.mark.parametrize("status", ["pending", "authorized", "voided"])
def test_an_order_that_is_not_paid_brings_no_voucher(
    everyone: Outsiders, settled: Callable[[], None], status: str
) -> None:
    order = Order()

    everyone.report(order.body(financial_status=status), topic="orders/create")
    settled()

    assert everyone.order(order)["vouchers"] == []


def test_an_order_says_how_it_was_paid(everyone: Outsiders) -> None:
    order = Order()
    everyone.report(order.body())

    found = everyone.order(order)

    assert (found["shop_id"], found["order_id"], found["status"]) == (everyone.shop_id, order.order_id, "paid")
    assert found["payment"] == {"method": "ecpay", "paid_at": "2026-11-22T03:59:00.000Z", "test": False}


def test_cancelling_a_paid_order_revokes_its_vouchers(everyone: Outsiders) -> None:
    order = Order((("CASH-500", 2),))
    everyone.report(order.body())
    voucher_ids = everyone.vouchers_of(order)
    held = everyone.held(voucher_ids[0])

    everyone.report(order.cancelled(), topic="orders/cancelled")
    await_states(everyone, voucher_ids, ["revoked", "revoked"])

    refused = everyone.redeem(reference(), held.credential)
    assert (refused.status, refused.code) == (409, "revoked")
    assert everyone.look_up(held.credential).json["usable"] is False


def test_a_cancellation_that_arrives_first_leaves_no_live_voucher(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    order = Order()

    everyone.report(order.cancelled(), topic="orders/cancelled")
    settled()
    everyone.report(order.body())
    settled()

    assert everyone.order(order)["status"] == "cancelled"
    assert set(states(everyone, everyone.order(order)["vouchers"])) <= {"revoked"}


def test_refunding_a_unit_revokes_one_that_nobody_used(everyone: Outsiders) -> None:
    order = Order((("CASH-500", 3),))
    everyone.report(order.body())
    voucher_ids = everyone.vouchers_of(order)
    used = everyone.held(voucher_ids[-1])
    everyone.redeem(reference(), used.credential, money=money("100"))

    everyone.report(shopify.refund((order.line_id(), 1), order_id=order.number), topic="refunds/create")
    await_states(everyone, voucher_ids, ["active", "active", "revoked"])

    assert everyone.voucher(used.voucher_id)["state"] == "active"
    assert everyone.order(order)["status"] == "partially_refunded"


def test_a_refund_leaves_other_lines_alone(everyone: Outsiders) -> None:
    order = Order((("CASH-500", 1), ("SPA-3", 1)))
    everyone.report(order.body())
    cash, spa = everyone.vouchers_of(order)

    everyone.report(shopify.refund((order.line_id(1), 1), order_id=order.number), topic="refunds/create")
    await_states(everyone, [cash, spa], ["active", "revoked"])

    assert everyone.voucher(cash)["state"] == "active"


def test_a_refund_that_arrives_first_is_not_forgotten(everyone: Outsiders, settled: Callable[[], None]) -> None:
    order = Order((("CASH-500", 2),))

    everyone.report(shopify.refund((order.line_id(), 1), order_id=order.number), topic="refunds/create")
    everyone.report(order.body())
    settled()

    assert states(everyone, everyone.order(order)["vouchers"]) == ["active"]
