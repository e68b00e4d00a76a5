import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.worth import Worth
from tests.domain.samples import cash, lines, twd

AMOUNTS = st.integers(-1_000_000, 1_000_000)
ITEMS = st.builds(lambda spa, tea: lines(spa_hour=spa, tea=tea), AMOUNTS, AMOUNTS)
WORTHS = st.one_of(
    st.tuples(*[AMOUNTS.map(cash)] * 2),
    st.tuples(ITEMS, ITEMS),
    st.tuples(*[AMOUNTS.map(lambda uses: Worth(uses=uses))] * 2),
)


@given(WORTHS)
def test_what_is_taken_and_given_back_leaves_the_same(pair: tuple[Worth, Worth]) -> None:
    one, other = pair

    assert one.minus(other).plus(other) == one


@given(WORTHS)
def test_taking_away_is_adding_the_negative(pair: tuple[Worth, Worth]) -> None:
    one, other = pair

    assert one.minus(other) == one.plus(other.negative())


@given(WORTHS)
def test_a_worth_less_itself_is_nothing(pair: tuple[Worth, Worth]) -> None:
    worth, _ = pair

    assert worth.minus(worth).is_nothing


def test_lines_are_combined_by_sku_and_not_by_place() -> None:
    left = lines(spa_hour=3, tea=2).minus(lines(tea=1))

    assert left == lines(spa_hour=3, tea=1)


def test_a_line_of_which_nothing_is_left_stays_on_the_voucher() -> None:
    left = lines(spa_hour=3, tea=2).minus(lines(tea=2))

    assert left.line("tea") == lines(tea=0).items[0]


@pytest.mark.parametrize("worth", [Worth(), cash(0), lines(spa_hour=0, tea=0), Worth(uses=0)])
def test_zeros_are_nothing(worth: Worth) -> None:
    assert worth.is_nothing


@pytest.mark.parametrize("worth", [cash(1), cash(-1), lines(spa_hour=0, tea=1), Worth(uses=1)])
def test_anything_else_is_something(worth: Worth) -> None:
    assert not worth.is_nothing


def test_an_unknown_sku_has_no_line() -> None:
    assert lines(tea=1).line("spa-hour") is None


def test_a_cash_worth_never_gains_lines_or_uses() -> None:
    assert Worth(money=twd(5)).plus(Worth(money=twd(2))) == Worth(money=twd(7), items=(), uses=None)
