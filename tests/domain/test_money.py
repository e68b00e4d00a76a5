import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.errors import InvalidValueError
from functions.domain.money import DECIMALS, Money

CURRENCIES = st.sampled_from(sorted(DECIMALS))
MINORS = st.integers(0, 10**12 - 1)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("500", "TWD", 500),
        ("0", "TWD", 0),
        ("499.50", "USD", 49_950),
        ("499.5", "USD", 49_950),
        ("4", "USD", 400),
        ("0.01", "USD", 1),
        ("999999999999", "TWD", 10**12 - 1),
    ],
)
def test_a_decimal_string_is_read_to_the_minor_unit(amount: str, currency: str, minor: int) -> None:
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "amount",
    [
        *("", " ", "500 ", " 500", "500\n", "5 00", "5,000", "5_000", "0x1F", "five", "NT$500"),
        *("1e3", "1E3", "1e-7", "5e", "NaN", "nan", "Infinity", "-Infinity", "inf"),
        *("-1", "-0", "+1", "−1"),
        *("00", "01", "007", "00.5"),
        *(".5", "5.", ".", "1.2.3"),
        *("５００", "٥٠٠", "५००", "²"),
        *("1000000000000", "9" * 39, "9" * 5_000),
    ],
)  # fmt: skip
def test_what_is_no_plain_decimal_is_refused(amount: str) -> None:
    with pytest.raises(InvalidValueError, match="amount"):
        Money.parse(amount, "USD")


@pytest.mark.parametrize(
    ("amount", "currency"), [("10.005", "USD"), ("500.0", "TWD"), ("500.5", "JPY"), ("1.0000000", "USD")]
)
def test_more_decimals_than_the_currency_has_are_refused_even_zeros(amount: str, currency: str) -> None:
    with pytest.raises(InvalidValueError, match="amount"):
        Money.parse(amount, currency)


@pytest.mark.parametrize("currency", ["twd", "TWD ", "", "XXX", "NTD", "ＴＷＤ"])
def test_a_currency_that_is_not_supported_is_refused(currency: str) -> None:
    with pytest.raises(InvalidValueError, match="currency"):
        Money.parse("500", currency)


@pytest.mark.parametrize("currency", ["TWD", "JPY", "KRW", "VND"])
def test_currencies_that_no_shop_divides_have_no_decimals(currency: str) -> None:
    assert Money(500, currency).amount == "500"


@pytest.mark.parametrize("currency", sorted(DECIMALS.keys() - {"TWD", "JPY", "KRW", "VND"}))
def test_all_others_have_two(currency: str) -> None:
    assert Money(49_950, currency).amount == "499.50"


def test_no_money_exists_in_an_unsupported_currency() -> None:
    with pytest.raises(InvalidValueError, match="currency"):
        Money(500, "XXX")


@given(MINORS, CURRENCIES)
def test_what_is_written_is_read_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert Money.parse(money.amount, currency) == money


@given(st.text(alphabet="0123456789.-+eE_ ,\u0660\uff10", max_size=16), CURRENCIES)
def test_every_text_is_read_exactly_or_refused_as_invalid(amount: str, currency: str) -> None:
    try:
        money = Money.parse(amount, currency)
    except InvalidValueError:
        return

    whole, _, fraction = money.amount.partition(".")
    assert amount.partition(".")[0] == whole
    assert amount.partition(".")[2].ljust(len(fraction), "0") == fraction


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(-200, "TWD", "-200"), (-1, "USD", "-0.01"), (-12_345, "USD", "-123.45"), (0, "USD", "0.00"), (5, "USD", "0.05")],
)
def test_a_ledger_change_is_written_with_its_sign(minor: int, currency: str, amount: str) -> None:
    assert Money(minor, currency).amount == amount


@given(MINORS, MINORS, CURRENCIES)
def test_what_is_added_and_taken_away_again_leaves_the_same(one: int, other: int, currency: str) -> None:
    money = Money(one, currency)

    assert money + Money(other, currency) - Money(other, currency) == money


@pytest.mark.parametrize("combine", [operator.add, operator.sub, operator.lt, operator.gt])
def test_two_currencies_never_meet_in_one_sum_or_comparison(combine: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot combine (TWD with USD|USD with TWD)"):
        combine(Money(1, "TWD"), Money(1, "USD"))


def test_the_same_number_in_two_currencies_is_not_the_same_money() -> None:
    assert Money(500, "TWD") != Money(500, "JPY")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (-1, 0)])
def test_less_is_less_and_the_same_is_not(one: int, other: int) -> None:
    less, more = Money(one, "TWD"), Money(other, "TWD")

    assert less < more
    assert [more < less, less < less, more < more] == [False] * 3  # noqa: PLR0124 - that is the promise


def test_taking_away_more_than_there_is_goes_below_zero_and_not_around() -> None:
    assert Money(1, "TWD") - Money(3, "TWD") == -Money(2, "TWD")
