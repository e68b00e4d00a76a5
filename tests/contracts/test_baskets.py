from typing import Any

import pytest

from functions.contracts.baskets import MOST_LINES, Basket
from functions.contracts.till import LookupRequest, RedemptionRequest
from functions.domain.basket import Basket as Goods
from functions.domain.basket import BasketLine
from tests.contracts.bodies import MONEY, read, wrong
from tests.domain.samples import twd

LINE = {"sku": "tea", "quantity": 2, "amount": MONEY}


def line(amount: str, **override: Any) -> dict[str, Any]:
    return LINE | {"amount": MONEY | {"amount": amount}} | override


def test_a_basket_is_a_total() -> None:
    assert read(Basket).domain == Goods(twd(500))


def test_a_basket_may_say_which_goods_it_holds() -> None:
    told = read(Basket, lines=[line("120", line_id="1"), line("380", sku="mug", quantity=1)])

    assert told.domain == Goods(twd(500), (BasketLine("tea", 2, twd(120), "1"), BasketLine("mug", 1, twd(380))))


def test_goods_that_are_given_away_are_goods() -> None:
    assert len(read(Basket, lines=[LINE, line("0", sku="sample")]).domain.lines) == 2


def test_two_hundred_lines_are_a_basket() -> None:
    lines = [line("0")] * (MOST_LINES - 1)

    assert len(read(Basket, lines=[LINE, *lines]).domain.lines) == 200
    assert wrong(Basket, lines=[LINE, line("0"), *lines]) == {"lines"}


@pytest.mark.parametrize(
    "lines",
    [
        [line("499")],
        [LINE, LINE],
        [LINE | {"amount": {"amount": "500", "currency": "JPY"}}],
        [line("200", line_id="1"), line("300", line_id="1")],
    ],
    ids=["less than the total", "more than it", "another currency", "one line_id for two lines"],
)
def test_lines_that_do_not_make_the_total_are_refused(lines: list[Any]) -> None:
    assert wrong(Basket, lines=lines) == {""}


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([], "lines"),
        ([LINE | {"sku": ""}], "lines.0.sku"),
        ([LINE | {"quantity": 0}], "lines.0.quantity"),
        ([LINE | {"quantity": 1.5}], "lines.0.quantity"),
        ([LINE | {"quantity": 10_001}], "lines.0.quantity"),
        ([LINE | {"line_id": "a b"}], "lines.0.line_id"),
        ([LINE | {"line_id": ""}], "lines.0.line_id"),
        ([line("-500")], "lines.0.amount"),
        ([LINE | {"amount": 500}], "lines.0.amount"),
        ([LINE | {"price": MONEY}], "lines.0.price"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(lines: list[Any], where: str) -> None:
    assert wrong(Basket, lines=lines) == {where}


@pytest.mark.parametrize("model", [LookupRequest, RedemptionRequest])
def test_a_till_is_told_that_its_basket_does_not_add_up(model: type[LookupRequest]) -> None:
    assert wrong(model, basket={"total": MONEY, "lines": [line("1")]}) == {"basket"}
