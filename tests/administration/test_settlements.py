"""A store's day over HTTP: the same numbers as the ledgers, as JSON and as a table."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import OWN_SHOP, XINYI, ZHONGSHAN, Retailer, line, money, product_body, spa, text

TODAY, TOMORROW = "2026-11-22", "2026-11-23"


def settlement(retailer: Retailer, store: str = XINYI, day: str = TODAY, **query: object) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return retailer.api.call("GET", f"/v1/settlements/{store}/{day}?{asked}")


def rows(reply: Reply) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))


def net(reply: Reply) -> dict[str, str]:
    """What is owed in money, by currency."""
    return {total["currency"]: total["net"]["amount"] for total in reply.json["totals"]["money"]}


def every_page(retailer: Retailer, **query: object) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        asked = {**query, "cursor": cursor} if cursor else query
        page = settlement(retailer, XINYI, TODAY, **asked).json
        yield page
        cursor = page["next_cursor"]
        if cursor is None:
            return


@pytest.fixture
def busy(retailer: Retailer) -> Retailer:
    """NT$200 and NT$100 taken at Xinyi, NT$50 of them refunded there and NT$100 voided; NT$30 taken at Zhongshan."""
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.redeem("r-2", held.qr, money=money("100"))
    retailer.refund("f-1", "r-1", money=money("50"))
    retailer.void("r-2")
    retailer.redeem("r-3", held.qr, at="pos-9", money=money("30"))
    return retailer


def test_a_day_s_totals_are_what_was_redeemed_and_given_back(busy: Retailer) -> None:
    (total,) = settlement(busy).json["totals"]["money"]

    assert total == {
        "currency": "TWD",
        "redeemed": money("300"),
        "voided": money("100"),
        "refunded": money("50"),
        "net": money("150"),
    }


def test_its_lines_are_the_rows_of_the_ledger(busy: Retailer) -> None:
    voucher_id = busy.sold["CASH-500"].voucher_id
    ledger = busy.api.call("GET", f"/v1/vouchers/{voucher_id}/ledger").json["items"]

    lines = settlement(busy).json["lines"]

    told = ("kind", "sequence", "recorded_at", "change", "reference", "redemption", "terminal_id")
    assert [{name: each[name] for name in told} for each in lines] == [
        {name: row[name] for name in told} for row in ledger if row["store_id"] == XINYI
    ]
    assert {each["voucher_id"] for each in lines} == {voucher_id}


def test_a_store_is_settled_for_itself_alone(busy: Retailer) -> None:
    assert net(settlement(busy, ZHONGSHAN)) == {"TWD": "30"}


def test_who_sold_the_voucher_owes_for_it(busy: Retailer) -> None:
    (issuer,) = settlement(busy).json["issuers"]

    assert (issuer["shop_id"], issuer["selling_store_id"], issuer["funding"]) == ("qinghe", None, "prepaid")
    assert issuer["totals"]["money"][0]["net"] == money("150")


def test_a_voucher_that_a_till_sold_names_the_selling_store(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/own", product_body("OWN", shop_id=OWN_SHOP))
    order = {"status": "paid", "lines": [{"sku": "OWN", "quantity": 1}]}
    retailer.api.call("PUT", f"/v1/orders/{OWN_SHOP}/7", order, token=retailer.tills["pos-9"])
    retailer.settle("7", OWN_SHOP)
    (voucher_id,) = retailer.vouchers_of("7", OWN_SHOP)
    retailer.redeem("r-1", retailer.held(voucher_id).qr)

    (issuer,) = settlement(retailer).json["issuers"]

    assert (issuer["shop_id"], issuer["selling_store_id"]) == (OWN_SHOP, ZHONGSHAN)


def test_a_voucher_that_a_web_shop_sold_names_no_store(busy: Retailer) -> None:
    assert {each["selling_store_id"] for each in settlement(busy).json["lines"]} == {None}


def test_a_void_on_another_day_is_that_day_s(busy: Retailer) -> None:
    busy.world.clock.forward(days=1)
    busy.void("r-1")

    assert net(settlement(busy)) == {"TWD": "150"}
    assert net(settlement(busy, day=TOMORROW)) == {"TWD": "-150"}  # what was not refunded of it


def test_a_refund_on_another_day_is_that_day_s(busy: Retailer) -> None:
    busy.world.clock.forward(days=1)
    busy.refund("f-2", "r-1")

    assert net(settlement(busy, day=TOMORROW)) == {"TWD": "-150"}


def test_what_was_taken_before_a_transfer_comes_back_in_the_settlement(busy: Retailer) -> None:
    busy.customer("hao")
    assert busy.transfer(busy.sold["CASH-500"].voucher_id, "hao").status == 200

    busy.void("r-1")

    assert net(settlement(busy)) == {"TWD": "0"}


def test_a_day_ends_at_midnight_of_the_store_s_zone(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/stores/{ZHONGSHAN}", {"name": text("Honolulu"), "timezone": "Pacific/Honolulu"})
    retailer.world.clock.forward(hours=12)  # midnight in Taipei, six in the morning in Honolulu
    held = retailer.sold["CASH-500"]

    retailer.redeem("r-1", held.qr, money=money("1"))
    retailer.redeem("r-1", held.qr, at="pos-9", money=money("2"))

    assert [net(settlement(retailer, XINYI, day)) for day in (TODAY, TOMORROW)] == [{}, {"TWD": "1"}]
    assert [net(settlement(retailer, ZHONGSHAN, day)) for day in (TODAY, TOMORROW)] == [{"TWD": "2"}, {}]


def test_items_and_discounts_are_settled_each_in_their_own_measure(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 2}])
    retailer.redeem("r-2", retailer.sold["COFFEE-10"].qr, basket={"total": money("500")})
    retailer.redeem("r-3", retailer.sold["DOLLARS"].qr, money=money("0.50", "USD"))

    totals = settlement(retailer).json["totals"]

    assert totals["items"] == [{"sku": "spa-hour", "redeemed": 2, "voided": 0, "refunded": 0, "net": 2}]
    assert totals["discounts"] == [{"product_id": "coffee-10", "redeemed": 1, "voided": 0, "refunded": 0, "net": 1}]
    assert [total["net"] for total in totals["off"]] == [money("50")]
    assert [total["net"] for total in totals["money"]] == [money("0.50", "USD")]


@pytest.mark.parametrize("give_back", ["void", "refund"])
def test_a_discount_that_is_given_back_gives_back_what_it_took_off(retailer: Retailer, give_back: str) -> None:
    retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket={"total": money("500")})
    retailer.void("r-1") if give_back == "void" else retailer.refund("f-1", "r-1")

    totals = settlement(retailer).json["totals"]

    assert [total["net"] for total in totals["off"]] == [money("0")]
    assert [total["net"] for total in totals["discounts"]] == [0]


def test_a_day_on_which_nothing_happened_is_empty(retailer: Retailer) -> None:
    found = settlement(retailer, day="2026-01-01").json

    assert (found["lines"], found["next_cursor"]) == ([], None)
    assert found["totals"] == {"money": [], "items": [], "discounts": [], "off": []}


class TestPages:
    def test_pages_are_all_lines_once_and_each_has_the_totals_of_the_day(self, busy: Retailer) -> None:
        pages = list(every_page(busy, limit=3))

        assert [len(page["lines"]) for page in pages] == [3, 1]
        assert [each for page in pages for each in page["lines"]] == settlement(busy).json["lines"]
        assert all(page["totals"] == pages[0]["totals"] for page in pages)

    @pytest.mark.parametrize("cursor", ["garbage", "", "WyJhIiwxXQ", "%22"])
    def test_a_cursor_that_was_not_given_out_is_refused(self, busy: Retailer, cursor: str) -> None:
        assert_problem(settlement(busy, cursor=cursor), 422, "invalid")

    def test_a_cursor_of_another_store_s_day_is_refused(self, busy: Retailer) -> None:
        foreign = settlement(busy, limit=1).json["next_cursor"]

        assert_problem(settlement(busy, ZHONGSHAN, cursor=foreign), 422, "invalid")

    @pytest.mark.parametrize("limit", ["0", "501", "-1", "1.5", "ten", "１"])
    def test_a_limit_out_of_bounds_is_refused(self, busy: Retailer, limit: str) -> None:
        assert_problem(settlement(busy, limit=limit), 422, "invalid")


@pytest.mark.parametrize(
    "day", ["2026-02-29", "2026-13-01", "20261122", "2026-W47-7", "today", "0001-01-01", "2026-11-22T00-00"]
)
def test_a_day_that_is_none_is_refused(retailer: Retailer, day: str) -> None:
    assert_problem(settlement(retailer, day=day), 422, "invalid")


def test_a_store_that_is_none_is_not_found(retailer: Retailer) -> None:
    assert_problem(settlement(retailer, "nowhere"), 404, "not_found")


class TestTables:
    def test_a_table_has_every_line_and_every_total(self, busy: Retailer) -> None:
        reply = settlement(busy, format="csv")

        assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert reply.headers["Content-Disposition"] == 'attachment; filename="settlement-xinyi-1-2026-11-22.csv"'
        assert [(row["record"], row["kind"], row["net"]) for row in rows(reply)] == [
            ("line", "redeem", "200"),
            ("line", "redeem", "100"),
            ("line", "refund", "-50"),
            ("line", "void", "-100"),
            ("total", "", "150"),
        ]

    def test_a_table_goes_on_behind_its_cursor(self, busy: Retailer) -> None:
        first = settlement(busy, format="csv", limit=3)
        second = settlement(busy, format="csv", limit=3, cursor=first.headers["Next-Cursor"])

        lines = [row["reference"] for reply in (first, second) for row in rows(reply) if row["record"] == "line"]

        assert lines == ["r-1", "r-2", "f-1", "r-2"]
        assert "Next-Cursor" not in second.headers

    def test_a_sku_that_would_be_a_formula_is_text(self, retailer: Retailer) -> None:
        sku = '=HYPERLINK("http://evil.example","精油")'
        retailer.api.call("PUT", "/v1/products/evil", spa("EVIL", items=[line(sku, 2)]))
        (held,) = retailer.sell("EVIL")
        retailer.redeem("r-1", held.qr)

        found = rows(settlement(retailer, format="csv"))

        assert {row["of"] for row in found} == {f"'{sku}"}

    def test_a_format_that_is_none_is_refused(self, retailer: Retailer) -> None:
        assert_problem(settlement(retailer, format="xlsx"), 422, "invalid")


class TestGroups:
    def test_a_group_s_day_says_who_owes_whom(self, busy: Retailer) -> None:
        found = busy.api.call("GET", f"/v1/settlements?date={TODAY}&store_ids={XINYI},{ZHONGSHAN}").json

        assert [(owed["shop_id"], owed["store_id"], owed["totals"]["money"][0]["net"]) for owed in found["owed"]] == [
            ("qinghe", XINYI, money("150")),
            ("qinghe", ZHONGSHAN, money("30")),
        ]
        assert found["totals"]["money"][0]["net"] == money("180")

    def test_a_group_s_table_has_a_row_for_each_debt(self, busy: Retailer) -> None:
        reply = busy.api.call("GET", f"/v1/settlements?date={TODAY}&store_ids={XINYI},{ZHONGSHAN}&format=csv")

        assert [(row["shop_id"], row["store_id"], row["net"]) for row in rows(reply)] == [
            ("qinghe", XINYI, "150"),
            ("qinghe", ZHONGSHAN, "30"),
        ]

    @pytest.mark.parametrize(
        "query",
        [
            "", f"date={TODAY}", f"date={TODAY}&store_ids=", f"date={TODAY}&store_ids=nowhere",
            f"date={TODAY}&store_ids={XINYI},,", f"store_ids={XINYI}", f"date=now&store_ids={XINYI}",
            f"date={TODAY}&store_ids={','.join(f's-{number}' for number in range(51))}",
        ],
    )  # fmt: skip
    def test_a_group_that_is_none_is_refused(self, retailer: Retailer, query: str) -> None:
        assert_problem(retailer.api.call("GET", f"/v1/settlements?{query}"), 422, "invalid")
