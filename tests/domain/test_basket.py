import pytest

from functions.domain.basket import Basket, BasketLine
from functions.domain.errors import InvalidValueError
from functions.domain.money import Money
from tests.domain.samples import goods, twd


def test_only_the_total_need_be_known() -> None:
    assert Basket(twd(500)).lines == ()


def test_the_lines_add_up_to_the_total() -> None:
    lines = (BasketLine("tea", 2, twd(120)), BasketLine("bag", 1, twd(380)))

    assert Basket(twd(500), lines).lines == lines


def test_what_is_given_away_is_a_line_that_costs_nothing() -> None:
    assert goods(("tea", 100), ("sample", 0)).total == twd(100)


@pytest.mark.parametrize("total", [499, 501, 0])
def test_lines_that_do_not_add_up_are_refused(total: int) -> None:
    with pytest.raises(InvalidValueError, match="add up"):
        Basket(twd(total), goods(("tea", 500)).lines)


def test_a_line_in_another_currency_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="currency"):
        Basket(twd(500), (BasketLine("tea", 1, Money(500, "JPY")),))


def test_one_line_id_for_two_lines_is_refused() -> None:
    line = BasketLine("tea", 1, twd(100), "1")

    with pytest.raises(InvalidValueError, match="line_id"):
        Basket(twd(200), (line, line))


def test_one_article_may_stand_in_two_lines() -> None:
    line = BasketLine("tea", 1, twd(100))

    assert len(Basket(twd(200), (line, line)).lines) == 2


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_without_a_unit_is_refused(quantity: int) -> None:
    with pytest.raises(InvalidValueError, match="quantity"):
        BasketLine("tea", quantity, twd(100))


def test_a_line_below_zero_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="before discounts"):
        BasketLine("rebate", 1, twd(-10))


def test_a_total_below_zero_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="total"):
        Basket(twd(-1))


TEA_AND_BAG = goods(("tea", 100), ("bag", 400))


def test_the_same_lines_in_another_order_are_the_same_basket() -> None:
    assert Basket(twd(500), TEA_AND_BAG.lines[::-1]).identity == TEA_AND_BAG.identity


@pytest.mark.parametrize(
    "other",
    [
        Basket(twd(500)),
        Basket(Money(500, "JPY")),
        goods(("tea", 100), ("mug", 400)),
        goods(("tea", 101), ("bag", 399)),
        Basket(twd(500), (BasketLine("tea", 2, twd(100), "1"), BasketLine("bag", 1, twd(400), "2"))),
        Basket(twd(500), (BasketLine("tea", 1, twd(100), "1"), BasketLine("bag", 1, twd(400)))),
    ],
    ids=["no lines", "another currency", "another article", "other amounts", "another quantity", "another line_id"],
)
def test_anything_else_makes_another_basket(other: Basket) -> None:
    assert other.identity != TEA_AND_BAG.identity
