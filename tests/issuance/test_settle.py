"""A paid order becomes vouchers: one a unit, under the terms of that moment."""

from types import SimpleNamespace
from typing import Any

import pytest

from functions.domain import identity
from functions.domain.credential import Credential
from functions.runtime.queue_errors import RetryLaterError
from tests.support.problem import assert_problem
from tests.support.retail import SHOP, Retailer, discount, money, pickup, product_body, shop_body, spa, text


def issue(retailer: Retailer, body: dict[str, Any]) -> dict[str, Any]:
    """The one voucher of a product that was just made."""
    retailer.api.call("PUT", "/v1/products/new", body)
    (held,) = retailer.sell(body["sold_as"][0]["sku"])
    return retailer.voucher(held.voucher_id)


def partition(retailer: Retailer, voucher_id: str) -> list[str]:
    """The sort keys of a voucher's partition."""
    return sorted(item["sk"] for item in retailer.world.items("vouchers") if item["pk"] == f"VOUCHER#{voucher_id}")


def test_every_unit_becomes_one_voucher_with_a_derived_id(retailer: Retailer) -> None:
    retailer.order("1001", ("CASH-500", 2), ("SPA-3", 1))
    retailer.settle("1001")

    assert retailer.vouchers_of("1001") == [
        identity.voucher_id(SHOP, "1001", line_id, unit) for line_id, unit in (("1", 0), ("1", 1), ("2", 0))
    ]


def test_a_voucher_knows_the_unit_it_was_sold_as(retailer: Retailer) -> None:
    _, second = retailer.sell("CASH-500", 2)

    source = retailer.voucher(second.voucher_id)["source"]

    assert source == {"shop_id": SHOP, "order_id": "1001", "line_id": "1", "unit": 1}


def test_an_unpaid_order_becomes_nothing(retailer: Retailer) -> None:
    assert retailer.sell("CASH-500", status="pending", payment=None) == []


def test_a_cash_voucher_holds_its_amount(retailer: Retailer) -> None:
    voucher = issue(retailer, product_body("NEW", value=money("1500")))

    assert voucher["face"] == voucher["worth"] == {"money": {"minor": 1500, "currency": "TWD"}, "items": []}
    assert (voucher["state"], voucher["version"], voucher["credential"]) == ("active", 1, 1)


def test_an_item_voucher_holds_its_lines(retailer: Retailer) -> None:
    voucher = issue(retailer, spa("NEW"))

    assert [(line["sku"], line["quantity"]) for line in voucher["worth"]["items"]] == [("spa-hour", 3), ("tea", 1)]


def test_a_discount_voucher_holds_its_uses(retailer: Retailer) -> None:
    voucher = issue(retailer, discount("NEW", discount={"percent": "12.5", "uses": 3}))

    assert voucher["worth"] == {"items": [], "uses": 3}
    assert voucher["terms"]["discount"]["basis_points"] == 1250


def test_a_pickup_voucher_waits_at_its_store(retailer: Retailer) -> None:
    voucher = issue(retailer, pickup("NEW", stores=["zhongshan-1"]))

    assert voucher["terms"]["stores"] == ["zhongshan-1"]
    assert [(line["sku"], line["quantity"]) for line in voucher["worth"]["items"]] == [("mug", 2)]


def test_a_prepaid_voucher_carries_issuer_and_guarantee_and_never_expires(retailer: Retailer) -> None:
    voucher = issue(retailer, product_body("NEW"))

    assert "expires_at" not in voucher
    assert voucher["terms"]["issuer"]["tax_id"] == "24536806"
    guarantee = voucher["terms"]["guarantee"]
    assert (guarantee["starts"], guarantee["ends"]) == ("2026-11-22T04:00:00Z", "2027-11-22T04:00:00Z")


def test_a_promotional_voucher_carries_neither_and_ends_with_its_last_day_in_taipei(retailer: Retailer) -> None:
    voucher = issue(retailer, product_body("NEW", funding="promotional", valid={"days": 30}))

    assert voucher["expires_at"] == "2026-12-22T16:00:00Z"
    assert voucher["terms"].keys().isdisjoint({"issuer", "guarantee"})


def test_a_voucher_begins_when_its_product_does(retailer: Retailer) -> None:
    voucher = issue(retailer, product_body("NEW", funding="promotional", valid={"from": "2026-12-01"}))

    assert (voucher["issued_at"], voucher["valid_from"]) == ("2026-11-22T04:00:00Z", "2026-11-30T16:00:00Z")


def test_editing_the_product_changes_no_voucher_already_issued(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    before = retailer.voucher(held.voucher_id)

    edited = product_body("CASH-500", name=text("Edited"), value=money("1"), stores=["zhongshan-1"], terms=text("New."))
    assert retailer.api.call("PUT", "/v1/products/cash-500", edited).status == 200

    assert retailer.voucher(held.voucher_id) == before
    seen = retailer.look_up(held.qr).json
    assert (seen["product"]["name"]["en"], seen["available"]["money"]) == ("Gift voucher", money("500"))


def test_editing_the_shop_changes_no_voucher_already_issued(retailer: Retailer) -> None:
    before = retailer.voucher(retailer.sold["CASH-500"].voucher_id)

    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(timezone="Asia/Tokyo", issuer=None, guarantee=None))

    assert retailer.voucher(retailer.sold["CASH-500"].voucher_id) == before


