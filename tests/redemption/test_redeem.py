"""PUT and GET /v1/pos/redemptions/{reference}: take from a voucher, once."""

from typing import Any

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, basket, discount, line, money

ALL_GONE = {"money": money("0"), "items": None, "discount": None}


def left(retailer: Retailer, sku: str) -> Any:
    """What the voucher's own item still holds."""
    return retailer.voucher(retailer.sold[sku].voucher_id)["worth"]


def took(**what: Any) -> dict[str, Any]:
    """The `redeemed` of an answer."""
    return {"money": None, "items": None, "uses": None, "off": None, "lines": None} | what


def test_a_redemption_answers_with_what_it_took_and_left(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    answer = retailer.redeem("r-1", held.qr, money=money("200"), receipt="AB-12345678")

    assert (answer.status, answer.is_replayed) == (201, False)
    assert answer.json == {
        "reference": "r-1",
        "voucher_id": held.voucher_id,
        "state": "redeemed",
        "redeemed": took(money=money("200")),
        "available": {"money": money("300"), "items": None, "discount": None},
        "redeemed_at": "2026-11-22T04:00:00.000Z",
        "store_id": XINYI,
        "terminal_id": "pos-1",
        "receipt": "AB-12345678",
        "hold": None,
        "occurred_at": None,
        "refunded": None,
        "voided_at": None,
    }


def test_a_redemption_takes_what_it_says(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    assert left(retailer, "CASH-500")["money"] == {"minor": 300, "currency": "TWD"}


def test_neither_money_nor_items_means_all_that_is_left(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("120"))

    answer = retailer.redeem("r-2", held.qr).json

    assert (answer["redeemed"], answer["available"]) == (took(money=money("380")), ALL_GONE)


def test_the_exact_rest_may_be_taken(retailer: Retailer) -> None:
    assert retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("500")).json["available"] == ALL_GONE


def test_cents_are_taken_from_a_currency_that_has_them(retailer: Retailer) -> None:
    answer = retailer.redeem("r-1", retailer.sold["DOLLARS"].qr, money=money("0.5", "USD")).json

    assert answer["redeemed"]["money"] == money("0.50", "USD")
    assert answer["available"]["money"] == money("20.00", "USD")


def test_units_of_a_line_are_taken(retailer: Retailer) -> None:
    answer = retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 2}]).json

    assert answer["redeemed"] == took(items=[line(quantity=2)])
    assert answer["available"]["items"] == [line(quantity=1), line("tea", 1)]


def test_several_lines_are_taken_at_once(retailer: Retailer) -> None:
    asked = [{"sku": "tea", "quantity": 1}, {"sku": "spa-hour", "quantity": 1}]

    answer = retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=asked).json

    assert answer["available"]["items"] == [line(quantity=2), line("tea", 0)]


def test_all_of_an_item_voucher_is_every_line_that_has_something_left(retailer: Retailer) -> None:
    held = retailer.sold["SPA-3"]
    retailer.redeem("r-1", held.qr, items=[{"sku": "tea", "quantity": 1}])

    answer = retailer.redeem("r-2", held.qr).json

    assert answer["redeemed"] == took(items=[line(quantity=3)])
    assert answer["available"]["items"] == [line(quantity=0), line("tea", 0)]


def test_goods_are_handed_over_at_their_store(retailer: Retailer) -> None:
    answer = retailer.redeem("r-1", retailer.sold["MUG-2"].qr, at="pos-9").json

    assert (answer["redeemed"], answer["store_id"]) == (took(items=[line("mug", 2)]), ZHONGSHAN)


@pytest.mark.parametrize(
    ("basket", "off"), [("300", "30"), ("1450", "145"), ("1455", "146"), ("5000", "200")],
    ids=["the minimum", "ten per cent", "half a dollar goes to the customer", "the cap"],
)  # fmt: skip
def test_a_discount_takes_its_share_of_the_basket(retailer: Retailer, basket: str, off: str) -> None:
    answer = retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket={"total": money(basket)}).json

    assert answer["redeemed"] == took(uses=1, off=money(off))
    assert answer["available"]["discount"]["uses_left"] == 0


def test_a_discount_of_an_amount_takes_no_more_than_the_basket(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount={"amount": money("100"), "uses": 2}))
    (held,) = retailer.sell("OFF")

    answers = [retailer.redeem(f"r-{total}", held.qr, basket={"total": money(total)}).json for total in ("80", "250")]

    assert [answer["redeemed"]["off"] for answer in answers] == [money("80"), money("100")]


TEA_ONLY = {"percent": "10", "products": ["tea", "oolong"], "excluded": ["gift-tea"], "uses": 2}


def test_a_discount_of_some_goods_says_what_came_off_each_line(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount=TEA_ONLY))
    (held,) = retailer.sell("OFF")

    taken = retailer.redeem("r-1", held.qr, basket=basket(("tea", "305"), ("mug", "500"))).json["redeemed"]

    assert taken["off"] == money("31")
    assert taken["lines"] == [
        {"line_id": "1", "sku": "tea", "amount": money("305"), "off": money("31"), "eligible": True},
        {"line_id": "2", "sku": "mug", "amount": money("500"), "off": money("0"), "eligible": False},
    ]


def test_what_came_off_each_line_is_told_again_whenever_it_is_asked(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount=TEA_ONLY))
    (held,) = retailer.sell("OFF")
    goods = basket(("tea", "305"), ("mug", "500"))
    first = retailer.redeem("r-1", held.qr, basket=goods)

    again, asked = retailer.redeem("r-1", held.qr, basket=goods), retailer.till("GET", "redemptions/r-1")

    assert again.is_replayed
    assert first.json == again.json == asked.json


