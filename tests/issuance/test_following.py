"""Vouchers follow an order's facts, in whatever order and however often the shop reports them."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from tests.support import shopify
from tests.support.retail import SHOP, Retailer, money, product_body
from tests.support.shopify import ORDER_ID, raw

LINE = shopify.item()["id"]


def receive(retailer: Retailer, body: dict[str, Any], delivery: str) -> None:
    """A webhook, and what its message sets going."""
    sent = raw(body)
    answer = retailer.api.call(
        "POST", f"/webhooks/{SHOP}", sent, token=None, headers=shopify.headers(sent, delivery=delivery)
    )
    assert answer.status == 200


def states(retailer: Retailer, order_id: str = str(ORDER_ID)) -> list[str]:
    """The stored states of an order's vouchers, by unit."""
    return [retailer.voucher(voucher_id)["state"] for voucher_id in retailer.vouchers_of(order_id)]


def reports(order_id: int, units: int = 3) -> dict[str, dict[str, Any]]:
    """What a shop says of an order of three units, of which one is refunded before all is cancelled."""
    lines = [shopify.item(quantity=units)]
    moments = [f"2026-11-22T{hour}:00:00+08:00" for hour in (11, 12, 13, 14)]
    return {
        "created": shopify.order(id=order_id, line_items=lines, updated_at=moments[0], financial_status="pending"),
        "paid": shopify.order(id=order_id, line_items=lines, updated_at=moments[1]),
        "refund": shopify.refund((LINE, 1), order_id=order_id, created_at=moments[2]),
        "cancelled": shopify.order(id=order_id, line_items=lines, updated_at=moments[3], cancelled_at=moments[3]),
    }


def tell(retailer: Retailer, order_id: int, words: Sequence[str], *, settle_each: bool) -> None:
    """Report `words` of an order in this order; its queue is read after each of them, or once at the end."""
    bodies = reports(order_id)
    for place, word in enumerate(words):
        receive(retailer, bodies[word], f"{order_id}-{place}")
        if settle_each:
            retailer.settle(str(order_id))
    retailer.settle(str(order_id))


def test_an_order_that_is_paid_ten_times_becomes_one_voucher(retailer: Retailer) -> None:
    for turn in range(10):
        receive(retailer, shopify.order(updated_at=f"2026-11-22T12:00:{turn:02}+08:00"), f"d-{turn}")
        retailer.settle(str(ORDER_ID))

    assert states(retailer) == ["active"]


def test_a_message_that_comes_ten_times_makes_one_voucher(retailer: Retailer) -> None:
    receive(retailer, shopify.order(), "d-1")
    retailer.settle(str(ORDER_ID))
    before = retailer.world.rows()

    for _ in range(10):
        retailer.settle(str(ORDER_ID))

    assert retailer.world.rows() == before


@pytest.mark.parametrize("settle_each", [True, False], ids=["read after each report", "read at the end"])
def test_paid_and_refunded_in_every_order_leaves_two_of_three(retailer: Retailer, *, settle_each: bool) -> None:
    for place, words in enumerate(permutations(("created", "paid", "refund"))):
        tell(retailer, 1000 + place, words, settle_each=settle_each)

        assert states(retailer, str(1000 + place)).count("active") == 2, words


@pytest.mark.parametrize("settle_each", [True, False], ids=["read after each report", "read at the end"])
def test_a_cancelled_order_has_no_live_voucher_whatever_came_first(retailer: Retailer, *, settle_each: bool) -> None:
    for place, words in enumerate(permutations(("paid", "refund", "cancelled"))):
        tell(retailer, 1000 + place, words, settle_each=settle_each)

        assert "active" not in states(retailer, str(1000 + place)), words


def test_an_order_cancelled_before_it_was_read_never_becomes_a_voucher(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid", "cancelled"), settle_each=False)

    assert states(retailer, "1000") == []


def test_cancelling_says_why(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid", "cancelled"), settle_each=True)

    (voucher_id, *_) = retailer.vouchers_of("1000")
    voucher = retailer.voucher(voucher_id)
    assert (voucher["state"], voucher["state_reason"]) == ("revoked", "order_cancelled")


def test_a_voucher_is_taken_back_even_when_its_sku_is_sold_no_more(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid",), settle_each=True)
    retailer.api.call("PUT", "/v1/products/cash-500", product_body())

    tell(retailer, 1000, ("cancelled",), settle_each=True)

    assert states(retailer, "1000") == ["revoked"] * 3


def test_a_refund_of_a_line_revokes_as_many_and_the_last_sold_first(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid", "refund"), settle_each=True)

    assert states(retailer, "1000") == ["active", "active", "revoked"]


def test_a_refund_takes_an_untouched_voucher_before_a_used_one(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid",), settle_each=True)
    last = retailer.held(retailer.vouchers_of("1000")[-1])
    retailer.redeem("r-1", last.qr, money=money("100"))

    receive(retailer, reports(1000)["refund"], "d-9")
    retailer.settle("1000")

    assert states(retailer, "1000") == ["active", "revoked", "active"]


def test_a_refund_of_another_line_touches_no_voucher(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid",), settle_each=True)

    receive(retailer, shopify.refund((LINE + 1, 1), order_id=1000), "d-9")
    retailer.settle("1000")

    assert states(retailer, "1000") == ["active"] * 3


def test_a_refund_of_the_shipping_touches_no_voucher(retailer: Retailer) -> None:
    tell(retailer, 1000, ("paid",), settle_each=True)

    receive(retailer, shopify.refund(order_id=1000), "d-9")
    retailer.settle("1000")

    assert states(retailer, "1000") == ["active"] * 3


def test_a_used_voucher_that_is_refunded_is_revoked_and_flagged_for_a_person(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")
    retailer.redeem("r-1", held.qr, money=money("100"))

    retailer.order("1001", ("CASH-500", 1), refunds=[{"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 1}]}])
    retailer.settle("1001")

    voucher = retailer.voucher(held.voucher_id)
    assert (voucher["state"], voucher["state_reason"]) == ("revoked", "order_refunded")
    assert voucher["flag"] == "used_before_revocation"


def test_an_unused_voucher_that_is_refunded_is_not_flagged(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")

    retailer.order("1001", ("CASH-500", 1), refunds=[{"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 1}]}])
    retailer.settle("1001")

    assert "flag" not in retailer.voucher(held.voucher_id)


def test_a_revoked_voucher_is_refused_at_the_till(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")
    retailer.order("1001", ("CASH-500", 1), status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle("1001")

    assert retailer.redeem("r-1", held.qr).code == "revoked"


def test_units_that_an_edit_adds_are_issued_and_those_there_are_left_alone(retailer: Retailer) -> None:
    first = retailer.sell("CASH-500", 1)
    before = retailer.voucher(first[0].voucher_id)

    more = retailer.sell("CASH-500", 3, updated_at="2026-11-22T12:30:00+08:00")

    assert more[0].voucher_id == first[0].voucher_id
    assert len(more) == 3
    assert retailer.voucher(first[0].voucher_id) == before


def test_units_that_an_edit_takes_away_are_revoked(retailer: Retailer) -> None:
    lines = [shopify.item(quantity=3)]
    edited = [shopify.item(quantity=3, current_quantity=1)]
    receive(retailer, shopify.order(line_items=lines), "d-1")
    retailer.settle(str(ORDER_ID))

    receive(retailer, shopify.order(line_items=edited, updated_at="2026-11-22T13:00:00+08:00"), "d-2")
    retailer.settle(str(ORDER_ID))

    assert states(retailer) == ["active", "revoked", "revoked"]
