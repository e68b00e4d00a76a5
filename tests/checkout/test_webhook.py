"""POST /webhooks/{shop_id}: verified, stored, queued, answered; or refused with nothing stored."""

from typing import Any

import pytest

from functions.checkout.entry import WEBHOOK_MAX
from tests.support import shopify
from tests.support.api import Reply
from tests.support.faults import answering, lost_reply
from tests.support.problem import assert_problem
from tests.support.retail import OWN_SHOP, SECRETS, SHOP, Retailer, shop_body
from tests.support.samples import sample
from tests.support.shopify import ORDER_ID, raw

CHANGED = {"type": "order.changed", "version": 1, "shop_id": SHOP, "order_id": str(ORDER_ID)}


def post(retailer: Retailer, body: bytes | dict[str, Any], *, shop_id: str = SHOP, **over: str) -> Reply:
    """A delivery as Shopify makes it, but for what stands in `over`."""
    sent = body if isinstance(body, bytes) else raw(body)
    return retailer.api.call("POST", f"/webhooks/{shop_id}", sent, token=None, headers=shopify.headers(sent, **over))


def status(retailer: Retailer) -> str:
    """What the order has come to."""
    return str(retailer.api.call("GET", f"/v1/orders/{SHOP}/{ORDER_ID}").json["status"])


def test_a_paid_order_is_accepted_stored_and_queued(retailer: Retailer) -> None:
    answer = post(retailer, shopify.order())

    assert (answer.status, answer.json) == (200, {"accepted": True})
    assert status(retailer) == "paid"
    assert retailer.world.queued("orders") == [CHANGED]


def test_taking_a_delivery_in_costs_two_reads_and_one_transaction(retailer: Retailer) -> None:
    post(retailer, shopify.order())

    assert retailer.world.calls == ["GetItem", "BatchGetItem", "TransactWriteItems"]


def test_a_published_body_is_accepted(retailer: Retailer) -> None:
    body = sample("shopify/orders_paid.activepieces.json")

    assert post(retailer, body).status == 200
    assert retailer.api.call("GET", f"/v1/orders/{SHOP}/5324830114101").json["status"] == "paid"


def test_a_message_that_says_nothing_to_us_is_accepted_and_not_stored(retailer: Retailer) -> None:
    before = retailer.world.rows()

    answer = post(retailer, {"shop_id": 1, "customer": {"id": 7001}}, topic="customers/redact")

    assert (answer.status, answer.json) == (200, {"accepted": True})
    assert retailer.world.rows() == before
    assert retailer.world.queued("orders") == []


@pytest.mark.parametrize("secret", SECRETS)
def test_each_active_secret_may_have_signed(retailer: Retailer, secret: str) -> None:
    assert post(retailer, shopify.order(), secret=secret).status == 200


_PAID = raw(shopify.order())
_ARRAY = raw([shopify.order()])
_NOT_UTF8 = _PAID.replace("林".encode(), b"\xff\xfe")
_LARGE = raw(shopify.order(note="x" * WEBHOOK_MAX))
_NO_ORDER = raw(shopify.order(currency="dollars"))


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        pytest.param(_PAID, shopify.headers(_PAID, secret="guessed"), 401, "bad_signature", id="wrong signature"),
        pytest.param(_PAID + b" ", shopify.headers(_PAID), 401, "bad_signature", id="one space more"),
        pytest.param(_PAID[:-1], shopify.headers(_PAID), 401, "bad_signature", id="truncated"),
        pytest.param(_PAID, {}, 401, "bad_signature", id="no header"),
        pytest.param(_PAID, shopify.headers(_PAID, secret=""), 401, "bad_signature", id="empty secret"),
        pytest.param(b"", shopify.headers(b"", secret="guessed"), 401, "bad_signature", id="nothing, unsigned"),
        pytest.param(b"", shopify.headers(b""), 400, "malformed", id="nothing, signed"),
        pytest.param(_PAID[:-1], shopify.headers(_PAID[:-1]), 400, "malformed", id="truncated before it was signed"),
        pytest.param(_NOT_UTF8, shopify.headers(_NOT_UTF8), 400, "malformed", id="not UTF-8"),
        pytest.param(_ARRAY, shopify.headers(_ARRAY), 400, "malformed", id="an array"),
        pytest.param(_LARGE, shopify.headers(_LARGE), 413, "too_large", id="over the cap"),
        pytest.param(_NO_ORDER, shopify.headers(_NO_ORDER), 422, "invalid", id="no order"),
    ],
)
def test_a_delivery_that_is_refused_leaves_nothing_behind(
    retailer: Retailer, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    before = retailer.world.rows()

    answer = retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=headers)

    assert_problem(answer, status, code)
    assert retailer.world.rows() == before
    assert retailer.world.queued("orders") == []


