"""Requests that are wrong in themselves are refused before anything is read, and nothing moves."""

from typing import Any

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import Retailer, money

ASK = {"sku": "spa-hour", "quantity": 1}


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        pytest.param({"money": {"amount": 200, "currency": "TWD"}}, "money.amount", id="a number"),
        pytest.param({"money": {"amount": 200.0, "currency": "TWD"}}, "money.amount", id="a fraction"),
        pytest.param({"money": {"amount": True, "currency": "TWD"}}, "money.amount", id="true"),
        pytest.param({"money": {"amount": None, "currency": "TWD"}}, "money.amount", id="null"),
        pytest.param({"money": {"amount": ["200"], "currency": "TWD"}}, "money.amount", id="a list"),
        pytest.param({"money": "200"}, "money", id="an amount without a currency"),
        pytest.param({"money": money("-1")}, "money", id="negative"),
        pytest.param({"money": money("-0")}, "money", id="minus zero"),
        pytest.param({"money": money("0")}, "money", id="zero"),
        pytest.param({"money": money("NaN")}, "money", id="NaN"),
        pytest.param({"money": money("Infinity")}, "money", id="infinity"),
        pytest.param({"money": money("1e2")}, "money", id="an exponent"),
        pytest.param({"money": money("500.5")}, "money", id="cents of a currency without"),
        pytest.param({"money": money("10.005", "USD")}, "money", id="a tenth of a cent"),
        pytest.param({"money": money("200.")}, "money", id="a point and nothing after it"),
        pytest.param({"money": money(".5", "USD")}, "money", id="a point and nothing before it"),
        pytest.param({"money": money("0200")}, "money", id="leading zero"),
        pytest.param({"money": money("+200")}, "money", id="a plus"),
        pytest.param({"money": money("2,000")}, "money", id="a comma"),
        pytest.param({"money": money(" 200")}, "money", id="a space"),
        pytest.param({"money": money("２００")}, "money", id="full-width digits"),
        pytest.param({"money": money("٢٠٠")}, "money", id="Arabic digits"),
        pytest.param({"money": money("200\n")}, "money", id="a line feed"),
        pytest.param({"money": money("")}, "money", id="nothing"),
        pytest.param({"money": money("9" * 13)}, "money", id="more than any voucher"),
        pytest.param({"money": money("9" * 39)}, "money.amount", id="39 digits"),
        pytest.param({"money": money("200", "twd")}, "money", id="a currency in lower case"),
        pytest.param({"money": money("200", "TWD ")}, "money", id="a currency and a space"),
        pytest.param({"money": money("200", "XXX")}, "money", id="no currency"),
        pytest.param({"money": {"amount": "200"}}, "money.currency", id="no currency at all"),
        pytest.param({"items": []}, "items", id="no items"),
        pytest.param({"items": [ASK | {"quantity": 0}]}, "items.0.quantity", id="nothing of an item"),
        pytest.param({"items": [ASK | {"quantity": -1}]}, "items.0.quantity", id="less than nothing"),
        pytest.param({"items": [ASK | {"quantity": "1"}]}, "items.0.quantity", id="a quantity in text"),
        pytest.param({"items": [ASK | {"quantity": 1.0}]}, "items.0.quantity", id="a fraction of an item"),
        pytest.param({"items": [ASK | {"quantity": 10_001}]}, "items.0.quantity", id="a warehouse of it"),
        pytest.param({"items": [ASK, ASK]}, "items", id="a line twice"),
        pytest.param({"items": [ASK | {"sku": ""}]}, "items.0.sku", id="no sku"),
        pytest.param({"money": money("1"), "items": [ASK]}, "body", id="money and items"),
        pytest.param({"basket": {"total": money("-1")}}, "basket.total", id="a basket below zero"),
        pytest.param({"basket": money("100")}, "basket.total", id="a basket without a total"),
        pytest.param({"receipt": "x" * 129}, "receipt", id="a receipt too long"),
        pytest.param({"receipt": ""}, "receipt", id="an empty receipt"),
        pytest.param({"mony": money("100")}, "mony", id="a field mistyped"),
        pytest.param({"amount": "100"}, "amount", id="a field of no name"),
    ],
)
def test_a_request_that_does_not_fit_says_where_and_moves_nothing(
    retailer: Retailer, ask: dict[str, Any], path: str
) -> None:
    before = retailer.world.rows()

    answer = retailer.redeem("r-1", retailer.sold["CASH-500"].qr, **ask)

    assert_problem(answer, 422, "invalid")
    assert path in [error["path"] for error in answer.json["errors"]]
    assert retailer.world.calls == []
    assert retailer.world.rows() == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"credential": "A", "money": NaN}', id="NaN"),
        pytest.param(b'{"credential": "A", "money": {"amount": Infinity, "currency": "TWD"}}', id="infinity"),
        pytest.param(b'{"credential": "A", "credential": "B"}', id="a key twice"),
        pytest.param(b'{"credential": "A", "money": {"amount": "1", "amount": "9"}}', id="an amount twice"),
        pytest.param(b'{"credential": "\xff"}', id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte-order mark"),
        pytest.param('{"credential": "A"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"credential":' * 5000, id="5,000 deep"),
        pytest.param(b'{"credential": "A",}', id="a comma too many"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_moves_nothing(retailer: Retailer, body: bytes) -> None:
    before = retailer.world.rows()

    answer = retailer.till("PUT", "redemptions/r-1", body)

    assert (answer.status, answer.code) in {(400, "malformed"), (422, "invalid")}
    assert (answer.status == 422) == (body == b"")
    assert retailer.world.calls == []
    assert retailer.world.rows() == before


@pytest.mark.parametrize("reference", ["x" * 65, "a%20b", "%2e%2e%2f", "r%00", "票", "a%23b", "a%7Cb", "a%0a"])
def test_a_reference_that_is_no_name_is_refused(retailer: Retailer, reference: str) -> None:
    held = retailer.sold["CASH-500"]

    for answer in (
        retailer.redeem(reference, held.qr),
        retailer.void(reference),
        retailer.till("GET", f"redemptions/{reference}"),
    ):
        assert_problem(answer, 422, "invalid")
    assert retailer.world.calls == []


@pytest.mark.parametrize("reference", ["r", "x" * 64, "A-1.b_c~d", ".", "..", "0"])
def test_a_reference_may_be_any_name(retailer: Retailer, reference: str) -> None:
    assert retailer.redeem(reference, retailer.sold["CASH-500"].qr).json["reference"] == reference


def test_more_than_a_till_ever_sends_is_too_large(retailer: Retailer) -> None:
    answer = retailer.redeem("r-1", retailer.sold["CASH-500"].qr, receipt="x" * 300_000)

    assert_problem(answer, 413, "too_large")
    assert retailer.world.calls == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; a=b", ""]
)
def test_what_counts_is_the_body_and_not_what_it_is_called(retailer: Retailer, content_type: str) -> None:
    answer = retailer.api.call(
        "POST",
        "/v1/pos/lookup",
        {"credential": retailer.sold["CASH-500"].qr},
        token=retailer.tills["pos-1"],
        headers={"Content-Type": content_type},
    )

    assert answer.status == 200
