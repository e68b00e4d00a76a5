"""What Shopify's bodies say, and what they do not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.checkout.ports import Delivery
from functions.checkout.shopify import Shopify
from functions.domain.money import Money
from functions.domain.order import Contact, Refund, Report
from functions.runtime.problems import InvalidError, MalformedError
from tests.support import shopify
from tests.support.samples import sample, sample_json
from tests.support.shopify import BIG_ID, raw


def read(body: bytes | dict[str, Any], **headers: str) -> Delivery:
    return Shopify().read("qinghe", headers, body if isinstance(body, bytes) else raw(body))


def report(body: bytes | dict[str, Any]) -> Report:
    found = read(body).report
    assert found is not None
    return found


def contact(**override: Any) -> Contact:
    snapshot = report(shopify.order(**override)).snapshot
    assert snapshot is not None
    return snapshot.contact


# Bodies that Shopify and its partners publish.


def test_a_published_paid_order_is_read() -> None:
    found = report(sample("shopify/orders_paid.activepieces.json"))

    assert (found.order_id, found.paid_at) == ("5324830114101", datetime(2023, 3, 24, 16, 37, 26, tzinfo=UTC))
    assert found.snapshot is not None
    assert [(line.line_id, line.sku, line.quantity) for line in found.snapshot.lines] == [
        ("13925006311734", "sku-hosted-1", 1)
    ]


def test_a_published_order_without_a_customer_names_nobody() -> None:
    snapshot = report(sample("shopify/orders_paid.activepieces.json")).snapshot

    assert snapshot is not None
    assert (snapshot.contact.email, snapshot.contact.customer_ref) == (None, None)


def test_a_published_cancelled_order_brings_its_refund_along() -> None:
    found = report(sample("shopify/orders_cancelled.activepieces.json"))

    assert found.cancelled_at == found.refunded_at == datetime(2023, 3, 24, 22, 8, 18, tzinfo=UTC)
    assert [refund.refund_id for refund in found.refunds] == ["945108681014"]
    assert found.refunds[0].lines == (("13924936679734", 1), ("13924936712502", 2))


def test_a_published_line_with_an_empty_sku_has_none() -> None:
    snapshot = report(sample("shopify/orders_cancelled.activepieces.json")).snapshot

    assert snapshot is not None
    assert {line.sku for line in snapshot.lines} == {None}


def test_a_published_rest_order_is_read_once_unwrapped() -> None:
    found = report(sample_json("shopify/order_paid.rest.json")["order"])

    assert (found.order_id, found.paid_at) == ("1073459972", datetime(2025, 1, 2, 16, 31, 5, tzinfo=UTC))


def test_a_published_cancelled_rest_order_has_no_units_left() -> None:
    snapshot = report(sample_json("shopify/order_cancelled_refunded.rest.json")["order"]).snapshot

    assert snapshot is not None
    assert [(line.quantity, line.current) for line in snapshot.lines] == [(1, 0)] * 3


def test_a_published_refund_names_its_lines_and_amount() -> None:
    found = report(sample_json("shopify/refund_line_item.rest.json")["refund"])

    at = datetime(2025, 1, 2, 16, 38, 34, tzinfo=UTC)
    assert found.order_id == "450789469"
    assert found.refunds == (
        Refund(refund_id="929361472", at=at, lines=(("518995019", 1),), amount=Money(4194, "USD")),
    )


def test_a_published_refund_of_the_shipping_takes_back_no_line() -> None:
    (refund,) = report(sample_json("shopify/refund_shipping_only.rest.json")["refund"]).refunds

    assert (refund.lines, refund.amount) == ((), Money(500, "USD"))


@pytest.mark.parametrize("name", ["customers_redact", "customers_data_request", "shop_redact"])
def test_a_published_message_of_another_kind_says_nothing(name: str) -> None:
    assert read(sample(f"shopify/{name}.json")).report is None


# Bodies of our own.


def test_ids_above_two_to_the_53_are_kept_exactly() -> None:
    found = report(shopify.order(id=BIG_ID, line_items=[shopify.item(id=BIG_ID + 2)]))

    assert found.order_id == "9007199254740993"
    assert found.snapshot is not None
    assert found.snapshot.lines[0].line_id == "9007199254740995"


def test_an_id_written_as_a_fraction_is_refused() -> None:
    with pytest.raises(InvalidError):
        read(raw(shopify.order()).replace(b"5324830114101,", b"5324830114101.0,", 1))


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("500.00", "TWD", Money(500, "TWD")),
        ("499.50", "USD", Money(49950, "USD")),
        ("500.50", "TWD", None),
        ("5e2", "TWD", Money(500, "TWD")),
        ("NaN", "TWD", None),
        ("free", "TWD", None),
        (None, "TWD", None),
        ("12.345", "BHD", None),
    ],
)
def test_a_price_is_exact_or_left_out(price: str | None, currency: str, expected: Money | None) -> None:
    snapshot = report(shopify.order(currency=currency, line_items=[shopify.item(price=price)])).snapshot

    assert snapshot is not None
    assert snapshot.lines[0].unit_price == expected


@pytest.mark.parametrize("status", ["paid", "partially_refunded", "refunded"])
def test_money_that_came_in_makes_an_order_paid(status: str) -> None:
    found = report(shopify.order(financial_status=status))

    assert found.paid_at == datetime(2026, 11, 22, 3, 59, tzinfo=UTC)


@pytest.mark.parametrize("status", ["pending", "authorized", "partially_paid", "voided", None, "something new"])
def test_any_other_financial_status_pays_nothing(status: str | None) -> None:
    assert report(shopify.order(financial_status=status)).paid_at is None


def test_an_edited_line_says_how_many_are_left() -> None:
    snapshot = report(shopify.order(line_items=[shopify.item(quantity=3, current_quantity=1)])).snapshot

    assert snapshot is not None
    assert (snapshot.lines[0].quantity, snapshot.lines[0].current) == (3, 1)


def test_only_money_that_went_back_counts_as_refunded() -> None:
    transactions = [
        {"kind": "refund", "status": "success", "amount": "200.00", "currency": "TWD"},
        {"kind": "refund", "status": "success", "amount": "100.00", "currency": "TWD"},
        {"kind": "refund", "status": "failure", "amount": "500.00", "currency": "TWD"},
        {"kind": "void", "status": "success", "amount": "500.00", "currency": "TWD"},
    ]

    (refund,) = report(shopify.refund((1, 1), transactions=transactions)).refunds

    assert refund.amount == Money(300, "TWD")


def test_a_refund_of_no_units_of_a_line_takes_back_nothing() -> None:
    (refund,) = report(shopify.refund((1, 0), (2, 1))).refunds

    assert refund.lines == (("2", 1),)


def test_a_refund_that_names_no_order_is_refused() -> None:
    with pytest.raises(InvalidError):
        read(shopify.refund((1, 1), order_id=None))


@pytest.mark.parametrize("name", ["line_user_id", "LINE_ID", "line_uid"])
def test_a_line_user_id_comes_as_a_note_attribute(name: str) -> None:
    assert contact(note_attributes=[{"name": name, "value": "U1234"}]).line_user_id == "U1234"


@pytest.mark.parametrize("value", ["", None, 12345, ["U1234"], "U" * 65])
def test_a_note_attribute_that_is_no_line_user_id_is_passed_over(value: object) -> None:
    assert contact(note_attributes=[{"name": "line_user_id", "value": value}]).line_user_id is None


def test_the_first_usable_phone_is_taken_in_its_international_form() -> None:
    found = contact(phone="none", customer={"id": 1, "phone": "02"}, billing_address={"phone": "0912-345-678"})

    assert found.phone == "+886912345678"


def test_an_unusable_email_gives_way_to_the_next() -> None:
    assert contact(email="not an address", contact_email="Mei@Example.com").email == "mei@example.com"


@pytest.mark.parametrize(
    ("locale", "language"), [("en-GB", "en"), ("zh-TW", "zh-Hant"), ("ja", "zh-Hant"), (None, "zh-Hant")]
)
def test_the_customers_locale_chooses_the_language(locale: str | None, language: str) -> None:
    assert contact(customer_locale=locale).language == language


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'[{"id": 1}]', id="an array"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"id": 1', id="cut off"),
        pytest.param(b'{"id": "\xff"}', id="not UTF-8"),
        pytest.param("\ufeff{}".encode(), id="a byte-order mark"),
        pytest.param(b'{"id": 1, "id": 2}', id="a key twice"),
        pytest.param(b'{"id": NaN}', id="no number"),
        pytest.param(b"[" * 100_000, id="deeper than anybody reads"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", id="a number of 5,000 digits"),
    ],
)
def test_what_is_not_a_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read(body)


@pytest.mark.parametrize(
    "override",
    [
        {"id": None},
        {"id": True},
        {"id": "a#b"},
        {"currency": None},
        {"updated_at": "yesterday"},
        {"updated_at": "2026-11-22T12:00:00"},
        {"line_items": None},
        {"line_items": [shopify.item(quantity=-1)]},
        {"line_items": [shopify.item(quantity=10_001)]},
        {"line_items": [shopify.item()] * 501},
    ],
    ids=lambda override: str(override)[:40],
)
def test_an_order_that_does_not_fit_is_refused(override: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        read(shopify.order(**override))


def test_a_retry_of_a_delivery_has_its_key() -> None:
    headers = {"x-shopify-topic": "orders/paid", "x-shopify-webhook-id": "d-1"}

    first, again = (Shopify().read("qinghe", headers, raw(shopify.order())) for _ in range(2))

    assert first.key == again.key


def test_an_id_is_not_spent_by_another_body() -> None:
    headers = {"x-shopify-topic": "orders/paid", "x-shopify-webhook-id": "d-1"}

    mine = Shopify().read("qinghe", headers, raw(shopify.order()))
    foreign = Shopify().read("qinghe", headers, raw(shopify.order(id=1)))

    assert mine.key != foreign.key
