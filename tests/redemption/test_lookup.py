"""POST /v1/pos/lookup: exactly what may be redeemed here and now, and no side effect."""

from typing import Any

import pytest

from functions.domain import codes
from functions.domain.credential import Credential
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, basket, discount, line, money, text

NOTHING_REFUSED = {"state": "active", "usable": True, "refusal": None, "history": [], "ticket": None}


def seen(retailer: Retailer, sku: str, *, at: str = "pos-1") -> dict[str, Any]:
    answer = retailer.look_up(retailer.sold[sku].qr, at=at)
    assert answer.status == 200
    body: dict[str, Any] = answer.json
    return body


def test_a_cash_voucher_is_shown_with_its_amount(retailer: Retailer) -> None:
    assert seen(retailer, "CASH-500") == NOTHING_REFUSED | {
        "voucher_id": retailer.sold["CASH-500"].voucher_id,
        "product": {
            "product_id": "cash-500",
            "name": text("Gift voucher", "禮券"),
            "terms": text("May be used in parts.", "可分次使用。"),
        },
        "kind": "cash",
        "funding": "prepaid",
        "available": {"money": money("500"), "items": None, "discount": None},
        "valid_from": "2026-11-22T04:00:00.000Z",
        "expires_at": None,
    }


def test_an_amount_with_decimals_is_shown_as_its_currency_writes_it(retailer: Retailer) -> None:
    assert seen(retailer, "DOLLARS")["available"]["money"] == money("20.50", "USD")


def test_an_item_voucher_is_shown_with_its_lines(retailer: Retailer) -> None:
    available = seen(retailer, "SPA-3")["available"]

    assert available == {"money": None, "items": [line(), line("tea", 1)], "discount": None}


def test_a_discount_is_shown_with_its_conditions_and_uses(retailer: Retailer) -> None:
    found = seen(retailer, "COFFEE-10")

    assert (found["kind"], found["funding"]) == ("discount", "promotional")
    assert found["available"] == {
        "money": None,
        "items": None,
        "discount": {
            "percent": "10",
            "amount": None,
            "minimum_spend": money("300"),
            "cap": money("200"),
            "products": None,
            "excluded": None,
            "limits": None,
            "uses_left": 1,
            "off": None,
            "eligible": None,
            "capped": False,
            "lines": None,
        },
    }


def test_goods_that_wait_are_shown_at_their_store(retailer: Retailer) -> None:
    found = seen(retailer, "MUG-2", at="pos-9")

    assert (found["kind"], found["usable"], found["available"]["items"]) == ("pickup", True, [line("mug", 2)])


def test_a_promotional_voucher_says_when_it_ends(retailer: Retailer) -> None:
    assert seen(retailer, "THANKS-200")["expires_at"] == "2026-12-22T16:00:00.000Z"


def test_what_was_used_is_told_newest_first_with_where_and_when(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("100"))
    retailer.world.clock.forward(minutes=5)
    retailer.redeem("r-2", held.qr, money=money("50"), at="pos-9")

    found = seen(retailer, "CASH-500")

    assert found["available"]["money"] == money("350")
    assert found["history"] == [
        {
            "reference": "r-2",
            "redeemed_at": "2026-11-22T04:05:00.000Z",
            "store_id": ZHONGSHAN,
            "store": text("Zhongshan", "中山店"),
            "redeemed": {"money": money("50"), "items": None, "uses": None, "off": None, "lines": None},
            "voided": False,
            "refunded": None,
        },
        {
            "reference": "r-1",
            "redeemed_at": "2026-11-22T04:00:00.000Z",
            "store_id": XINYI,
            "store": text("Xinyi", "信義店"),
            "redeemed": {"money": money("100"), "items": None, "uses": None, "off": None, "lines": None},
            "voided": False,
            "refunded": None,
        },
    ]


def test_the_last_five_uses_are_told(retailer: Retailer) -> None:
    for turn in range(7):
        retailer.redeem(f"r-{turn}", retailer.sold["CASH-500"].qr, money=money("10"))

    assert [use["reference"] for use in seen(retailer, "CASH-500")["history"]] == ["r-6", "r-5", "r-4", "r-3", "r-2"]


def test_a_voucher_that_cannot_be_used_is_shown_with_the_reason(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)
    retailer.world.clock.forward(hours=1)

    found = seen(retailer, "CASH-500")

    assert (found["usable"], found["state"]) == (False, "active")
    refusal = found["refusal"]
    assert set(refusal.pop("message")) == {"zh-Hant", "en"}
    assert refusal == {
        "code": "exhausted",
        "retryable": False,
        "available": None,
        "held_until": None,
        "redeemed_at": "2026-11-22T04:00:00.000Z",
        "store_id": XINYI,
        "store": text("Xinyi", "信義店"),
    }


def test_a_revoked_voucher_has_nothing_available(retailer: Retailer) -> None:
    retailer.act("revoke", retailer.sold["CASH-500"].voucher_id)

    found = seen(retailer, "CASH-500")

    assert (found["state"], found["usable"], found["refusal"]["code"]) == ("revoked", False, "revoked")
    assert found["available"]["money"] == money("0")


def test_looking_changes_nothing(retailer: Retailer) -> None:
    before = retailer.world.rows()

    for credential in (retailer.sold["CASH-500"].qr, retailer.sold["SPA-3"].code, "nothing"):
        retailer.look_up(credential)

    assert retailer.world.rows() == before


