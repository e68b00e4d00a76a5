import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.discount import Discount
from functions.domain.money import Money
from tests.domain.samples import twd

AMOUNTS = st.integers(0, 10**9).map(twd)
DISCOUNTS = st.one_of(
    st.builds(Discount, basis_points=st.integers(1, 10_000), cap=st.none() | AMOUNTS),
    st.builds(Discount, amount=AMOUNTS, cap=st.none() | AMOUNTS),
)


@pytest.mark.parametrize(
    ("basis_points", "basket", "off"),
    [
        (1_000, 500, 50),
        (1_000, 504, 50),
        (1_000, 505, 51),
        (1_000, 4, 0),
        (1_000, 5, 1),
        (1_250, 4, 1),
        (3_333, 100, 33),
        (10_000, 499, 499),
        (1, 4_999, 0),
        (1, 5_000, 1),
        (1_000, 0, 0),
    ],
)
def test_a_percentage_is_rounded_half_up_to_the_minor_unit(basis_points: int, basket: int, off: int) -> None:
    assert Discount(basis_points=basis_points).off(twd(basket)) == twd(off)


def test_a_percentage_of_cents_is_rounded_to_the_cent() -> None:
    assert Discount(basis_points=1_000).off(Money(1_995, "USD")) == Money(200, "USD")


def test_a_percentage_stops_at_its_cap() -> None:
    discount = Discount(basis_points=5_000, cap=twd(100))

    assert discount.off(twd(199)) == twd(100)
    assert discount.off(twd(198)) == twd(99)
    assert discount.off(twd(10_000)) == twd(100)


def test_an_amount_takes_no_more_than_the_basket_holds() -> None:
    assert Discount(amount=twd(100)).off(twd(60)) == twd(60)


@given(DISCOUNTS, AMOUNTS)
def test_what_comes_off_is_never_negative_nor_more_than_basket_or_cap(discount: Discount, basket: Money) -> None:
    off = discount.off(basket)

    assert 0 <= off.minor <= basket.minor
    assert discount.cap is None or off.minor <= discount.cap.minor


@given(DISCOUNTS, AMOUNTS, AMOUNTS)
def test_a_larger_basket_never_gets_less_off(discount: Discount, one: Money, other: Money) -> None:
    smaller, larger = sorted((one, other), key=lambda money: money.minor)

    assert discount.off(smaller).minor <= discount.off(larger).minor


@pytest.mark.parametrize(
    "discount",
    [
        Discount(amount=twd(100)),
        Discount(basis_points=1_000, minimum_spend=twd(500)),
        Discount(basis_points=1_000, cap=twd(500)),
    ],
)
def test_a_discount_is_in_the_currency_of_whatever_amount_it_names(discount: Discount) -> None:
    assert discount.currency == "TWD"


def test_a_bare_percentage_fits_any_currency() -> None:
    assert Discount(basis_points=1_000).currency is None


def test_a_discount_is_good_once_unless_it_says_otherwise() -> None:
    assert Discount(basis_points=1_000).uses == 1
