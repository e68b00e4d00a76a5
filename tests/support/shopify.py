"""What Shopify sends: bodies of our own writing in its shape, signed as it signs."""

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.support.retail import SECRETS

ORDER_ID = 5_324_830_114_101
BIG_ID = 9_007_199_254_740_993  # 2**53 + 1: a float would make an even number of it


def order(**override: Any) -> dict[str, Any]:
    """A paid order of one voucher."""
    body = {
        "id": ORDER_ID,
        "admin_graphql_api_id": f"gid://shopify/Order/{ORDER_ID}",
        "currency": "TWD",
        "created_at": "2026-11-22T11:58:00+08:00",
        "updated_at": "2026-11-22T11:59:30+08:00",
        "processed_at": "2026-11-22T11:59:00+08:00",
        "cancelled_at": None,
        "financial_status": "paid",
        "payment_gateway_names": ["ecpay"],
        "test": False,
        "email": "mei@example.com",
        "contact_email": "mei@example.com",
        "phone": None,
        "customer_locale": "zh-TW",
        "customer": {"id": 7001, "email": "mei@example.com", "first_name": "小美", "last_name": "林"},
        "billing_address": {"name": "林小美", "phone": "0912-345-678"},
        "shipping_address": None,
        "note_attributes": [],
        "line_items": [item()],
        "refunds": [],
    }
    return body | override


def item(sku: str | None = "CASH-500", quantity: int = 1, **override: Any) -> dict[str, Any]:
    """One line of an order."""
    body = {"id": 13_925_006_311_734, "sku": sku, "name": "NT$500 禮券", "quantity": quantity, "price": "500.00"}
    return body | override


def refund(*lines: tuple[int, int], **override: Any) -> dict[str, Any]:
    """The body of refunds/create; lines are (line item id, quantity)."""
    body = {
        "id": 945_108_681_014,
        "order_id": ORDER_ID,
        "created_at": "2026-11-22T13:00:00+08:00",
        "note": None,
        "refund_line_items": [{"id": 1, "line_item_id": line_id, "quantity": quantity} for line_id, quantity in lines],
        "transactions": [{"kind": "refund", "status": "success", "amount": "500.00", "currency": "TWD"}],
    }
    return body | override


def raw(body: object) -> bytes:
    """A body as it travels."""
    return json.dumps(body, ensure_ascii=False).encode()


def signature(body: bytes, secret: str = SECRETS[0]) -> str:
    """Base 64 of the HMAC-SHA256 of the body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def headers(
    body: bytes, *, secret: str = SECRETS[0], topic: str = "orders/paid", delivery: str = "d-1"
) -> dict[str, str]:
    """What stands over a delivery."""
    return {
        "X-Shopify-Hmac-Sha256": signature(body, secret),
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Shop-Domain": "qinghe.example",
    }
