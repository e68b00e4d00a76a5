"""POST /v1/pos/compare: which of several vouchers to take for a basket, and no side effect."""

from typing import Any

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import Held, Retailer, basket, discount, money

BASKET = basket(("tea", "600"), ("mug", "400"))


def sold(retailer: Retailer, name: str, offer: dict[str, Any], **override: Any) -> Held:
    """A voucher of a new discount."""
    retailer.api.call("PUT", f"/v1/products/{name}", discount(name, discount=offer, **override))
    (held,) = retailer.sell(name, order_id=name)
    return held


def compared(retailer: Retailer, *credentials: str, told: dict[str, Any] = BASKET) -> list[dict[str, Any]]:
    answer = retailer.compare(list(credentials), told)
    assert answer.status == 200
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_the_discount_that_takes_most_off_is_the_best(retailer: Retailer) -> None:
    amount, percent = sold(retailer, "AMOUNT", {"amount": money("80")}), retailer.sold["COFFEE-10"]

    best, other = compared(retailer, amount.qr, percent.qr)

    assert (best["voucher_id"], best["off"], best["best"]) == (percent.voucher_id, money("100"), True)
    assert (other["voucher_id"], other["off"], other["best"]) == (amount.voucher_id, money("80"), False)


def test_another_basket_may_have_another_best(retailer: Retailer) -> None:
    amount, percent = sold(retailer, "AMOUNT", {"amount": money("80")}), retailer.sold["COFFEE-10"]

    best, _ = compared(retailer, amount.qr, percent.qr, told={"total": money("500")})

    assert best["voucher_id"] == amount.voucher_id


def test_the_answer_tells_the_basket_and_says_everything_of_an_item(retailer: Retailer) -> None:
    held = sold(retailer, "TEA", {"percent": "20", "products": ["tea"]})

    answer = retailer.compare([held.qr], BASKET).json

    assert answer["basket"] == money("1000")
    (item,) = answer["items"]
    assert item.pop("product")["product_id"] == "TEA"
    assert item == {
        "named": [0],
        "voucher_id": held.voucher_id,
        "usable": True,
        "refusal": None,
        "best": True,
        "off": money("120"),
        "eligible": money("600"),
        "capped": False,
        "lines": [
            {"line_id": "1", "sku": "tea", "amount": money("600"), "off": money("120"), "eligible": True},
            {"line_id": "2", "sku": "mug", "amount": money("400"), "off": money("0"), "eligible": False},
        ],
    }


def test_of_equals_the_one_that_ends_sooner_is_the_best(retailer: Retailer) -> None:
    offer = {"amount": money("80")}
    later, sooner = (sold(retailer, f"D{days}", offer, valid={"days": days}) for days in (30, 3))

    best, _ = compared(retailer, later.qr, sooner.qr)

    assert best["voucher_id"] == sooner.voucher_id


def test_what_is_told_is_what_the_redemption_gives(retailer: Retailer) -> None:
    held = sold(retailer, "TEA", {"percent": "20", "products": ["tea"]})
    (item,) = compared(retailer, held.qr)

    redeemed = retailer.redeem("r-1", held.qr, basket=BASKET).json["redeemed"]

    assert (redeemed["off"], redeemed["lines"]) == (item["off"], item["lines"])


def test_what_cannot_be_used_is_told_last_with_the_reason(retailer: Retailer) -> None:
    wrong = sold(retailer, "WRONG", {"percent": "90", "products": ["sofa"]})
    later, good = retailer.sold["LATER"], retailer.sold["COFFEE-10"]

    first, *others = compared(retailer, wrong.qr, later.qr, good.qr)

    assert first["voucher_id"] == good.voucher_id
    assert {item["voucher_id"]: item["refusal"]["code"] for item in others} == {
        wrong.voucher_id: "wrong_product",
        later.voucher_id: "not_yet_valid",
    }
    assert [(item["usable"], item["off"], item["best"]) for item in others] == [(False, None, False)] * 2


def test_money_takes_nothing_off_and_is_not_the_best(retailer: Retailer) -> None:
    (item,) = compared(retailer, retailer.sold["CASH-500"].qr)

    assert (item["usable"], item["off"], item["best"]) == (True, None, False)


def test_what_nobody_knows_does_not_keep_the_others_from_being_compared(retailer: Retailer, foreign_qr: str) -> None:
    stranger = retailer.held("00000000-0000-5000-8000-000000000000").qr

    first, *others = compared(retailer, stranger, "nothing", retailer.sold["COFFEE-10"].qr, foreign_qr)

    assert (first["named"], first["best"]) == ([2], True)
    assert [item["named"] for item in others] == [[0], [1], [3]]
    assert {(item["voucher_id"], item["refusal"]["code"]) for item in others} == {(None, "unknown")}


def test_a_voucher_that_is_shown_twice_is_counted_once(retailer: Retailer) -> None:
    held = retailer.sold["COFFEE-10"]

    (item,) = compared(retailer, held.qr, held.code, held.qr.lower())

    assert (item["named"], item["best"]) == ([0, 1, 2], True)


@pytest.mark.parametrize("new_first", [True, False])
def test_shown_by_an_old_and_a_new_qr_the_new_one_counts(retailer: Retailer, *, new_first: bool) -> None:
    old = retailer.sold["COFFEE-10"]
    retailer.act("reissue", old.voucher_id)
    shown = [retailer.held(old.voucher_id, 2).qr, old.qr]

    (item,) = compared(retailer, *(shown if new_first else shown[::-1]))

    assert item["usable"]


def test_an_old_qr_alone_is_stale(retailer: Retailer) -> None:
    old = retailer.sold["COFFEE-10"]
    retailer.act("reissue", old.voucher_id)

    (item,) = compared(retailer, old.qr)

    assert item["refusal"]["code"] == "stale_credential"


def test_any_number_of_qrs_is_one_read_and_a_typed_code_one_more(retailer: Retailer) -> None:
    held = [retailer.sold[sku] for sku in ("COFFEE-10", "CASH-500", "SPA-3")]

    compared(retailer, *(each.qr for each in held))
    assert retailer.world.calls == ["BatchGetItem"]

    retailer.world.calls.clear()
    compared(retailer, held[0].qr, held[1].code)
    assert retailer.world.calls == ["BatchGetItem", "BatchGetItem"]


def test_comparing_changes_nothing(retailer: Retailer) -> None:
    before = retailer.world.rows()

    compared(retailer, retailer.sold["COFFEE-10"].qr, retailer.sold["CASH-500"].code)

    assert retailer.world.rows() == before


def test_a_revoked_terminal_learns_nothing(retailer: Retailer) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert_problem(retailer.compare([retailer.sold["COFFEE-10"].qr], BASKET), 401, "unauthorized")
