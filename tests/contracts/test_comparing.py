import json
from typing import Any

import pytest

from functions.contracts.comparing import MOST_CREDENTIALS, CompareAnswer, CompareRequest
from functions.domain.discount import Discount
from functions.domain.offers import Offer, ranked
from functions.domain.refusals import UnknownVoucher
from tests.contracts.bodies import MONEY, wrong
from tests.domain.samples import VOUCHER_ID, discount_voucher, goods, twd

BASKET = goods(("tea", 300), ("mug", 200))


def items(*offers: Offer) -> Any:
    return json.loads(CompareAnswer.of(BASKET.total, ranked(offers)).model_dump_json(by_alias=True))["items"]


@pytest.mark.parametrize(
    ("credentials", "where"),
    [
        ([], "credentials"),
        (["A"] * (MOST_CREDENTIALS + 1), "credentials"),
        ("A", "credentials"),
        (["A", ""], "credentials.1"),
        ([None], "credentials.0"),
        (["A" * 16_385], "credentials.0"),
    ],
)
def test_one_to_ten_credentials_are_compared(credentials: Any, where: str) -> None:
    assert wrong(CompareRequest, credentials=credentials) == {where}


def test_nothing_is_compared_without_a_basket() -> None:
    assert wrong(CompareRequest, basket=...) == {"basket"}


def test_the_basket_is_told_back() -> None:
    assert CompareAnswer.of(BASKET.total, ()).basket.model_dump() == MONEY


def test_a_discount_is_told_with_what_it_takes_off_which_line() -> None:
    tea_only = discount_voucher(Discount(amount=twd(90), cap=twd(60), products=("tea",)))

    (shown,) = items(Offer(named=(0, 2), voucher=tea_only, priced=tea_only.priced(BASKET)))

    assert (shown["named"], shown["voucher_id"], shown["product"]["product_id"]) == ([0, 2], VOUCHER_ID, "coffee-10")
    assert (shown["usable"], shown["refusal"], shown["best"], shown["capped"]) == (True, None, True, True)
    assert (shown["off"]["amount"], shown["eligible"]["amount"]) == ("60", "300")
    assert [(line["sku"], line["off"]["amount"]) for line in shown["lines"]] == [("tea", "60"), ("mug", "0")]


def test_what_nobody_knows_is_told_as_such() -> None:
    (shown,) = items(Offer(named=(1,), refusal=UnknownVoucher()))

    assert (shown["voucher_id"], shown["product"], shown["usable"], shown["best"]) == (None, None, False, False)
    assert (shown["refusal"]["code"], shown["off"], shown["lines"]) == ("unknown", None, None)