def test_the_next_voucher_is_issued_under_the_new_terms(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/cash-500", product_body("CASH-500", value=money("300")))

    (held,) = retailer.sell("CASH-500")

    assert retailer.look_up(held.qr).json["available"]["money"] == money("300")


def test_a_voucher_is_born_with_the_first_row_of_its_ledger(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")

    assert partition(retailer, held.voucher_id) == ["LEDGER#0000000001", "VOUCHER"]
    (entry,) = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger").json["items"]
    assert (entry["kind"], entry["change"]["money"], entry["balance"]["money"]) == ("issue", money("500"), money("500"))


def test_a_vouchers_code_leads_to_its_credential(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")

    digest = retailer.world.wiring.codebook.digest(held.code)

    assert retailer.world.wiring.till.by_code("pos-1", digest).credential == Credential(held.voucher_id, 1)


def test_a_voucher_is_on_its_way_when_it_is_issued(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500")

    message_id = identity.message_id(held.voucher_id, 1)
    (row,) = [item for item in retailer.world.items("sends") if item["pk"] == f"MESSAGE#{message_id}"]
    assert (row["sk"], row["status"], row["voucher_id"]) == ("CHANNEL#line", "pending", held.voucher_id)
    assert retailer.world.queued("line") == [
        {"type": "send.requested", "version": 1, "message_id": message_id, "channel": "line"}
    ]


def test_goods_that_are_no_voucher_are_passed_over(retailer: Retailer) -> None:
    lines = [
        {"sku": "MUG-BLUE", "quantity": 2},
        {"name": "Gift wrap", "quantity": 1},
        {"sku": "CASH-500", "quantity": 1},
    ]
    retailer.order("1001", lines=lines)
    retailer.settle("1001")

    assert retailer.vouchers_of("1001") == [identity.voucher_id(SHOP, "1001", "3", 0)]


def test_an_order_without_any_voucher_is_settled(retailer: Retailer) -> None:
    retailer.sell("MUG-BLUE")
    retailer.world.queued("orders")

    retailer.order("1001", ("MUG-BLUE", 1))

    assert retailer.world.queued("orders") == []


def test_a_sku_of_another_shop_is_no_voucher_here(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/shops/another", shop_body())
    retailer.order("1001", ("CASH-500", 1), shop_id="another")
    retailer.settle("1001", "another")

    assert retailer.vouchers_of("1001", "another") == []


def test_a_message_about_an_order_that_is_not_there_is_done_with(retailer: Retailer) -> None:
    before = retailer.world.rows()

    retailer.settle("never-reported")

    assert retailer.world.rows() == before


def test_a_message_about_a_settled_order_costs_one_read(retailer: Retailer) -> None:
    retailer.sell("CASH-500")
    retailer.world.calls.clear()

    retailer.settle("1001")

    assert retailer.world.calls == ["GetItem"]


def test_an_order_of_a_shop_that_has_gone_needs_a_person(retailer: Retailer) -> None:
    retailer.order("1001")
    rows = retailer.world.rows()
    retailer.world.fill("commerce", [row for row in rows["commerce"] if row["sk"]["S"] != "SHOP"])

    with pytest.raises(RetryLaterError, match="shop_missing"):
        retailer.settle("1001")


@pytest.mark.parametrize(("units", "transactions"), [(24, 1), (30, 2), (130, 6)])
def test_a_large_order_is_issued_whole_over_several_transactions(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch, units: int, transactions: int
) -> None:
    # moto copies whole tables for each item of a transaction, to go back to: here nothing does.
    monkeypatch.setattr("moto.dynamodb.models.copy", SimpleNamespace(deepcopy=lambda table: table))
    retailer.order("1001", ("CASH-500", units))
    retailer.world.calls.clear()
    retailer.settle("1001")

    assert retailer.world.calls.count("TransactWriteItems") == transactions
    assert retailer.vouchers_of("1001") == [identity.voucher_id(SHOP, "1001", "1", unit) for unit in range(units)]
    assert len({message["message_id"] for message in retailer.world.queued("line")}) == units


def test_a_small_order_of_a_known_customer_costs_eight_calls(retailer: Retailer) -> None:
    retailer.order("1001", ("CASH-500", 2), ("SPA-3", 1))
    retailer.world.calls.clear()

    retailer.settle("1001")

    assert retailer.world.calls == [
        "GetItem",  # the order
        "BatchGetItem",  # what its SKUs stand for
        "BatchGetItem",  # those products
        "BatchGetItem",  # its vouchers
        "GetItem",  # the shop
        "BatchGetItem",  # whose the buyer's identities are
        "GetItem",  # the customer
        "TransactWriteItems",  # the vouchers, with ledger, codes and messages
        "PutItem",  # the order, settled
    ]


def test_a_voucher_of_one_order_is_none_of_another(retailer: Retailer) -> None:
    first = retailer.sell("CASH-500", order_id="1001")
    second = retailer.sell("CASH-500", order_id="1002")

    assert {held.voucher_id for held in first}.isdisjoint(held.voucher_id for held in second)
    assert_problem(retailer.look_up(second[0].code[::-1]), 404, "unknown")


def test_settling_takes_no_other_order_along(retailer: Retailer) -> None:
    retailer.order("1001")
    retailer.order("1002")

    retailer.settle("1001")

    assert retailer.vouchers_of("1002") == []
