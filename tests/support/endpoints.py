"""Every endpoint of the app with a request that it answers with success, in an order in which they all do."""

from dataclasses import dataclass
from typing import Any

from functions.runtime.auth import TILL_ONLY
from functions.runtime.http import ENDPOINTS
from tests.support import shopify
from tests.support.api import Reply
from tests.support.retail import (
    OWN_SHOP,
    SHOP,
    XINYI,
    Retailer,
    money,
    order_body,
    product_body,
    sale,
    shop_body,
    text,
    undoing,
)

DAY = "2026-11-22"
JSON_ENDPOINTS = {key: each for key, each in ENDPOINTS.items() if not each.path.startswith("/v/")}


@dataclass(frozen=True)
class Request:
    """A request of an endpoint, under the token of a role that may make it."""

    method: str
    template: str
    path: str
    body: Any = None
    headers: dict[str, str] | None = None

    @property
    def is_a_tills(self) -> bool:
        """Whether a terminal makes it, and nobody else may."""
        return ENDPOINTS[self.method, self.template].roles == TILL_ONLY

    def send(self, retailer: Retailer, token: str | None) -> Reply:
        """The answer."""
        return retailer.api.call(self.method, self.path, self.body, token=token, headers=self.headers)


def an_exception(retailer: Retailer) -> str:
    """Something for a person: a voucher that was used before it was revoked."""
    used = retailer.sold["DOLLARS"]
    retailer.redeem("r-0", used.qr, money=money("1", "USD"))
    retailer.act("revoke", used.voucher_id)
    return str(retailer.exceptions()[0]["exception_id"])


def requests(retailer: Retailer) -> list[Request]:
    """One good request of every endpoint."""
    held = retailer.sold["CASH-500"]
    code = retailer.api.call("PUT", "/v1/terminals/pos-7", {"store_id": XINYI}).json["enrolment_code"]
    case_id, daily = an_exception(retailer), retailer.sold["DAILY"].qr
    batch = {"operations": [sale(held.code, "f-1", money=money("1")), sale(held.code, "o-1"), undoing("o-2")]}
    webhook = shopify.raw(shopify.order())
    order = order_body(customer={})
    voucher, action = f"/v1/vouchers/{held.voucher_id}", "/v1/vouchers/{voucher_id}"
    redemption, reference = "/v1/pos/redemptions/{reference}", "/v1/pos/redemptions/r-1"
    hold, holds = "/v1/pos/holds/{reference}", "/v1/pos/holds"
    spa = retailer.sold["SPA-3"].voucher_id
    basket = {"total": money("900"), "lines": [{"sku": "tea", "quantity": 3, "amount": money("900")}]}
    take = {"credential": held.qr, "money": money("200"), "receipt": "AB-1"}
    return [
        Request("GET", "/openapi.json", "/openapi.json"),
        Request("PUT", "/v1/shops/{shop_id}", "/v1/shops/new", shop_body()),
        Request("GET", "/v1/shops/{shop_id}", f"/v1/shops/{SHOP}"),
        Request("PUT", "/v1/stores/{store_id}", "/v1/stores/new", {"name": text("New")}),
        Request("GET", "/v1/stores/{store_id}", f"/v1/stores/{XINYI}"),
        Request("PUT", "/v1/products/{product_id}", "/v1/products/new", product_body("NEW")),
        Request("GET", "/v1/products/{product_id}", "/v1/products/coffee-10"),
        Request("POST", "/v1/terminals/enrol", "/v1/terminals/enrol", {"enrolment_code": code}),
        Request("POST", "/v1/terminals/roll", "/v1/terminals/roll"),
        Request("PUT", "/v1/terminals/{terminal_id}", "/v1/terminals/pos-8", {"store_id": XINYI}),
        Request("GET", "/v1/terminals/{terminal_id}", "/v1/terminals/pos-7"),
        Request("DELETE", "/v1/terminals/{terminal_id}", "/v1/terminals/pos-7"),
        Request("PUT", "/v1/tokens/{token_id}", "/v1/tokens/new", {"role": "clerk", "name": "New"}),
        Request("DELETE", "/v1/tokens/{token_id}", "/v1/tokens/new"),
        Request("PUT", "/v1/customers/{customer_id}", "/v1/customers/new", {"email": "new@example.com"}),
        Request("GET", "/v1/customers/{customer_id}", "/v1/customers/new"),
        Request("POST", "/webhooks/{shop_id}", f"/webhooks/{SHOP}", webhook, shopify.headers(webhook)),
        Request("PUT", "/v1/orders/{shop_id}/{order_id}", f"/v1/orders/{OWN_SHOP}/1", order),
        Request("GET", "/v1/orders/{shop_id}/{order_id}", f"/v1/orders/{SHOP}/sold-0"),
        Request("POST", "/v1/pos/lookup", "/v1/pos/lookup", {"credential": held.code}),
        Request("POST", "/v1/pos/compare", "/v1/pos/compare", {"credentials": [held.qr], "basket": basket}),
        Request("PUT", redemption, reference, take),
        Request("GET", redemption, reference),
        Request(
            "PUT", "/v1/pos/refunds/{reference}", "/v1/pos/refunds/f-1", {"redemption": "r-1", "money": money("1")}
        ),
        Request("GET", "/v1/pos/refunds/{reference}", "/v1/pos/refunds/f-1"),
        Request("POST", f"{redemption}/void", f"{reference}/void"),
        Request("PUT", hold, f"{holds}/h-1", {"credential": held.qr, "money": money("2"), "order": "sale-1"}),
        Request("GET", hold, f"{holds}/h-1"),
        Request("POST", f"{hold}/capture", f"{holds}/h-1/capture", {"money": money("1"), "receipt": "AB-2"}),
        Request("POST", f"{hold}/release", f"{holds}/h-2/release"),
        Request(
            "POST", f"{action}/transfer", f"/v1/vouchers/{spa}/transfer", {"customer_id": "new", "reason": "a gift"}
        ),
        Request("GET", action, voucher),
        Request("GET", f"{action}/ledger", f"{voucher}/ledger"),
        *(
            Request("POST", f"{action}/{name}", f"{voucher}/{name}", {"reason": "a reason"})
            for name in ("suspend", "resume", "reissue", "revoke")
        ),
        Request("PUT", redemption, "/v1/pos/redemptions/d-1", {"credential": daily, "basket": basket}),
        Request("GET", "/v1/pos/keys", "/v1/pos/keys"),
        Request("GET", "/v1/pos/offline-list", "/v1/pos/offline-list"),
        Request("POST", "/v1/pos/offline-batches", "/v1/pos/offline-batches", batch),
        Request("GET", "/v1/pos/settlements/{date}", f"/v1/pos/settlements/{DAY}"),
        Request("GET", "/v1/settlements/{store_id}/{date}", f"/v1/settlements/{XINYI}/{DAY}"),
        Request("GET", "/v1/settlements", f"/v1/settlements?date={DAY}&store_ids={XINYI}"),
        Request("GET", "/v1/liability", "/v1/liability"),
        Request("GET", "/v1/exceptions", "/v1/exceptions"),
        Request("GET", "/v1/exceptions/{exception_id}", f"/v1/exceptions/{case_id}"),
        Request(
            "POST", "/v1/exceptions/{exception_id}/resolve", f"/v1/exceptions/{case_id}/resolve", {"note": "settled"}
        ),
    ]
