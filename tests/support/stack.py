"""Outsiders of a running local stack: shops, tills, customers and administrators, over HTTP alone.

They know the public contract and what `local.json` says, and nothing of the code.
"""

import io
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

import urllib3
import zxingcpp
from PIL import Image

from infra.local.web import until
from tests.support import shopify

T = TypeVar("T")
# A request finds no free worker as often as it has company: fifty tills cost fifty cold starts, once.
PARALLEL = 50
TYPABLE_CODE = re.compile(r"\b(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}\b")
PAGE_LINK = re.compile(r"https?://[^\s\"'<>]+/v/[A-Za-z0-9]+")
# Distinct over runs too, since a stack's data outlives it. Below 2**53, as Shopify's own.
_NUMBERS = itertools.count(time.time_ns() // 1_000_000 * 1_000)
# On a busy machine fifty cold starts take more than a minute.
_SECONDS = 180.0


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: urllib3.HTTPHeaderDict
    content: bytes

    @cached_property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.json["code"])

    @property
    def may_help_again(self) -> bool:
        """Whether the same request may have more luck; the gateway's own errors do not say."""
        return self.status >= 400 and bool(self.json.get("retryable", self.status >= 500))

    @property
    def is_replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"


@dataclass(frozen=True)
class Person:
    """A buyer as a shop knows them. What is None, the shop does not know."""

    customer_ref: int
    line_user_id: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Webhook:
    """One delivery of a shop: the exact bytes and the headers over them."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Held:
    """A voucher in a customer's hands: what its message showed them."""

    voucher_id: str
    page: str

    @property
    def credential(self) -> str:
        """What a till takes: the QR's text with its address before it."""
        return self.page


@dataclass
class Order:
    """An order of the web shop. `lines` are (SKU, quantity); each line's id is the order's plus its place."""

    lines: tuple[tuple[str, int], ...] = (("CASH-500", 1),)
    buyer: Person | None = None
    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def order_id(self) -> str:
        return str(self.number)

    @property
    def units(self) -> int:
        return sum(quantity for _, quantity in self.lines)

    def line_id(self, place: int = 0) -> int:
        return self.number * 10 + place

    def body(self, **override: Any) -> dict[str, Any]:
        """Shopify's body of the paid order."""
        buyer = self.buyer or new_person()
        customer = {"id": buyer.customer_ref, "first_name": "小美", "last_name": "林"}
        noted = [{"name": "line_user_id", "value": buyer.line_user_id}] if buyer.line_user_id else []
        told = {
            "id": self.number,
            "customer": customer,
            "email": buyer.email,
            "contact_email": buyer.email,
            "billing_address": {"name": "林小美", "phone": buyer.phone},
            "note_attributes": noted,
            "line_items": [
                shopify.item(sku, quantity, id=self.line_id(place)) for place, (sku, quantity) in enumerate(self.lines)
            ],
        }
        return shopify.order(**told | override)

    def cancelled(self, **override: Any) -> dict[str, Any]:
        """The body of the same order, cancelled a minute later."""
        later = {"updated_at": "2026-11-22T12:00:30+08:00", "cancelled_at": "2026-11-22T12:00:30+08:00"}
        return self.body(**later | override)


def new_person(**address: Any) -> Person:
    """Somebody nobody has heard of, on LINE unless an address is given."""
    number = next(_NUMBERS)
    return Person(number, **address or {"line_user_id": f"U{number:032x}"})


def new_email() -> str:
    return f"buyer-{next(_NUMBERS)}@example.com"


def new_phone() -> str:
    """A mobile number of Taiwan's form, in a range that nobody is given."""
    return f"+8869000{next(_NUMBERS) % 100_000:05}"


def reference() -> str:
    """A till's name for an operation that it has not used before."""
    return f"ref-{next(_NUMBERS)}"


