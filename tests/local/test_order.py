"""Orders of the demo shop are signed as Shopify signs them."""

import json

from functions.checkout.shopify import Shopify
from infra.local import retailer
from infra.local.order import paid_order


def test_an_order_bears_the_shops_signature() -> None:
    order = paid_order(retailer.MEI, "shop-secret")
    headers = {name.lower(): value for name, value in order.headers.items()}

    assert Shopify().is_signed(headers, order.body, ["shop-secret"])


def test_every_order_is_a_new_one() -> None:
    assert paid_order(retailer.MEI, "s").order_id != paid_order(retailer.MEI, "s").order_id


def test_an_order_holds_what_was_bought_and_by_whom() -> None:
    order = json.loads(paid_order(retailer.LEE, "s", "SPA-3", quantity=2).body)

    assert [(line["sku"], line["quantity"]) for line in order["line_items"]] == [("SPA-3", 2)]
    assert (order["email"], str(order["customer"]["id"])) == (retailer.LEE.email, retailer.LEE.customer_ref)
