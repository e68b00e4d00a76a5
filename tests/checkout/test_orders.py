"""PUT and GET /v1/orders/{shop_id}/{order_id}: the normal form of an order."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.faults import answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import BUYER, OWN_SHOP, SHOP, Retailer, money, order_body

CHANGED = {"type": "order.changed", "version": 1, "shop_id": OWN_SHOP, "order_id": "A-1"}
PATH = f"/v1/orders/{OWN_SHOP}/A-1"


def put(retailer: Retailer, *lines: tuple[str, int], **override: Any) -> Reply:
    return retailer.order("A-1", *lines, shop_id=OWN_SHOP, **override)


def test_an_order_answers_with_what_is_known_of_it(retailer: Retailer) -> None:
    answer = put(retailer, ("MUG-2", 2))

    assert (answer.status, answer.is_replayed) == (200, False)
    assert answer.json == {
        "shop_id": OWN_SHOP,
        "order_id": "A-1",
        "status": "paid",
        "payment": {"method": "card", "paid_at": "2026-11-22T03:59:00.000Z", "test": False},
        "cancelled_at": None,
        "lines": [{"line_id": "1", "sku": "MUG-2", "name": "MUG-2", "quantity": 2, "returned": 0, "unit_price": None}],
        "vouchers": [],
    }


def test_an_order_is_queued(retailer: Retailer) -> None:
    put(retailer)

    assert retailer.world.queued("orders") == [CHANGED]


def test_an_order_names_its_vouchers_once_there_are_some(retailer: Retailer) -> None:
    retailer.order("2001", ("CASH-500", 2), ("SPA-3", 1))
    retailer.settle("2001")

    vouchers = retailer.api.call("GET", f"/v1/orders/{SHOP}/2001").json["vouchers"]

    assert len(vouchers) == len(set(vouchers)) == 3
    assert all(retailer.api.call("GET", f"/v1/vouchers/{voucher_id}").status == 200 for voucher_id in vouchers)


def test_the_same_words_again_are_a_replay(retailer: Retailer) -> None:
    first = put(retailer)

    again = put(retailer)

    assert again.is_replayed
    assert again.json == first.json


def test_the_same_words_without_a_time_are_a_replay_later_too(retailer: Retailer) -> None:
    put(retailer, updated_at=None, payment=None)
    before = retailer.world.rows()
    retailer.world.clock.forward(hours=1)

    again = put(retailer, updated_at=None, payment=None)

    assert again.is_replayed
    assert retailer.world.rows() == before


def test_a_late_report_does_not_undo_the_news_that_all_is_as_before(retailer: Retailer) -> None:
    """One unit, then two, then one again; the two are heard last."""
    put(retailer, ("CASH-500", 1), updated_at="2026-11-22T12:00:00+08:00")
    put(retailer, ("CASH-500", 1), updated_at="2026-11-22T12:20:00+08:00")

    late = put(retailer, ("CASH-500", 2), updated_at="2026-11-22T12:10:00+08:00")

    assert [(line["quantity"], line["returned"]) for line in late.json["lines"]] == [(2, 1)]


def test_a_replay_of_a_settled_order_queues_nothing(retailer: Retailer) -> None:
    put(retailer)
    retailer.settle("A-1", OWN_SHOP)
    retailer.world.queued("orders")

    put(retailer)

    assert retailer.world.queued("orders") == []


def test_a_replay_of_an_unsettled_order_queues_it_again(retailer: Retailer) -> None:
    put(retailer)
    put(retailer)

    assert retailer.world.queued("orders") == [CHANGED, CHANGED]


def test_a_paid_order_may_be_cancelled(retailer: Retailer) -> None:
    put(retailer)

    cancelled = put(retailer, status="cancelled", updated_at="2026-11-22T12:30:00+08:00").json

    assert (cancelled["status"], cancelled["cancelled_at"]) == ("cancelled", "2026-11-22T04:30:00.000Z")
    assert cancelled["payment"]["paid_at"] == "2026-11-22T03:59:00.000Z"


def test_a_cancelled_order_stays_so_whatever_comes_late(retailer: Retailer) -> None:
    put(retailer, status="cancelled", updated_at="2026-11-22T12:30:00+08:00")

    assert put(retailer).json["status"] == "cancelled"


def test_a_refund_returns_units_of_its_lines(retailer: Retailer) -> None:
    put(retailer, ("CASH-500", 3), ("SPA-3", 1))
    refund = {"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 2}], "amount": money("1000")}

    answer = put(retailer, ("CASH-500", 3), ("SPA-3", 1), refunds=[refund]).json

    assert [line["returned"] for line in answer["lines"]] == [2, 0]
    assert answer["status"] == "partially_refunded"


def test_the_same_refund_twice_counts_once(retailer: Retailer) -> None:
    refund = {"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 1}]}
    put(retailer, ("CASH-500", 3), refunds=[refund])

    again = put(retailer, ("CASH-500", 3), refunds=[refund])

    assert [line["returned"] for line in again.json["lines"]] == [1]


def test_refunding_every_unit_makes_the_order_refunded(retailer: Retailer) -> None:
    refund = {"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 3}]}

    assert put(retailer, ("CASH-500", 3), refunds=[refund]).json["status"] == "refunded"


def test_a_till_may_sell(retailer: Retailer) -> None:
    sold = retailer.api.call("PUT", PATH, order_body(), token=retailer.tills["pos-1"])

    assert (sold.status, sold.json["status"]) == (200, "paid")
    assert retailer.api.call("GET", PATH, token=retailer.tills["pos-1"]).json == sold.json


def test_an_order_nobody_reported_is_not_found(retailer: Retailer) -> None:
    assert_problem(retailer.api.call("GET", PATH), 404, "not_found")


def test_an_order_of_an_unknown_shop_is_not_found_and_not_stored(retailer: Retailer) -> None:
    before = retailer.world.rows()

    assert_problem(retailer.order("A-1", shop_id="nobody"), 404, "not_found")
    assert retailer.world.rows() == before


@pytest.mark.parametrize("token", [None, "guessed"])
def test_nobody_may_report_an_order(retailer: Retailer, token: str | None) -> None:
    before = retailer.world.rows()

    assert_problem(retailer.api.call("PUT", PATH, order_body(), token=token), 401, "unauthorized")
    assert retailer.world.rows() == before


@pytest.mark.parametrize(
    ("override", "path"),
    [
        ({"status": "shipped"}, "status"),
        ({"lines": [{"sku": "CASH-500", "quantity": -1}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "CASH-500", "quantity": "1"}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "CASH-500", "quantity": 1.0}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "", "quantity": 1}]}, "lines.0.sku"),
        ({"lines": [{"sku": "x", "quantity": 5001}, {"sku": "y", "quantity": 5000}]}, "body"),
        ({"lines": [{"line_id": "2", "quantity": 1}, {"quantity": 1}]}, "body"),
        ({"lines": [{"quantity": 1, "unit_price": money("500.5")}]}, "lines.0.unit_price"),
        ({"lines": [{"quantity": 1, "unit_price": {"amount": 500, "currency": "TWD"}}]}, "lines.0.unit_price.amount"),
        ({"customer": BUYER | {"email": "no address"}}, "customer.email"),
        ({"customer": BUYER | {"phone": "12"}}, "customer.phone"),
        ({"customer": BUYER | {"line_user_id": "U 1"}}, "customer.line_user_id"),
        ({"payment": {"paid_at": "2026-11-22T12:00:00"}}, "payment.paid_at"),
        ({"refunds": [{"refund_id": "R-1", "amount": money("0")}]}, "refunds.0.amount"),
        ({"refunds": [{"refund_id": "R 1"}]}, "refunds.0.refund_id"),
        ({"total": "500"}, "total"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_order_that_does_not_fit_says_where_and_is_not_stored(
    retailer: Retailer, override: dict[str, Any], path: str
) -> None:
    before = retailer.world.rows()

    answer = put(retailer, **override)

    assert_problem(answer, 422, "invalid")
    assert path in [error["path"] for error in answer.json["errors"]]
    assert retailer.world.rows() == before


@pytest.mark.parametrize("name", ["a%20b", "a#b", "x" * 65, "票"])
def test_a_name_that_is_no_identifier_is_refused(retailer: Retailer, name: str) -> None:
    answer = retailer.api.call("PUT", f"/v1/orders/{OWN_SHOP}/{name.replace('#', '%23')}", order_body())

    assert_problem(answer, 422, "invalid")


def test_two_reports_at_the_same_moment_both_count(retailer: Retailer) -> None:
    def cancel() -> None:
        put(retailer, status="cancelled", updated_at="2026-11-22T12:30:00+08:00")

    with rival(cancel, before="PutItem"):
        answer = put(retailer)

    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    assert answer.json["payment"]["paid_at"] == "2026-11-22T03:59:00.000Z"


def test_an_order_that_could_not_be_queued_is_unavailable_and_its_repeat_queues_it(retailer: Retailer) -> None:
    with answering("SendMessageBatch", "ServiceUnavailable", service="sqs", times=10):
        assert_problem(put(retailer), 503, "unavailable", retryable=True)

    assert put(retailer).is_replayed
    assert retailer.world.queued("orders") == [CHANGED]


def test_an_order_whose_reply_was_lost_is_a_replay_at_the_next_try(retailer: Retailer) -> None:
    with lost_reply("PutItem"):
        assert_problem(put(retailer), 503, "unavailable")

    assert put(retailer).is_replayed
    assert retailer.world.queued("orders") == [CHANGED]