def money(amount: str, currency: str = "TWD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


class Outsiders:
    """Everybody who has to do with one running stack. `local` is the content of its `local.json`."""

    def __init__(self, local: dict[str, Any]) -> None:
        self.local = local
        self.http = urllib3.PoolManager(maxsize=PARALLEL, block=True, retries=False, timeout=_SECONDS)
        self.shop_id: str = local["shops"][0]["shop_id"]
        self.shop_secret: str = local["shops"][0]["secret"]

    def close(self) -> None:
        self.http.clear()

    def get(self, url: str, headers: dict[str, str] | None = None) -> Reply:
        """Fetch any address with exactly these headers."""
        answer = self.http.request("GET", url, headers=headers or {})
        return Reply(answer.status, answer.headers, answer.data)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request to the API; `bytes` are sent as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        sent = {"Content-Type": "application/json", **bearer, **(headers or {})}
        answer = self.http.request(method, self.local["api_url"] + path, body=raw, headers=sent)
        return Reply(answer.status, answer.headers, answer.data)

    def admin(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Reply:
        headers = {"Idempotency-Key": key} if key else {}
        return self.call(method, path, body, token=self.local["admin_token"], headers=headers)

    def till(self, method: str, path: str, body: Any = None, *, at: int = 0) -> Reply:
        """A till's call; `at` is its place in the list of terminals."""
        return self.call(method, f"/v1/pos/{path}", body, token=self.local["terminals"][at]["token"])

    def look_up(self, credential: str, *, at: int = 0) -> Reply:
        return self.till("POST", "lookup", {"credential": credential}, at=at)

    def redeem(self, ref: str, credential: str, *, at: int = 0, **ask: Any) -> Reply:
        return self.till("PUT", f"redemptions/{ref}", {"credential": credential, **ask}, at=at)

    def void(self, ref: str, *, at: int = 0) -> Reply:
        return self.till("POST", f"redemptions/{ref}/void", at=at)

    def hold(self, ref: str, credential: str, *, at: int = 0, **ask: Any) -> Reply:
        return self.till("PUT", f"holds/{ref}", {"credential": credential, **ask}, at=at)

    def capture(self, ref: str, *, at: int = 0, **ask: Any) -> Reply:
        return self.till("POST", f"holds/{ref}/capture", ask, at=at)

    def release(self, ref: str, *, at: int = 0) -> Reply:
        return self.till("POST", f"holds/{ref}/release", at=at)

    def refund(self, ref: str, redemption: str, *, at: int = 0, **ask: Any) -> Reply:
        return self.till("PUT", f"refunds/{ref}", {"redemption": redemption, **ask}, at=at)

    def once(self, act: Callable[..., Reply], *what: Any, **ask: Any) -> Reply:
        """What a till does that tries again while the voucher is busy, and takes any other no for an answer."""
        return self.patiently(partial(act, *what, **ask), until=lambda reply: reply.code != "in_progress")

    def patiently(
        self, attempt: Callable[[], Reply], *, tries: int = 40, until: Callable[[Reply], bool] = lambda _: False
    ) -> Reply:
        """What a till does: the same request again while the answer says that this may help, or `until` then."""
        for _ in range(tries):
            reply = attempt()
            if not reply.may_help_again or until(reply):
                return reply
            time.sleep(float(reply.headers.get("Retry-After", 0.05)))
        raise AssertionError(f"still {reply.content!r} after {tries} tries")

    def signed(
        self, body: object, *, topic: str = "orders/paid", delivery: str | None = None, secret: str | None = None
    ) -> Webhook:
        """A body as the shop would deliver it."""
        raw = body if isinstance(body, bytes) else shopify.raw(body)
        name = delivery or f"delivery-{next(_NUMBERS)}"
        return Webhook(raw, shopify.headers(raw, secret=secret or self.shop_secret, topic=topic, delivery=name))

    def deliver(self, webhook: Webhook, *, shop_id: str | None = None) -> Reply:
        return self.call("POST", f"/webhooks/{shop_id or self.shop_id}", webhook.body, headers=webhook.headers)

    def report(self, body: dict[str, Any], *, topic: str = "orders/paid") -> Reply:
        """The shop tells of something, and is heard."""
        reply = self.deliver(self.signed(body, topic=topic))
        assert (reply.status, reply.json) == (200, {"accepted": True})
        return reply

    def order(self, order: Order) -> dict[str, Any]:
        """The order as an administrator sees it."""
        reply = self.admin("GET", f"/v1/orders/{self.shop_id}/{order.order_id}")
        assert reply.status == 200, reply.content
        found: dict[str, Any] = reply.json
        return found

    def is_known(self, order: Order) -> bool:
        return self.admin("GET", f"/v1/orders/{self.shop_id}/{order.order_id}").status != 404

    def vouchers_of(self, order: Order) -> list[str]:
        """The ids of all vouchers of the order, once they are there."""

        def complete() -> list[str] | None:
            found: list[str] = self.order(order)["vouchers"]
            return found if len(found) >= order.units else None

        return until(f"the {order.units} vouchers of {order.order_id}", complete)

    def voucher(self, voucher_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.admin("GET", f"/v1/vouchers/{voucher_id}").json
        return found

    def ledger(self, voucher_id: str) -> list[dict[str, Any]]:
        """All rows, oldest first."""
        items: list[dict[str, Any]] = []
        cursor: str | None = "0"
        while cursor is not None:
            page = self.admin("GET", f"/v1/vouchers/{voucher_id}/ledger?limit=100&cursor={cursor}").json
            items, cursor = items + page["items"], page["next_cursor"]
        return items

    def left(self, voucher_id: str) -> str:
        """The amount on a cash voucher."""
        return str(self.voucher(voucher_id)["available"]["money"]["amount"])

    def messages(self, voucher_id: str) -> list[dict[str, Any]]:
        """What arrived of a voucher on anybody's phone."""
        found: list[dict[str, Any]] = self.get(f"{self.local['phone_url']}/messages?voucher_id={voucher_id}").json
        return found

    def message(self, voucher_id: str, *, count: int = 1) -> dict[str, Any]:
        """The newest message of a voucher, once there are `count`."""

        def arrived() -> dict[str, Any] | None:
            found = self.messages(voucher_id)
            return found[-1] if len(found) >= count else None

        return until(f"message {count} of {voucher_id}", arrived)

    def held(self, voucher_id: str) -> Held:
        """The voucher, once its message has arrived."""
        return Held(voucher_id, page_in(self.message(voucher_id)["body"]))

    def buy(self, sku: str = "CASH-500", quantity: int = 1, buyer: Person | None = None) -> list[Held]:
        """Pay an order, and wait for what it brings."""
        order = Order(((sku, quantity),), buyer)
        self.report(order.body())
        return [self.held(voucher_id) for voucher_id in self.vouchers_of(order)]

    def control_line(self, mode: str, for_seconds: float | None = None) -> None:
        """Let LINE have trouble, or none (`ok`)."""
        order = {"line": mode} | ({"for_seconds": for_seconds} if for_seconds else {})
        url = f"{self.local['phone_url']}/control"
        answer = self.http.request("POST", url, body=json.dumps(order), headers={"Content-Type": "application/json"})
        assert answer.status == 200, answer.data


def page_in(body: Any) -> str:
    """The address of the voucher's page in a message."""
    found = PAGE_LINK.search(json.dumps(body, ensure_ascii=False))
    assert found is not None, "no link to a voucher's page in the message"
    return found.group()


def pictures_in(body: Any) -> list[str]:
    """The addresses of the pictures in a LINE message."""
    if isinstance(body, dict):
        own = [body["url"]] if body.get("type") == "image" else []
        return own + [url for part in body.values() for url in pictures_in(part)]
    return [url for part in body for url in pictures_in(part)] if isinstance(body, list) else []


def scan(picture: bytes) -> str:
    """What the camera of a till reads off a picture with one QR code."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)


def all_at_once(calls: Iterable[Callable[[], T]]) -> list[T]:
    """What the calls returned, in their order; up to 50 at any moment."""
    with ThreadPoolExecutor(PARALLEL) as threads:
        return list(threads.map(lambda call: call(), calls))


def assert_problem(reply: Reply, status: int, code: str) -> None:
    """It is problem+json with this status and code, in both languages, and names the request."""
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json"), reply.content
    assert (reply.json["status"], reply.code) == (status, code)
    assert set(reply.json["message"]) == {"zh-Hant", "en"}
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]