# What a scanner reads and a clerk types.


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda code: code, id="bare"),
        pytest.param(codes.grouped, id="in groups"),
        pytest.param(str.lower, id="in lower case"),
        pytest.param(lambda code: codes.grouped(code).lower(), id="in lower-case groups"),
        pytest.param(" ".join, id="letter by letter"),
        pytest.param(lambda code: f" {code}\r\n", id="with a scanner's return"),
        pytest.param(lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code), id="full width"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\u2013"), id="with dashes"),
    ],
)
def test_a_code_is_found_however_it_is_typed(retailer: Retailer, written: Any) -> None:
    held = retailer.sold["CASH-500"]

    assert retailer.look_up(written(held.code)).json["voucher_id"] == held.voucher_id


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda token: token, id="bare"),
        pytest.param(str.lower, id="in lower case"),
        pytest.param(lambda token: f"https://shop.example/api/v/{token}", id="with its address"),
        pytest.param(lambda token: f"HTTPS://SHOP.EXAMPLE/API/V/{token}", id="with its address in capitals"),
        pytest.param(lambda token: f"https://shop.example/api/v/{token}/".lower(), id="with a slash after it"),
        pytest.param(lambda token: f"{token}\r\n", id="with a scanner's return"),
    ],
)
def test_a_qr_is_found_however_it_is_scanned(retailer: Retailer, written: Any) -> None:
    held = retailer.sold["CASH-500"]

    assert retailer.look_up(written(held.qr)).json["voucher_id"] == held.voucher_id


def test_the_code_and_the_qr_of_an_earlier_credential_are_both_stale(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.act("reissue", held.voucher_id)

    for credential in (held.qr, held.code):
        found = retailer.look_up(credential).json
        assert (found["usable"], found["refusal"]["code"]) == (False, "stale_credential")


def test_the_credential_after_a_reissue_is_good_both_ways(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.act("reissue", held.voucher_id)
    fresh = retailer.held(held.voucher_id, 2)

    assert [retailer.look_up(each).json["usable"] for each in (fresh.qr, fresh.code)] == [True, True]


def test_a_credential_that_was_never_given_out_is_stale(retailer: Retailer) -> None:
    ahead = retailer.world.wiring.signer.token(Credential(retailer.sold["CASH-500"].voucher_id, 2))

    assert retailer.look_up(ahead).json["refusal"]["code"] == "stale_credential"


def test_a_discount_says_what_it_takes_off_the_basket(retailer: Retailer) -> None:
    answer = retailer.look_up(retailer.sold["COFFEE-10"].qr, basket={"total": money("400")}).json

    assert answer["available"]["discount"]["off"] == money("40")


def test_a_basket_below_the_minimum_spend_is_told_before_anybody_redeems(retailer: Retailer) -> None:
    answer = retailer.look_up(retailer.sold["COFFEE-10"].qr, basket={"total": money("250")}).json

    assert (answer["usable"], answer["refusal"]["code"]) == (False, "minimum_spend")
    assert answer["refusal"]["minimum_spend"] == money("300")


# With a basket.


def test_a_discount_says_what_it_takes_off_a_basket(retailer: Retailer) -> None:
    found = retailer.look_up(retailer.sold["COFFEE-10"].qr, basket={"total": money("1455")}).json

    assert (found["usable"], found["available"]["discount"]["off"]) == (True, money("146"))


def test_a_discount_says_of_which_goods_and_why_no_more(retailer: Retailer) -> None:
    offer = {"percent": "50", "cap": money("100"), "products": ["tea"], "limits": {"day": 1}}
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount=offer))
    (held,) = retailer.sell("OFF")

    found = retailer.look_up(held.qr, basket=basket(("mug", "500"), ("tea", "300"))).json["available"]["discount"]

    assert (found["products"], found["limits"]) == (["tea"], {"day": 1, "week": None, "month": None})
    assert (found["off"], found["eligible"], found["capped"]) == (money("100"), money("300"), True)
    assert [(line["line_id"], line["off"]["amount"], line["eligible"]) for line in found["lines"]] == [
        ("1", "0", False),
        ("2", "100", True),
    ]


@pytest.mark.parametrize(
    ("told", "advice"),
    [
        ({"total": money("500")}, "Scan all the goods first"),
        (basket(("mug", "500")), "Nothing in the basket"),
    ],
)
def test_a_basket_of_which_nothing_is_known_to_qualify_is_told_what_to_do(
    retailer: Retailer, told: dict[str, Any], advice: str
) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount={"percent": "50", "products": ["tea"]}))
    (held,) = retailer.sell("OFF")

    refusal = retailer.look_up(held.qr, basket=told).json["refusal"]

    assert (refusal["code"], refusal["products"]) == ("wrong_product", ["tea"])
    assert advice in refusal["message"]["en"]


@pytest.mark.parametrize(
    ("total", "code"), [(money("299"), "minimum_spend"), (money("900", "JPY"), "currency_mismatch")]
)
def test_a_basket_that_the_discount_does_not_fit_is_told_before_it_is_redeemed(
    retailer: Retailer, total: dict[str, str], code: str
) -> None:
    qr = retailer.sold["COFFEE-10"].qr

    found = retailer.look_up(qr, basket={"total": total}).json

    assert (found["usable"], found["refusal"]["code"]) == (False, code)
    assert retailer.redeem("r-1", qr, basket={"total": total}).code == code


def test_a_basket_does_not_matter_to_money(retailer: Retailer) -> None:
    found = retailer.look_up(retailer.sold["CASH-500"].qr, basket={"total": money("10", "USD")}).json

    assert (found["usable"], found["available"]["money"]) == (True, money("500"))


def test_a_look_with_a_basket_is_one_read(retailer: Retailer) -> None:
    retailer.look_up(retailer.sold["COFFEE-10"].qr, basket={"total": money("900")})

    assert retailer.world.calls == ["BatchGetItem"]
