"""What a web shop may send, and what is never believed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support import shopify
from tests.support.stack import Order, Outsiders, Webhook, all_at_once, assert_problem, reference

TEN_MEGABYTES = 10_000_000
RETIRED = "shpss_retired_secret"
STILL_ACTIVE = "shpss_active_secret"


@pytest.fixture(scope="module")
def own_shop(everyone: Outsiders) -> str:
    """A Shopify shop that has just retired a secret. It sells one product."""
    shop_id = reference()
    body = {"kind": "shopify", "name": {"zh-Hant": "店", "en": "Shop"}, "timezone": "Asia/Taipei"}
    for secrets in ([RETIRED, STILL_ACTIVE], [STILL_ACTIVE]):
        assert everyone.admin("PUT", f"/v1/shops/{shop_id}", body | {"secrets": secrets}).status == 200
    return shop_id


def refused(everyone: Outsiders, order: Order, webhook: Webhook, status: int, code: str) -> None:
    """The webhook is refused as it must be, and nothing of it is stored."""
    reply = everyone.deliver(webhook)

    assert_problem(reply, status, code)
    assert not everyone.is_known(order)


def test_the_same_body_many_times_at_once_makes_one_voucher_and_one_message(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    order = Order()
    webhook = everyone.signed(order.body())

    replies = all_at_once([lambda: everyone.patiently(lambda: everyone.deliver(webhook))] * 20)
    (voucher_id,) = everyone.vouchers_of(order)
    everyone.message(voucher_id)
    settled()

    assert {reply.status for reply in replies} == {200}
    assert len(everyone.messages(voucher_id)) == 1
    assert len(everyone.ledger(voucher_id)) == 1


def test_the_same_body_under_other_delivery_ids_makes_one_voucher_and_one_message(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    order = Order()
    webhooks = [everyone.signed(order.body(), delivery=f"d-{place}-{order.number}") for place in range(20)]

    replies = all_at_once([partial(everyone.patiently, partial(everyone.deliver, webhook)) for webhook in webhooks])
    (voucher_id,) = everyone.vouchers_of(order)
    everyone.message(voucher_id)
    settled()

    assert {reply.status for reply in replies} == {200}
    assert everyone.order(order)["vouchers"] == [voucher_id]
    assert len(everyone.messages(voucher_id)) == 1


def test_a_late_repeat_has_no_effect(everyone: Outsiders, settled: Callable[[], None]) -> None:
    order = Order()
    webhook = everyone.signed(order.body())
    everyone.deliver(webhook)
    (voucher_id,) = everyone.vouchers_of(order)
    everyone.message(voucher_id)
    before = everyone.voucher(voucher_id)

    assert everyone.deliver(webhook).status == 200
    settled()

    assert everyone.order(order)["vouchers"] == [voucher_id]
    assert everyone.voucher(voucher_id) == before
    assert len(everyone.messages(voucher_id)) == 1


def test_a_body_signed_with_another_secret_is_refused(everyone: Outsiders) -> None:
    order = Order()

    refused(everyone, order, everyone.signed(order.body(), secret="somebody-elses"), 401, "bad_signature")


def test_a_body_without_a_signature_is_refused(everyone: Outsiders) -> None:
    order = Order()
    signed = everyone.signed(order.body())
    unsigned = {name: value for name, value in signed.headers.items() if name != "X-Shopify-Hmac-Sha256"}

    refused(everyone, order, Webhook(signed.body, unsigned), 401, "bad_signature")


@pytest.mark.parametrize(
    "change",
    [lambda body: body + b" ", lambda body: body[:-1], lambda body: body.replace(b'"quantity": 1', b'"quantity": 9')],
    ids=["one space more", "cut off", "another quantity"],
)
def test_a_body_that_was_changed_after_signing_is_refused(everyone: Outsiders, change: Any) -> None:
    order = Order()
    signed = everyone.signed(order.body())
    changed = change(signed.body)
    assert changed != signed.body

    refused(everyone, order, Webhook(changed, signed.headers), 401, "bad_signature")


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[:-10], lambda raw: raw + b"\xff", lambda raw: b"[" + raw + b"]", lambda _: b""],
    ids=["truncated", "not UTF-8", "an array", "empty"],
)
def test_a_signed_body_that_is_no_json_object_is_malformed(everyone: Outsiders, damage: Any) -> None:
    order = Order()

    refused(everyone, order, everyone.signed(damage(shopify.raw(order.body()))), 400, "malformed")


def test_a_signed_order_that_is_none_is_told_where_it_is_wrong(everyone: Outsiders) -> None:
    order = Order()
    body = order.body(line_items=[shopify.item(quantity=-1)])

    reply = everyone.deliver(everyone.signed(body))

    assert_problem(reply, 422, "invalid")
    assert reply.json["errors"][0]["path"] == "line_items.0.quantity"
    assert not everyone.is_known(order)


def test_ten_megabytes_are_too_large(everyone: Outsiders) -> None:
    order = Order()
    body = order.body(note="x" * TEN_MEGABYTES)

    reply = everyone.deliver(everyone.signed(body))

    assert reply.status == 413
    assert not everyone.is_known(order)


def test_an_unknown_shop_is_not_found(everyone: Outsiders) -> None:
    reply = everyone.deliver(everyone.signed(Order().body()), shop_id="nobody")

    assert_problem(reply, 404, "not_found")


def test_a_retired_secret_is_refused(everyone: Outsiders, own_shop: str) -> None:
    webhook = everyone.signed(Order().body(), secret=RETIRED)

    assert_problem(everyone.deliver(webhook, shop_id=own_shop), 401, "bad_signature")


def test_the_secret_beside_the_retired_one_goes_on(everyone: Outsiders, own_shop: str) -> None:
    webhook = everyone.signed(Order().body(), secret=STILL_ACTIVE)

    assert everyone.deliver(webhook, shop_id=own_shop).status == 200


def test_one_shops_secret_opens_no_other_shop(everyone: Outsiders, own_shop: str) -> None:
    webhook = everyone.signed(Order().body(), secret=everyone.shop_secret)

    assert_problem(everyone.deliver(webhook, shop_id=own_shop), 401, "bad_signature")


def test_secrets_are_never_told(everyone: Outsiders, own_shop: str) -> None:
    shop = everyone.admin("GET", f"/v1/shops/{own_shop}")

    assert shop.json["active_secrets"] == 1
    assert STILL_ACTIVE.encode() not in shop.content
