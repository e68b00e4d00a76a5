"""Shopify: orders/create, orders/paid, orders/updated, orders/cancelled and refunds/create.

The signature covers the body alone (shopify.dev, 'Verify deliveries'). Neither the topic nor the delivery's id is
signed, so neither may decide anything: what was paid or cancelled is read from the body, and a repeat under a new id
finds the order as it left it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from functions.checkout.ports import Delivery
from functions.domain.customer import normal_email, normal_phone
from functions.domain.errors import InvalidValueError
from functions.domain.money import DECIMALS, Money
from functions.domain.order import Contact, Line, Refund, Report, Snapshot
from functions.domain.retail import Platform
from functions.domain.text import language_of
from functions.runtime.http import parse_json, parse_model
from functions.runtime.problems import MalformedError

SIGNATURE, TOPIC, DELIVERY_ID = "x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-webhook-id"
# What `financial_status` says of money that has come in, be it gone again in part or whole.
PAID = frozenset({"paid", "partially_refunded", "refunded"})
# Shops pass a LINE user id along as a note attribute; these are the names in use.
LINE_ATTRIBUTES = frozenset({"line_user_id", "line_id", "line_uid"})
_LINE_USER = 64
_EXACT = Context(traps=[Inexact, InvalidOperation])


class _Shape(BaseModel):
    """Part of a body; the platform may add to it at any time."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True, hide_input_in_errors=True)


def _exact_text(value: object) -> object:
    """Ids exceed 2^53: they arrive as integers, leave as text, and never pass through a float."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


IdText = Annotated[str, BeforeValidator(_exact_text), Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~-]+$")]
Quantity = Annotated[int, Field(ge=0, le=10_000)]


class _Item(_Shape):
    id: IdText
    sku: str | None = Field(None, max_length=255)
    name: str | None = None
    title: str | None = None
    quantity: Quantity
    current_quantity: Quantity | None = None
    price: str | None = None


class _RefundedItem(_Shape):
    line_item_id: IdText
    quantity: Quantity


class _Transaction(_Shape):
    kind: str | None = None
    status: str | None = None
    amount: str | None = None
    currency: str | None = None


class _Refund(_Shape):
    id: IdText
    created_at: AwareDatetime
    refund_line_items: list[_RefundedItem] = []
    transactions: list[_Transaction] = []


class _LoneRefund(_Refund):
    order_id: IdText


class _Customer(_Shape):
    id: IdText | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None


class _Address(_Shape):
    name: str | None = None
    phone: str | None = None


class _Attribute(_Shape):
    name: str | None = None
    value: Any = None


class _Order(_Shape):
    id: IdText
    currency: str = Field(min_length=3, max_length=3)
    created_at: AwareDatetime
    updated_at: AwareDatetime
    processed_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    financial_status: str | None = None
    gateway: str | None = None
    payment_gateway_names: list[str] = []
    test: bool = False
    email: str | None = None
    contact_email: str | None = None
    phone: str | None = None
    customer_locale: str | None = None
    customer: _Customer | None = None
    billing_address: _Address | None = None
    shipping_address: _Address | None = None
    note_attributes: list[_Attribute] = []
    line_items: list[_Item] = Field(max_length=500)
    refunds: list[_Refund] = []


class Shopify:
    """The connector."""

    platform = Platform.SHOPIFY

    def is_signed(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
        """Base 64 of the HMAC-SHA256 of the raw body under the app's client secret.

        After a rotation the old secret may sign for an hour: hence several.
        """
        sent = headers.get(SIGNATURE, "").encode()
        signatures = (base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)) for secret in secrets)
        return any(hmac.compare_digest(signature, sent) for signature in signatures)

    def read(self, shop_id: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """The report in a body. Topics we did not ask for are received and say nothing."""
        content = parse_json(body)
        if not isinstance(content, dict):
            raise MalformedError("the body is not a JSON object")
        key = delivery_key(headers, body)
        if "refund_line_items" in content and "order_id" in content:
            return Delivery(key, _refund_report(shop_id, parse_model(_LoneRefund, body)))
        if "line_items" not in content or "financial_status" not in content:
            return Delivery(key, None)
        return Delivery(key, _order_report(shop_id, parse_model(_Order, body)))


def delivery_key(headers: Mapping[str, str], body: bytes) -> str:
    """The platform's id of a delivery, the same over its retries; of a delivery without one, its content."""
    topic, delivery_id = headers.get(TOPIC, ""), headers.get(DELIVERY_ID, "")
    # The body is in it because the id is not signed: nobody can spend an id before its true owner comes.
    return hashlib.sha256(b"\x00".join((topic.encode(), delivery_id.encode(), body))).hexdigest()