@pytest.mark.parametrize(
    ("shop_id", "status", "code"), [("nobody", 404, "not_found"), (OWN_SHOP, 404, "not_found"), ("a b", 422, "invalid")]
)
def test_a_delivery_to_no_shop_that_takes_any_leaves_nothing_behind(
    retailer: Retailer, shop_id: str, status: int, code: str
) -> None:
    before = retailer.world.rows()

    answer = post(retailer, shopify.order(), shop_id=shop_id)

    assert_problem(answer, status, code)
    assert retailer.world.rows() == before


def test_a_retired_secret_signs_no_more(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(secrets=["shpss_the_next_one"]))

    assert_problem(post(retailer, shopify.order()), 401, "bad_signature")
    assert post(retailer, shopify.order(), secret="shpss_the_next_one").status == 200


def test_one_shops_secret_does_not_sign_for_another(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/shops/another", shop_body(secrets=["shpss_of_another"]))

    assert_problem(post(retailer, shopify.order(), shop_id="another"), 401, "bad_signature")


def test_a_body_in_plain_text_counts_by_its_signature(retailer: Retailer) -> None:
    body = raw(shopify.order())

    answer = retailer.api.call(
        "POST", f"/webhooks/{SHOP}", body, token=None, headers=shopify.headers(body) | {"Content-Type": "text/plain"}
    )

    assert answer.status == 200


@pytest.mark.parametrize(
    "again", [{}, {"delivery": "d-2"}, {"topic": "orders/updated"}, {"delivery": "d-2", "topic": "refunds/create"}],
    ids=["the same delivery", "a new delivery id", "another topic", "both"],
)  # fmt: skip
def test_a_repeat_has_no_effect_on_a_settled_order(retailer: Retailer, again: dict[str, str]) -> None:
    post(retailer, shopify.order())
    retailer.settle(str(ORDER_ID))
    before = _without_deliveries(retailer)
    retailer.world.queued("orders")

    answer = post(retailer, shopify.order(), **again)

    assert (answer.status, answer.json) == (200, {"accepted": True})
    assert _without_deliveries(retailer) == before
    assert retailer.world.queued("orders") == []


def test_a_repeat_of_an_unsettled_order_is_queued_again(retailer: Retailer) -> None:
    post(retailer, shopify.order())
    post(retailer, shopify.order())

    assert retailer.world.queued("orders") == [CHANGED, CHANGED]


def test_a_repeated_delivery_writes_nothing(retailer: Retailer) -> None:
    post(retailer, shopify.order())
    retailer.world.calls.clear()

    post(retailer, shopify.order())

    assert retailer.world.calls == ["GetItem", "BatchGetItem"]


def test_a_topic_cannot_make_an_order_paid(retailer: Retailer) -> None:
    post(retailer, shopify.order(financial_status="pending"), topic="orders/paid")

    assert status(retailer) == "pending"


def test_a_topic_cannot_cancel_an_order(retailer: Retailer) -> None:
    post(retailer, shopify.order(), topic="orders/cancelled")

    assert status(retailer) == "paid"


def test_an_older_report_that_comes_late_takes_nothing_back(retailer: Retailer) -> None:
    created = shopify.order(financial_status="pending", updated_at="2026-11-22T11:58:00+08:00")

    post(retailer, shopify.order(), delivery="d-2")
    post(retailer, created, delivery="d-1", topic="orders/create")

    assert status(retailer) == "paid"


def test_a_refund_that_comes_before_its_order_counts_when_the_order_comes(retailer: Retailer) -> None:
    line_id = shopify.item()["id"]

    post(retailer, shopify.refund((line_id, 1)), topic="refunds/create")
    post(retailer, shopify.order(line_items=[shopify.item(quantity=2)]), delivery="d-2")

    assert status(retailer) == "partially_refunded"


def test_an_order_that_could_not_be_queued_is_unavailable_and_its_retry_queues_it(retailer: Retailer) -> None:
    with answering("SendMessageBatch", "ServiceUnavailable", service="sqs", times=10):
        refused = post(retailer, shopify.order())
    assert_problem(refused, 503, "unavailable", retryable=True)
    assert retailer.world.queued("orders") == []

    assert post(retailer, shopify.order()).status == 200

    assert retailer.world.queued("orders") == [CHANGED]


def test_an_order_whose_reply_was_lost_is_queued_by_the_retry(retailer: Retailer) -> None:
    with lost_reply():
        refused = post(retailer, shopify.order())
    assert_problem(refused, 503, "unavailable")

    assert post(retailer, shopify.order()).status == 200

    assert retailer.world.queued("orders") == [CHANGED]


def test_an_order_whose_settling_died_is_queued_by_a_retry_under_a_new_id(retailer: Retailer) -> None:
    post(retailer, shopify.order())
    retailer.world.queued("orders")

    post(retailer, shopify.order(), delivery="d-2")

    assert retailer.world.queued("orders") == [CHANGED]


def test_a_delivery_is_remembered_for_thirty_days(retailer: Retailer) -> None:
    post(retailer, shopify.order())

    (row,) = [item for item in retailer.world.items("commerce") if item["sk"] == "DELIVERY"]

    assert row["expires_on"] == int(retailer.world.clock.now.timestamp()) + 30 * 86_400


def test_a_delivery_that_comes_again_after_its_row_has_gone_has_no_effect(retailer: Retailer) -> None:
    post(retailer, shopify.order())
    retailer.settle(str(ORDER_ID))
    before = _without_deliveries(retailer)
    retailer.world.fill("commerce", before["commerce"])

    post(retailer, shopify.order())

    assert _without_deliveries(retailer) == before


def _without_deliveries(retailer: Retailer) -> dict[str, list[dict[str, Any]]]:
    """All tables, but for the note that a delivery came."""
    rows = retailer.world.rows()
    return rows | {"commerce": [row for row in rows["commerce"] if row["sk"]["S"] != "DELIVERY"]}


def test_an_id_above_two_to_the_53_is_kept_exactly_all_the_way(retailer: Retailer) -> None:
    post(retailer, shopify.order(id=shopify.BIG_ID, line_items=[shopify.item(id=shopify.BIG_ID + 2)]))

    order = retailer.api.call("GET", f"/v1/orders/{SHOP}/9007199254740993").json

    assert [line["line_id"] for line in order["lines"]] == ["9007199254740995"]
    assert retailer.world.queued("orders") == [CHANGED | {"order_id": "9007199254740993"}]


def test_a_published_cancelled_order_ends_cancelled_with_all_its_units_returned(retailer: Retailer) -> None:
    post(retailer, sample("shopify/orders_cancelled.activepieces.json"))

    order = retailer.api.call("GET", f"/v1/orders/{SHOP}/5324790137142").json

    assert (order["status"], order["cancelled_at"]) == ("cancelled", "2023-03-24T22:08:18.000Z")
    assert [line["returned"] for line in order["lines"]] == [1, 2]
