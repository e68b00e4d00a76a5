"""What is owed to the holders of vouchers, as an accountant asks for it."""

import csv
import io
from collections import Counter
from typing import Any

import pytest

from functions.administration.accounts.audit import Auditor
from functions.domain.audit import Progress
from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, line, money, spa
from tests.support.world import NOON


@pytest.fixture
def counted(retailer: Retailer) -> Retailer:
    """One voucher of each product, NT$200 of the cash voucher used, and all of it audited."""
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    retailer.world.wiring.audits.mark(Progress(NOON, NOON))
    return audited(retailer)


def audited(retailer: Retailer) -> Retailer:
    Auditor(audits=retailer.world.wiring.audits, clock=retailer.world.clock, pause=lambda _: None).run(lambda: True)
    return retailer


def liability(retailer: Retailer, **query: object) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return retailer.api.call("GET", f"/v1/liability?{asked}")


def amounts(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(product, how much of what)."""
    return [
        (each["product_id"], " ".join(each["money"].values()) if each["money"] else f"{each['quantity']} {each['sku']}")
        for each in lines
    ]


def test_what_customers_paid_for_comes_first_by_product(counted: Retailer) -> None:
    found = liability(counted).json

    assert amounts(found["items"]) == [
        ("cash-500", "300 TWD"),
        ("dollars", "20.50 USD"),
        ("mug-2", "2 mug"),
        ("spa-3", "3 spa-hour"),
        ("spa-3", "1 tea"),
        ("coffee-10", "1 None"),
        ("daily", "5 None"),
        ("later", "500 TWD"),
        ("thanks-200", "200 TWD"),
        ("weekdays", "500 TWD"),
    ]
    assert [each["funding"] for each in found["items"]] == ["prepaid"] * 5 + ["promotional"] * 5


def test_a_line_says_when_it_was_sold_by_whom_and_until_when_it_is_secured(counted: Retailer) -> None:
    assert liability(counted).json["items"][0] == {
        "funding": "prepaid",
        "sold_on": "2026-11-22",
        "shop_id": "qinghe",
        "product_id": "cash-500",
        "guarantee_ends": "2027-11-22",
        "expires_at": None,
        "expired": False,
        "money": money("300"),
        "sku": None,
        "quantity": None,
    }


@pytest.mark.parametrize("funding", ["prepaid", "promotional"])
def test_either_funding_can_be_asked_for_alone(counted: Retailer, funding: str) -> None:
    assert {each["funding"] for each in liability(counted, funding=funding).json["items"]} == {funding}


def test_what_nobody_can_use_any_more_is_marked(counted: Retailer) -> None:
    counted.world.clock.forward(days=31)

    expired = {each["product_id"]: each["expired"] for each in liability(counted).json["items"]}

    assert (expired["thanks-200"], expired["weekdays"], expired["cash-500"]) == (True, False, False)


def test_vouchers_of_one_day_and_product_are_one_sum(counted: Retailer) -> None:
    counted.sell("CASH-500", 3)

    assert ("cash-500", "1800 TWD") in amounts(liability(audited(counted)).json["items"])


def test_another_day_of_sale_is_another_sum(counted: Retailer) -> None:
    counted.world.clock.forward(days=1)
    counted.sell("CASH-500", 1)

    found = liability(audited(counted), funding="prepaid").json["items"]

    assert [(each["sold_on"], each["money"]) for each in found if each["product_id"] == "cash-500"] == [
        ("2026-11-22", money("300")),
        ("2026-11-23", money("500")),
    ]


def test_a_sum_that_has_come_to_nothing_is_not_shown(counted: Retailer) -> None:
    counted.redeem("r-2", counted.sold["CASH-500"].qr)

    assert "cash-500" not in dict(amounts(liability(audited(counted)).json["items"]))


def test_it_is_the_sum_of_what_all_vouchers_have_left(counted: Retailer) -> None:
    expected: Counter[str] = Counter()
    for held in counted.sold.values():
        left = counted.api.call("GET", f"/v1/vouchers/{held.voucher_id}").json["available"]["money"]
        if left:
            expected[left["currency"]] += int(left["amount"].replace(".", ""))

    found: Counter[str] = Counter()
    for each in liability(counted).json["items"]:
        if each["money"]:
            found[each["money"]["currency"]] += int(each["money"]["amount"].replace(".", ""))

    assert found == expected


def test_before_the_first_audit_nothing_is_claimed(retailer: Retailer) -> None:
    assert liability(retailer).json == {"as_of": None, "items": [], "next_cursor": None}


@pytest.mark.parametrize("limit", [1, 2, 5, 8, 9, 100])
def test_pages_are_all_sums_once(counted: Retailer, limit: int) -> None:
    whole, read, cursor = liability(counted).json["items"], [], ""
    while True:
        page = liability(counted, limit=limit, **({"cursor": cursor} if cursor else {})).json
        read += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == limit

    assert read == whole


@pytest.mark.parametrize("cursor", ["garbage", "", "WyJhIiwxXQ"])
def test_a_cursor_that_was_not_given_out_is_refused(counted: Retailer, cursor: str) -> None:
    assert_problem(liability(counted, cursor=cursor), 422, "invalid")


def test_a_cursor_of_the_other_funding_is_refused(counted: Retailer) -> None:
    cursor = liability(counted, limit=1).json["next_cursor"]

    assert_problem(liability(counted, funding="promotional", cursor=cursor), 422, "invalid")


def test_a_table_has_the_same_lines_and_says_as_of_when(counted: Retailer) -> None:
    reply = liability(counted, format="csv")
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))

    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == len(liability(counted).json["items"])
    assert (rows[0]["as_of"], rows[0]["product_id"], rows[0]["outstanding"]) == (
        "2026-11-22T04:00:00.000Z", "cash-500", "300",
    )  # fmt: skip


def test_a_sku_that_would_be_a_formula_is_text(counted: Retailer) -> None:
    counted.api.call("PUT", "/v1/products/evil", spa("EVIL", items=[line("=1+1|cmd", 2)]))
    counted.sell("EVIL")

    assert ",'=1+1|cmd," in liability(audited(counted), format="csv").text


@pytest.mark.parametrize("query", ["funding=all-of-it", "format=xlsx", "limit=0"])
def test_a_question_that_is_none_is_refused(retailer: Retailer, query: str) -> None:
    assert_problem(retailer.api.call("GET", f"/v1/liability?{query}"), 422, "invalid")