def _order_report(shop_id: str, order: _Order) -> Report:
    paid_at = order.processed_at or order.created_at
    return Report(
        shop_id=shop_id,
        order_id=order.id,
        snapshot=_snapshot(order),
        paid_at=paid_at if order.financial_status in PAID else None,
        cancelled_at=order.cancelled_at,
        refunded_at=order.updated_at if order.financial_status == "refunded" else None,
        refunds=tuple(_refund(refund) for refund in order.refunds),
    )


def _refund_report(shop_id: str, refund: _LoneRefund) -> Report:
    return Report(shop_id=shop_id, order_id=refund.order_id, refunds=(_refund(refund),))


def _snapshot(order: _Order) -> Snapshot:
    return Snapshot(
        as_of=order.updated_at,
        lines=tuple(_line(item, order.currency) for item in order.line_items),
        contact=_contact(order),
        currency=order.currency,
        method=next(iter(order.payment_gateway_names), order.gateway),
        placed_at=order.created_at,
        test=order.test,
    )


def _line(item: _Item, currency: str) -> Line:
    return Line(
        line_id=item.id,
        sku=item.sku or None,
        # Cut, so that an order of 500 lines stays far below the 400 KB of a DynamoDB item.
        name=(item.name or item.title or "")[:100],
        quantity=item.quantity,
        current=item.quantity if item.current_quantity is None else item.current_quantity,
        unit_price=_money(item.price, currency),
    )


def _refund(refund: _Refund) -> Refund:
    paid_back = [each for each in refund.transactions if each.kind == "refund" and each.status == "success"]
    amounts = [money for each in paid_back if (money := _money(each.amount, each.currency or ""))]
    return Refund(
        refund_id=refund.id,
        at=refund.created_at,
        lines=tuple((item.line_item_id, item.quantity) for item in refund.refund_line_items if item.quantity),
        amount=sum(amounts[1:], amounts[0]) if amounts else None,
    )


def _contact(order: _Order) -> Contact:
    customer, billing = order.customer or _Customer(), order.billing_address or _Address()
    shipping = order.shipping_address or _Address()
    full_name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return Contact(
        customer_ref=customer.id,
        name=(full_name or billing.name or shipping.name or None),
        email=_first(normal_email, order.email, order.contact_email, customer.email),
        phone=_first(normal_phone, order.phone, customer.phone, billing.phone, shipping.phone),
        line_user_id=_line_user(order.note_attributes),
        language=language_of(order.customer_locale or customer.locale),
    )


def _first(normal: Any, *texts: str | None) -> str | None:  # noqa: ANN401 - normal_email or normal_phone
    return next((usable for text in texts if (usable := normal(text))), None)


def _line_user(attributes: Sequence[_Attribute]) -> str | None:
    for attribute in attributes:
        value = attribute.value
        if (
            (attribute.name or "").lower() in LINE_ATTRIBUTES
            and isinstance(value, str)
            and 0 < len(value) <= _LINE_USER
        ):
            return value
    return None


def _money(amount: str | None, currency: str) -> Money | None:
    """A price for the record. Shopify writes TWD with two decimals; what it cannot be exact about is left out."""
    if amount is None or currency not in DECIMALS:
        return None
    try:
        exact = Decimal(amount).quantize(Decimal(1).scaleb(-DECIMALS[currency]), context=_EXACT)
        return Money.parse(str(exact), currency)
    except (DecimalException, InvalidValueError):
        return None
