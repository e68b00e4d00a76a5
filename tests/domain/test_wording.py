"""Amounts, services, discounts and dates as people read them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.domain.discount import Discount
from functions.domain.money import DECIMALS, Money
from functions.domain.tally import Limits
from functions.domain.text import Language, Text
from functions.domain.wording import date_text, expiry_text, money_text, one_line, shortened, worth_text
from functions.domain.worth import ItemLine, Worth

ZONE = "Asia/Taipei"
SPA = ItemLine("spa-hour", Text("精油按摩", "Oil massage"), 3)
TEA = ItemLine("tea", Text("花草茶", "Herbal tea"), 2)


def off(basis_points: int | None = 1000, **rest: Any) -> Discount:
    return Discount(basis_points=basis_points, **rest)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(500, "TWD"), "NT$500"),
        (Money(1234567, "TWD"), "NT$1,234,567"),
        (Money(0, "TWD"), "NT$0"),
        (Money(-200, "TWD"), "-NT$200"),
        (Money(499, "USD"), "US$4.99"),
        (Money(5, "USD"), "US$0.05"),
        (Money(-5, "USD"), "-US$0.05"),
        (Money(123456789, "EUR"), "€1,234,567.89"),
        (Money(980, "JPY"), "¥980"),
    ],
)
def test_money_is_written_with_its_symbol_and_thousands(money: Money, text: str) -> None:
    assert money_text(money, "zh-Hant") == money_text(money, "en") == text


@pytest.mark.parametrize("currency", DECIMALS)
@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_every_currency_has_a_symbol(currency: str, language: Language) -> None:
    assert money_text(Money(1, currency), language)


def test_no_two_currencies_look_alike() -> None:
    assert len({money_text(Money(0, currency), "en").rstrip("0.") for currency in DECIMALS}) == len(DECIMALS)


@pytest.mark.parametrize(
    ("worth", "chinese", "english"),
    [
        (Worth(money=Money(500, "TWD")), "NT$500", "NT$500"),
        (Worth(items=(SPA, TEA)), "精油按摩 × 3、花草茶 × 2", "Oil massage × 3, Herbal tea × 2"),
        (Worth(items=(SPA, ItemLine("x", Text("無", "none"), 0))), "精油按摩 × 3", "Oil massage × 3"),
        (Worth(money=Money(0, "TWD")), "已用完", "used up"),
        (Worth(uses=0), "已用完", "used up"),
    ],
)
def test_what_is_left_is_one_line(worth: Worth, chinese: str, english: str) -> None:
    assert (worth_text(worth, None, "zh-Hant"), worth_text(worth, None, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("discount", "chinese", "english"),
    [
        (off(1000), "9 折", "10% off"),
        (off(1500), "85 折", "15% off"),
        (off(9000), "1 折", "90% off"),
        (off(9500), "減 95%", "95% off"),
        (off(10000), "減 100%", "100% off"),
        (off(1250), "減 12.5%", "12.5% off"),
        (off(1), "減 0.01%", "0.01% off"),
        (off(None, amount=Money(100, "TWD")), "折抵 NT$100", "NT$100 off"),
        (
            off(2000, minimum_spend=Money(1000, "TWD"), cap=Money(300, "TWD")),
            "8 折、消費滿 NT$1,000 可用、最多折抵 NT$300",
            "20% off, on NT$1,000 or more, at most NT$300 off",
        ),
        (off(products=("tea",)), "9 折、限指定商品", "10% off, selected products only"),
        (off(excluded=("tea",)), "9 折、部分商品不適用", "10% off, some products excluded"),
        (
            off(limits=Limits(day=1, week=3, month=9)),
            "9 折、每人每日限用 1 次、每人每週限用 3 次、每人每月限用 9 次",
            "10% off, at most 1 a day per customer, at most 3 a week per customer, at most 9 a month per customer",
        ),
    ],
)
def test_a_discount_is_said_as_each_language_says_it(discount: Discount, chinese: str, english: str) -> None:
    once = Worth(uses=1)

    assert (worth_text(once, discount, "zh-Hant"), worth_text(once, discount, "en")) == (chinese, english)


def test_a_discount_for_several_uses_says_how_many_are_left() -> None:
    assert worth_text(Worth(uses=3), off(), "zh-Hant") == "9 折、可用 3 次"
    assert worth_text(Worth(uses=3), off(), "en") == "10% off, 3 uses"


@pytest.mark.parametrize(
    ("language", "text"), [("zh-Hant", "2026 年 11 月 23 日 00:30"), ("en", "23 November 2026, 00:30")]
)
def test_a_moment_is_told_in_the_shops_zone(language: Language, text: str) -> None:
    assert date_text(datetime(2026, 11, 22, 16, 30, tzinfo=UTC), ZONE, language) == text


@pytest.mark.parametrize(
    ("expires_at", "chinese", "english"),
    [
        (None, "無使用期限", "No expiry date"),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), "使用期限至 2026 年 12 月 31 日", "Valid until 31 December 2026"),
        (
            datetime(2026, 12, 31, 10, tzinfo=UTC),
            "使用期限至 2026 年 12 月 31 日 18:00",
            "Valid until 31 December 2026, 18:00",
        ),
    ],
    ids=["never", "end_of_day", "moment"],
)
def test_an_expiry_names_the_last_day_of_use(expires_at: datetime | None, chinese: str, english: str) -> None:
    assert (expiry_text(expires_at, ZONE, "zh-Hant"), expiry_text(expires_at, ZONE, "en")) == (chinese, english)


@pytest.mark.parametrize(("text", "short"), [("abc", "abc"), ("abcd", "ab…"), ("ab cd", "ab…"), ("", "")])
def test_a_long_text_ends_in_an_ellipsis_within_its_limit(text: str, short: str) -> None:
    assert shortened(text, 3) == short


@pytest.mark.parametrize(
    "text",
    ["a\r\nb", "a\x00b", "a\x85b", "a\u2028b", "a\u202eb", "a\u2066b", "a\x1cb"],
    ids=["crlf", "nul", "nel", "ls", "rlo", "lri", "fs"],
)
def test_one_line_has_no_break_and_no_turn(text: str) -> None:
    assert one_line(text) == "a b"
