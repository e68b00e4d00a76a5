"""A small retailer in Taipei, set up through the app's own interface, and what it has sold.

Setting it up takes some thirty requests; so the first test does it, and the others are given a copy of its tables.
"""

from dataclasses import dataclass, replace
from typing import Any

from functions.adapters.dynamodb.records import from_item
from functions.contracts.messages import OrderChanged
from functions.domain.credential import Credential
from functions.domain.voucher import Voucher
from functions.issuance.entry import settling
from tests.support.api import Api, Reply
from tests.support.world import NOON, State, World

SHOP, OWN_SHOP = "qinghe", "counter-sales"
SECRETS = ("shpss_new_secret_of_the_tests", "shpss_old_secret_of_the_tests")
AT_NOON = "2026-11-22T12:00:00+08:00"
XINYI, ZHONGSHAN = "xinyi-1", "zhongshan-1"
BUYER = {
    "customer_ref": "7001",
    "name": "林小美",
    "email": "mei@example.com",
    "phone": "+886912345678",
    "line_user_id": "U" + "a1" * 16,
    "language": "zh-Hant",
}


def text(english: str, chinese: str | None = None) -> dict[str, str]:
    return {"zh-Hant": chinese or f"「{english}」", "en": english}


def money(amount: str, currency: str = "TWD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def line(sku: str = "spa-hour", quantity: int = 3) -> dict[str, Any]:
    return {"sku": sku, "name": text(sku), "quantity": quantity}


def shop_body(**override: Any) -> dict[str, Any]:
    body = {
        "kind": "shopify",
        "name": text("Chingho Select", "青禾選物"),
        "timezone": "Asia/Taipei",
        "secrets": list(SECRETS),
        "line_channel_token": "line-channel-token-of-the-tests",
        "issuer": {
            "name": text("Chingho Living Co., Ltd.", "青禾生活股份有限公司"),
            "address": "臺北市大安區敦化南路一段 100 號",
            "tax_id": "24536806",
            "representative": "林青禾",
            "complaints": "0800-000-168",
        },
        "guarantee": {"method": text("Bank guarantee", "銀行履約保證"), "months": 12},
    }
    return body | override


def product_body(*skus: str, shop_id: str = SHOP, **override: Any) -> dict[str, Any]:
    body = {
        "name": text("Gift voucher", "禮券"),
        "kind": "cash",
        "funding": "prepaid",
        "value": money("500"),
        "sold_as": [{"shop_id": shop_id, "sku": sku} for sku in skus],
        "stores": None,
        "valid": None,
        "terms": text("May be used in parts.", "可分次使用。"),
    }
    return body | override


def spa(*skus: str, **override: Any) -> dict[str, Any]:
    return product_body(*skus, **{"kind": "item", "value": None, "items": [line(), line("tea", 1)]} | override)


def discount(*skus: str, **override: Any) -> dict[str, Any]:
    off = {"percent": "10", "minimum_spend": money("300"), "cap": money("200")}
    return product_body(
        *skus, **{"kind": "discount", "funding": "promotional", "value": None, "discount": off} | override
    )


def basket(*lines: tuple[str, str]) -> dict[str, Any]:
    """A basket of lines of (SKU, amount), named by their places."""
    told = [
        {"line_id": str(place), "sku": sku, "quantity": 1, "amount": money(amount)}
        for place, (sku, amount) in enumerate(lines, start=1)
    ]
    return {"total": money(str(sum(int(amount) for _, amount in lines))), "lines": told}


def pickup(*skus: str, **override: Any) -> dict[str, Any]:
    fields = {"kind": "pickup", "value": None, "items": [line("mug", 2)], "stores": [ZHONGSHAN]}
    return product_body(*skus, **fields | override)


def order_body(*lines: tuple[str, int], **override: Any) -> dict[str, Any]:
    """A paid order in the normal form; lines are (SKU, quantity)."""
    body = {
        "status": "paid",
        "payment": {"method": "card", "paid_at": "2026-11-22T11:59:00+08:00"},
        "updated_at": "2026-11-22T11:59:30+08:00",
        "customer": dict(BUYER),
        "lines": [{"sku": sku, "quantity": quantity, "name": sku} for sku, quantity in lines or (("CASH-500", 1),)],
    }
    return body | override


def sale(credential: str, reference: str = "r-1", **override: Any) -> dict[str, Any]:
    """What a till took offline, at noon."""
    told = {
        "reference": reference,
        "kind": "redeem",
        "credential": credential,
        "occurred_at": AT_NOON,
    }
    return told | override


def undoing(reference: str = "r-1", **override: Any) -> dict[str, Any]:
    """What a till took back offline."""
    return {"reference": reference, "kind": "void", "occurred_at": AT_NOON} | override


PRODUCTS = {
    "cash-500": product_body("CASH-500"),
    "spa-3": spa("SPA-3"),
    "coffee-10": discount("COFFEE-10"),
    "mug-2": pickup("MUG-2"),
    "thanks-200": product_body(
        "THANKS-200", funding="promotional", value=money("200"), valid={"days": 30}, stores=[XINYI]
    ),
    "weekdays": product_body("WEEKDAYS", funding="promotional", valid={"weekdays": [1, 2, 3, 4, 5]}),
    "later": product_body("LATER", funding="promotional", valid={"from": "2026-12-01", "until": "2026-12-24"}),
    "daily": discount("DAILY", discount={"percent": "10", "uses": 5, "limits": {"day": 1, "month": 3}}),
    "dollars": product_body("DOLLARS", value=money("20.50", "USD")),
}


@dataclass(frozen=True)
class Held:
    """A voucher in a customer's hands."""

    voucher_id: str
    qr: str
    code: str


@dataclass
class Retailer:
    """Speaks for everybody who has to do with the retailer. `tills` are tokens by terminal."""

    world: World
    api: Api
    tills: dict[str, str]
    sold: dict[str, Held]

    def order(self, order_id: str, *lines: tuple[str, int], shop_id: str = SHOP, **override: Any) -> Reply:
        """Report an order, in the normal form."""
        return self.api.call("PUT", f"/v1/orders/{shop_id}/{order_id}", order_body(*lines, **override))

    def settle(self, order_id: str, shop_id: str = SHOP) -> None:
        """What the queue's consumer does with the order's message."""
        settling().settle(OrderChanged(shop_id=shop_id, order_id=order_id))

    def sell(self, sku: str, quantity: int = 1, *, order_id: str = "1001", **override: Any) -> list[Held]:
        """Vouchers of a paid order."""
        self.order(order_id, (sku, quantity), **override)
        self.settle(order_id)
        return [self.held(voucher_id) for voucher_id in self.vouchers_of(order_id)]

    def vouchers_of(self, order_id: str, shop_id: str = SHOP) -> list[str]:
        """The ids of an order's vouchers, by line and unit."""
        found: list[str] = self.api.call("GET", f"/v1/orders/{shop_id}/{order_id}").json["vouchers"]
        return found

    def held(self, voucher_id: str, credential: int = 1) -> Held:
        """A voucher's QR and code, as the message showed them."""
        known = [
            item
            for item in self.world.items("vouchers")
            if item["pk"] == f"VOUCHER#{voucher_id}" and item["sk"] == "VOUCHER"
        ]
        named = from_item(Voucher, known[0]).named if known else Credential(voucher_id, credential)
        of = replace(named, number=credential)
        return Held(voucher_id, self.world.wiring.signer.token(of), self.world.wiring.codebook.code(of))

    def voucher(self, voucher_id: str) -> dict[str, Any]:
        """The voucher's own item."""
        return self.world.item("vouchers", f"VOUCHER#{voucher_id}", "VOUCHER")

    def till(self, method: str, path: str, body: Any = None, *, at: str = "pos-1") -> Reply:
        """A till's call."""
        return self.api.call(method, f"/v1/pos/{path}", body, token=self.tills[at])

    def look_up(self, credential: str, *, at: str = "pos-1", **more: Any) -> Reply:
        return self.till("POST", "lookup", {"credential": credential, **more}, at=at)

    def compare(self, credentials: list[str], basket: dict[str, Any], *, at: str = "pos-1") -> Reply:
        return self.till("POST", "compare", {"credentials": credentials, "basket": basket}, at=at)

    def redeem(self, reference: str, credential: str, *, at: str = "pos-1", **ask: Any) -> Reply:
        return self.till("PUT", f"redemptions/{reference}", {"credential": credential, **ask}, at=at)

    def void(self, reference: str, *, at: str = "pos-1") -> Reply:
        return self.till("POST", f"redemptions/{reference}/void", at=at)

    def hold(self, reference: str, credential: str, *, at: str = "pos-1", **ask: Any) -> Reply:
        return self.till("PUT", f"holds/{reference}", {"credential": credential, **ask}, at=at)

    def capture(self, reference: str, *, at: str = "pos-1", **ask: Any) -> Reply:
        return self.till("POST", f"holds/{reference}/capture", ask, at=at)

    def release(self, reference: str, *, at: str = "pos-1") -> Reply:
        return self.till("POST", f"holds/{reference}/release", at=at)

    def refund(self, reference: str, redemption: str, *, at: str = "pos-1", **ask: Any) -> Reply:
        return self.till("PUT", f"refunds/{reference}", {"redemption": redemption, **ask}, at=at)

    def offline(self, *operations: object, at: str = "pos-1") -> Reply:
        """A till reports what it did while it could not ask."""
        return self.till("POST", "offline-batches", {"operations": list(operations)}, at=at)

    def customer(self, customer_id: str, **known: Any) -> Reply:
        """Somebody whom a voucher may be handed to."""
        body = {"name": customer_id, "email": f"{customer_id}@example.com"} | known
        return self.api.call("PUT", f"/v1/customers/{customer_id}", body)

    def transfer(self, voucher_id: str, to: str, *, key: str | None = None, **more: Any) -> Reply:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/v1/vouchers/{voucher_id}/transfer"
        return self.api.call("POST", path, {"customer_id": to, **more}, headers=headers)

    def exceptions(self, state: str = "open") -> list[dict[str, Any]]:
        """The worklist."""
        found: list[dict[str, Any]] = self.api.call("GET", f"/v1/exceptions?state={state}").json["items"]
        return found

    def act(self, action: str, voucher_id: str, reason: str | None = None, key: str | None = None) -> Reply:
        """An administrator suspends, resumes, revokes or reissues."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {"reason": reason} if reason else {}
        return self.api.call("POST", f"/v1/vouchers/{voucher_id}/{action}", body, headers=headers)

    def token(self, role: str) -> str:
        """A fresh token of a role."""
        if role == "terminal":
            return self.tills["pos-1"]
        made = self.api.call("PUT", f"/v1/tokens/a-{role}", {"role": role, "name": role})
        return str(made.json["token"])


@dataclass(frozen=True)
class _Opened:
    state: State
    tills: dict[str, str]
    sold: dict[str, Held]


_opened: list[_Opened] = []


def open_retailer(world: World) -> Retailer:
    """The retailer, with its shops, stores, tills and products, and one voucher sold of each product."""
    if not _opened:
        _opened.append(_open(world))
    opened = _opened[0]
    world.go_back(opened.state)
    world.calls.clear()
    world.actions.clear()
    return Retailer(world, Api(), dict(opened.tills), dict(opened.sold))


def _open(world: World) -> _Opened:
    retailer = Retailer(world, Api(), {}, {})
    put = retailer.api.call
    put("PUT", f"/v1/shops/{SHOP}", shop_body())
    put("PUT", f"/v1/shops/{OWN_SHOP}", shop_body(kind="standard", secrets=[], line_channel_token=None))
    put("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi", "信義店")})
    put("PUT", f"/v1/stores/{ZHONGSHAN}", {"name": text("Zhongshan", "中山店")})
    for terminal_id, store_id in {"pos-1": XINYI, "pos-2": XINYI, "pos-9": ZHONGSHAN}.items():
        retailer.tills[terminal_id] = enrolled(retailer.api, terminal_id, store_id)
    for product_id, body in PRODUCTS.items():
        put("PUT", f"/v1/products/{product_id}", body)
    for place, body in enumerate(PRODUCTS.values()):
        sku = body["sold_as"][0]["sku"]
        (retailer.sold[sku],) = retailer.sell(sku, order_id=f"sold-{place}")
    for queue in ("orders", "line", "email", "sms"):
        world.queued(queue)
    assert world.clock.now == NOON
    return _Opened(world.state(), retailer.tills, retailer.sold)


def enrolled(api: Api, terminal_id: str, store_id: str) -> str:
    """The token of a terminal that was invited and has enrolled."""
    code = api.call("PUT", f"/v1/terminals/{terminal_id}", {"store_id": store_id}).json["enrolment_code"]
    answer = api.call("POST", "/v1/terminals/enrol", {"enrolment_code": code}, token=None)
    return str(answer.json["token"])
