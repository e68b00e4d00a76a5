"""An order as Shopify would send it: our own sample of an `orders/paid` body, made new, and signed as Shopify signs."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local import retailer

_SAMPLE = Path(__file__).parent / "samples" / "shopify_orders_paid.json"
_SHOPIFY_VERSION = "2026-10"


@dataclass(frozen=True)
class Webhook:
    """One delivery: the raw body and the headers it is sent with."""

    order_id: str
    body: bytes
    headers: dict[str, str]


def paid_order(person: retailer.Person, secret: str, sku: str = "CASH-500", quantity: int = 1) -> Webhook:
    """A new order of one line, paid now by `person`, signed with the shop's `secret`."""
    number = time.time_ns() // 1000  # below 2^53 for centuries to come
    order = _order(number, datetime.now(UTC).isoformat(timespec="seconds"))
    order["customer"] |= {"id": int(person.customer_ref), "email": person.email, "phone": person.phone}
    order |= {"email": person.email, "customer_locale": "en" if person.language == "en" else "zh-TW"}
    order["line_items"][0] |= {"sku": sku, "quantity": quantity, "current_quantity": quantity}
    body = json.dumps(order, ensure_ascii=False).encode()
    return Webhook(str(number), body, _headers(body, secret))


def _order(number: int, moment: str) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(_SAMPLE.read_text(encoding="utf-8"))
    order |= {"id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}"}
    order |= {"order_number": number % 100_000, "name": f"#{number % 100_000}"}
    order |= dict.fromkeys(("created_at", "processed_at", "updated_at"), moment)
    order["line_items"][0] |= {"id": number + 1, "admin_graphql_api_id": f"gid://shopify/LineItem/{number + 1}"}
    return order


def _headers(body: bytes, secret: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": retailer.SHOP_DOMAIN,
        "X-Shopify-API-Version": _SHOPIFY_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
