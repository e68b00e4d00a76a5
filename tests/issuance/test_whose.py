"""Whose an order is, and where its vouchers are sent."""

from typing import Any

import pytest

from functions.domain import identity
from tests.support.retail import BUYER, OWN_SHOP, SHOP, Retailer, product_body, shop_body

MEI = {"email": "a@example.com", "phone": "+886911111111", "line_user_id": "U" + "a" * 32, "name": "Mei"}
PUT = {"language": "en", **MEI, "shop_refs": [{"shop_id": SHOP, "customer_ref": "42"}]}


def customer_of(retailer: Retailer, order_id: str = "1001", **buyer: Any) -> dict[str, Any]:
    """The customer an order's voucher belongs to."""
    (held,) = retailer.sell("CASH-500", order_id=order_id, customer=buyer)
    customer_id = retailer.voucher(held.voucher_id)["customer_id"]
    found: dict[str, Any] = retailer.api.call("GET", f"/v1/customers/{customer_id}").json
    return found


def know_mei(retailer: Retailer, **override: Any) -> None:
    """Write a customer's record before the order comes."""
    assert retailer.api.call("PUT", "/v1/customers/mei", PUT | override).status == 200


def sent(retailer: Retailer, voucher_id: str) -> dict[str, Any]:
    """The send that brings a voucher."""
    (send,) = [item for item in retailer.world.items("sends") if item["voucher_id"] == voucher_id]
    return send


def channels(retailer: Retailer, **buyer: Any) -> list[str]:
    """Where an order's voucher is sent, best first."""
    (held,) = retailer.sell("CASH-500", customer=buyer)
    send = sent(retailer, held.voucher_id)
    return [address["channel"] for address in (send["address"], *send["others"])]


# Whose it is.


@pytest.mark.parametrize(
    "buyer",
    [
        {"customer_ref": "42"},
        {"line_user_id": MEI["line_user_id"]},
        {"email": MEI["email"]},
        {"phone": MEI["phone"]},
        {"email": "  A@Example.COM "},
        {"phone": "0911-111-111"},
    ],
    ids=["shop", "line", "email", "phone", "email in another case", "phone as people write it"],
)
def test_a_customer_is_found_by_any_identity(retailer: Retailer, buyer: dict[str, str]) -> None:
    know_mei(retailer)

    assert customer_of(retailer, **buyer)["customer_id"] == "mei"


def test_the_surest_identity_decides(retailer: Retailer) -> None:
    know_mei(retailer)
    retailer.api.call("PUT", "/v1/customers/other", {"email": "b@example.com"})

    found = customer_of(retailer, customer_ref="42", email="b@example.com")

    assert found["customer_id"] == "mei"


def test_another_customers_address_is_not_taken_over(retailer: Retailer) -> None:
    know_mei(retailer, email=None)
    retailer.api.call("PUT", "/v1/customers/other", {"email": "b@example.com"})

    found = customer_of(retailer, customer_ref="42", email="b@example.com")

    assert (found["customer_id"], found["email"]) == ("mei", None)
    assert retailer.api.call("GET", "/v1/customers/other").json["email"] == "b@example.com"


def test_an_order_overwrites_nothing_the_customer_told_us(retailer: Retailer) -> None:
    know_mei(retailer)

    found = customer_of(
        retailer, customer_ref="42", name="Somebody", email="new@example.com", language="zh-Hant", phone="+886922222222"
    )

    assert {name: found[name] for name in ("name", "email", "phone", "language")} == {
        "name": "Mei", "email": MEI["email"], "phone": MEI["phone"], "language": "en",
    }  # fmt: skip


def test_an_order_completes_what_was_not_known(retailer: Retailer) -> None:
    know_mei(retailer, phone=None)

    assert customer_of(retailer, customer_ref="42", phone="+886922222222")["phone"] == "+886922222222"


def test_an_identity_that_an_order_brought_finds_the_customer_next_time(retailer: Retailer) -> None:
    first = customer_of(retailer, "1001", email="n@example.com", phone="+886933333333")

    second = customer_of(retailer, "1002", phone="+886933333333")

    assert second["customer_id"] == first["customer_id"]


def test_a_new_customers_id_is_derived_so_that_a_repeat_finds_it(retailer: Retailer) -> None:
    found = customer_of(retailer, customer_ref="9009", email="n@example.com", language="en")

    assert found["customer_id"] == identity.customer_id("shop", f"{SHOP}#9009")
    assert found["language"] == "en"


def test_one_reference_at_two_shops_is_two_people(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/own", product_body("OWN", shop_id=OWN_SHOP))
    here = customer_of(retailer, customer_ref="9009")
    retailer.order("2001", ("OWN", 1), shop_id=OWN_SHOP, customer={"customer_ref": "9009"})
    retailer.settle("2001", OWN_SHOP)

    (there,) = retailer.vouchers_of("2001", OWN_SHOP)

    assert retailer.voucher(there)["customer_id"] != here["customer_id"]


def test_a_buyer_without_a_name_gets_vouchers_that_belong_to_nobody(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500", customer={})

    assert "customer_id" not in retailer.voucher(held.voucher_id)
    assert not [item for item in retailer.world.items("sends") if item["voucher_id"] == held.voucher_id]


# Where it is sent.


def test_line_comes_before_email_and_email_before_sms(retailer: Retailer) -> None:
    assert channels(retailer, **BUYER) == ["line", "email", "sms"]


def test_without_a_line_user_email_is_first(retailer: Retailer) -> None:
    assert channels(retailer, email="n@example.com", phone="+886933333333") == ["email", "sms"]


def test_a_phone_alone_gets_an_sms(retailer: Retailer) -> None:
    assert channels(retailer, phone="+886933333333") == ["sms"]


def test_a_shop_without_a_line_channel_sends_no_line_message(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(line_channel_token=None))

    assert channels(retailer, **BUYER) == ["email", "sms"]


def test_a_shop_without_a_line_channel_reaches_nobody_who_has_line_alone(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(line_channel_token=None))

    (held,) = retailer.sell("CASH-500", customer={"line_user_id": "U" + "c" * 32})

    assert not [item for item in retailer.world.items("sends") if item["voucher_id"] == held.voucher_id]
    assert retailer.world.queued("line") == []


def test_a_customer_known_before_is_reached_where_the_order_says_nothing(retailer: Retailer) -> None:
    know_mei(retailer)

    assert channels(retailer, customer_ref="42") == ["line", "email", "sms"]


def test_the_orders_own_address_comes_before_the_one_we_knew(retailer: Retailer) -> None:
    know_mei(retailer, line_user_id=None)

    (held,) = retailer.sell("CASH-500", customer={"customer_ref": "42", "email": "office@example.com"})

    assert sent(retailer, held.voucher_id)["address"] == {"channel": "email", "to": "office@example.com"}


def test_the_message_is_asked_for_on_its_channels_queue_alone(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500", customer={"email": "n@example.com", "phone": "+886933333333"})

    (asked,) = retailer.world.queued("email")
    assert asked["message_id"] == identity.message_id(held.voucher_id, 1)
    assert retailer.world.queued("line") == retailer.world.queued("sms") == []


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_message_is_in_the_orders_language(retailer: Retailer, language: str) -> None:
    (held,) = retailer.sell("CASH-500", customer={"email": "n@example.com", "language": language})

    assert sent(retailer, held.voucher_id)["language"] == language