def test_a_basket_in_another_order_is_the_same_basket(retailer: Retailer) -> None:
    goods = basket(("tea", "305"), ("mug", "500"))
    retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket=goods)

    turned = goods | {"lines": goods["lines"][::-1]}

    assert retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket=turned).is_replayed


def test_other_lines_of_the_same_total_are_another_request(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket=basket(("tea", "305"), ("mug", "500")))

    other = retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket=basket(("tea", "306"), ("mug", "499")))

    assert other.code == "reference_reused"


def test_a_discount_without_conditions_needs_no_basket(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount={"percent": "10"}))
    (held,) = retailer.sell("OFF")

    assert retailer.redeem("r-1", held.qr).json["redeemed"] == took(uses=1)


def test_a_typed_code_redeems(retailer: Retailer) -> None:
    assert retailer.redeem("r-1", retailer.sold["CASH-500"].code.lower()).status == 201


def test_a_redemption_is_a_row_of_the_ledger(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))

    *_, entry = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger").json["items"]

    assert entry == {
        "sequence": 2,
        "kind": "redeem",
        "recorded_at": "2026-11-22T04:00:00.000Z",
        "change": {"money": money("-200"), "items": None, "uses": None},
        "balance": {"money": money("300"), "items": None, "uses": None},
        "store_id": XINYI,
        "terminal_id": "pos-1",
        "business_day": "2026-11-22",
        "reference": "r-1",
        "redemption": None,
        "hold": None,
        "held": None,
        "until": None,
        "off": None,
        "occurred_at": None,
        "other_voucher_id": None,
        "reason": None,
    }


# What a reference did.


def test_what_a_reference_did_can_be_asked(retailer: Retailer) -> None:
    made = retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    asked = retailer.till("GET", "redemptions/r-1")

    assert (asked.status, asked.json) == (200, made.json)


def test_another_till_of_the_store_may_ask(retailer: Retailer) -> None:
    made = retailer.redeem("r-1", retailer.sold["CASH-500"].qr)

    assert retailer.till("GET", "redemptions/r-1", at="pos-2").json == made.json


def test_another_stores_reference_is_not_found(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr)

    assert_problem(retailer.till("GET", "redemptions/r-1", at="pos-9"), 404, "not_found")


def test_a_reference_is_the_stores_own(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("100"))

    other = retailer.redeem("r-1", held.qr, money=money("100"), at="pos-9")

    assert (other.status, other.is_replayed) == (201, False)
    assert other.json["available"]["money"] == money("300")


# The same again.


def test_the_same_request_again_answers_as_before_and_takes_nothing(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    first = retailer.redeem("r-1", held.qr, money=money("200"))
    before = retailer.world.rows()
    retailer.world.clock.forward(days=40)

    again = retailer.redeem("r-1", held.qr, money=money("200"))

    assert (again.status, again.json, again.is_replayed) == (first.status, first.json, True)
    assert retailer.world.rows() == before


def test_a_repeat_may_name_the_voucher_by_its_code(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    first = retailer.redeem("r-1", held.qr, money=money("200"))

    assert retailer.redeem("r-1", held.code, money=money("200")).json == first.json


def test_a_repeat_may_come_from_another_till_of_the_store(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    first = retailer.redeem("r-1", held.qr, money=money("200"))

    assert retailer.redeem("r-1", held.qr, money=money("200"), at="pos-2").json == first.json


def test_a_repeat_answers_although_nothing_is_left_by_now(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)

    assert retailer.redeem("r-1", held.qr).is_replayed


@pytest.mark.parametrize("then", ["suspend", "revoke", "reissue"])
def test_a_repeat_answers_whatever_became_of_the_voucher(retailer: Retailer, then: str) -> None:
    held = retailer.sold["CASH-500"]
    first = retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.act(then, held.voucher_id)

    again = retailer.redeem("r-1", held.qr, money=money("200"))

    assert (again.status, again.json, again.is_replayed) == (201, first.json, True)


def test_an_amount_written_otherwise_is_the_same_amount(retailer: Retailer) -> None:
    held = retailer.sold["DOLLARS"]
    retailer.redeem("r-1", held.qr, money=money("5", "USD"))

    assert retailer.redeem("r-1", held.qr, money=money("5.00", "USD")).is_replayed


def test_lines_in_another_order_are_the_same_lines(retailer: Retailer) -> None:
    asked = [{"sku": "tea", "quantity": 1}, {"sku": "spa-hour", "quantity": 1}]
    retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=asked)

    assert retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=asked[::-1]).is_replayed


@pytest.mark.parametrize(
    "other",
    [
        {"money": money("201")},
        {},
        {"money": money("200"), "receipt": "AB-1"},
        {"money": money("200"), "basket": {"total": money("900")}},
    ],
    ids=["another amount", "all", "another receipt", "another basket"],
)
def test_another_request_under_the_same_reference_is_refused(retailer: Retailer, other: dict[str, Any]) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    before = retailer.world.rows()

    assert_problem(retailer.redeem("r-1", held.qr, **other), 409, "reference_reused", retryable=False)
    assert retailer.world.rows() == before


def test_another_voucher_under_the_same_reference_is_refused(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr)
    before = retailer.world.rows()

    assert_problem(retailer.redeem("r-1", retailer.sold["SPA-3"].qr), 409, "reference_reused")
    assert retailer.world.rows() == before


def test_a_refusal_is_not_remembered(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.act("suspend", held.voucher_id)
    assert retailer.redeem("r-1", held.qr).code == "suspended"
    retailer.act("resume", held.voucher_id)

    again = retailer.redeem("r-1", held.qr)

    assert (again.status, again.is_replayed) == (201, False)
