from datetime import time, timedelta
from typing import Any

import pytest

from functions.domain.discount import Discount
from functions.domain.errors import InvalidValueError
from functions.domain.product import Funding, Guarantee, Kind
from functions.domain.validity import Hours, Window
from functions.domain.worth import ItemLine, Worth
from tests.domain.samples import NOW, TEA, XINYI, cash, lines, product, promotion, twd

TEN_PERCENT = Discount(basis_points=1_000)


@pytest.mark.parametrize("window", [Window(ends=NOW + timedelta(days=9_000)), Window(days=3_650), Window(days=0)])
def test_what_was_paid_for_never_expires(window: Window) -> None:
    with pytest.raises(InvalidValueError, match="never expires"):
        product(window=window)


def test_what_was_paid_for_may_start_later_and_keep_opening_hours() -> None:
    window = Window(starts=NOW, weekdays=(1, 2), hours=Hours(time(9), time(17)))

    assert product(window=window).window == window


def test_what_was_given_away_may_expire() -> None:
    assert promotion(Window(days=30)).window.can_expire


@pytest.mark.parametrize(
    ("field", "override"),
    [
        ("value", {"kind": Kind.CASH, "worth": lines(tea=1)}),
        ("items", {"kind": Kind.ITEM}),
        ("items", {"kind": Kind.PICKUP}),
        ("discount", {"kind": Kind.DISCOUNT, "funding": Funding.PROMOTIONAL}),
        (
            "funding",
            {"kind": Kind.DISCOUNT, "funding": Funding.PREPAID, "discount": TEN_PERCENT, "worth": Worth(uses=1)},
        ),
        ("value", {"worth": cash(0)}),
        ("value", {"kind": Kind.ITEM, "worth": lines(tea=0)}),
        ("items", {"kind": Kind.ITEM, "worth": Worth(items=(ItemLine("tea", TEA, 1), ItemLine("tea", TEA, 2)))}),
    ],
)
def test_what_could_not_be_sold_is_refused_and_named(field: str, override: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        product(**override)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "override",
    [
        {"kind": Kind.CASH, "worth": Worth(money=twd(1))},
        {"kind": Kind.ITEM, "worth": lines(spa_hour=3, tea=2)},
        {"kind": Kind.PICKUP, "worth": lines(tea=1), "stores": ("xinyi",)},
        {
            "kind": Kind.DISCOUNT,
            "funding": Funding.PROMOTIONAL,
            "discount": TEN_PERCENT,
            "worth": Worth(uses=1),
        },
    ],
)
def test_every_kind_can_be_sold(override: dict[str, Any]) -> None:
    assert product(**override).kind is override["kind"]


def test_a_guarantee_lasts_a_year_unless_it_says_longer() -> None:
    """Taiwan's gift-voucher rules: at least twelve months."""
    assert Guarantee(XINYI).months == 12
