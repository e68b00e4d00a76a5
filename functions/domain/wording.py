"""How amounts, services, discounts and dates are written for people, in both languages."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.domain.discount import WHOLE, Discount
from functions.domain.money import Money
from functions.domain.tally import Limits, Period
from functions.domain.text import Language, Text
from functions.domain.worth import Worth

# CLDR's symbols, save for TWD: a bare `$` would leave a visitor guessing.
_SYMBOLS = {
    "TWD": "NT$", "JPY": "¥", "KRW": "₩", "VND": "₫",
    "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "CNY": "CN¥", "SGD": "S$", "MYR": "RM", "THB": "฿",
    "AUD": "A$", "CAD": "CA$", "MOP": "MOP$",
}  # fmt: skip
_CHINESE_SYMBOLS = _SYMBOLS | {"KRW": "￦", "AUD": "AU$"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Control characters, and those that turn the direction of writing: a name could make a price read backwards.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_SELECTED = Text("限指定商品", "selected products only")
_EXCLUDED = Text("部分商品不適用", "some products excluded")
_LIMITS = {
    Period.DAY: Text("每人每日限用 {limit} 次", "at most {limit} a day per customer"),
    Period.WEEK: Text("每人每週限用 {limit} 次", "at most {limit} a week per customer"),
    Period.MONTH: Text("每人每月限用 {limit} 次", "at most {limit} a month per customer"),
}
_TENTH = WHOLE // 10
_PERCENT = WHOLE // 100


def money_text(money: Money, language: Language) -> str:
    """`NT$1,500`, `US$4.99`; below zero `-NT$200`."""
    symbols = _CHINESE_SYMBOLS if language == "zh-Hant" else _SYMBOLS
    whole, point, fraction = money.amount.removeprefix("-").partition(".")
    return f"{'-' if money.minor < 0 else ''}{symbols[money.currency]}{int(whole):,}{point}{fraction}"


def worth_text(worth: Worth, discount: Discount | None, language: Language) -> str:
    """What is left, in one line: `NT$500`, `精油按摩 × 3`, `9 折`; lines of which nothing is left are passed over."""
    if worth.is_nothing:
        return "已用完" if language == "zh-Hant" else "used up"
    if worth.money is not None:
        return money_text(worth.money, language)
    if worth.items:
        left = (line for line in worth.items if line.quantity)
        return _listed([f"{line.name.of(language)} × {line.quantity}" for line in left], language)
    return _listed([*_discount_parts(discount, language), *_uses_parts(worth.uses or 0, language)], language)


def date_text(moment: datetime, zone: str, language: Language) -> str:
    """The day and minute in `zone`: `2026 年 11 月 22 日 18:00`, `22 November 2026, 18:00`."""
    local = moment.astimezone(ZoneInfo(zone))
    space = " " if language == "zh-Hant" else ", "
    return f"{_day_text(local, language)}{space}{local:%H:%M}"


def expiry_text(expires_at: datetime | None, zone: str, language: Language) -> str:
    """Until when a voucher may be used. `expires_at` is the first instant after; midnight names the day before."""
    chinese = language == "zh-Hant"
    if expires_at is None:
        return "無使用期限" if chinese else "No expiry date"
    local = expires_at.astimezone(ZoneInfo(zone))
    is_whole_day = local.time() == time.min
    until = _day_text(local - timedelta(days=1), language) if is_whole_day else date_text(expires_at, zone, language)
    return f"使用期限至 {until}" if chinese else f"Valid until {until}"


def one_line(text: str) -> str:
    """A name as it may stand in a heading or header: nothing that breaks the line or turns the direction of writing."""
    return _UNPRINTABLE.sub(" ", text).strip()


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, an ellipsis in place of what was cut off."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _day_text(local: datetime, language: Language) -> str:
    if language == "zh-Hant":
        return f"{local.year} 年 {local.month} 月 {local.day} 日"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def _listed(parts: list[str], language: Language) -> str:
    return ("、" if language == "zh-Hant" else ", ").join(parts)


def _discount_parts(discount: Discount | None, language: Language) -> list[str]:
    if discount is None:
        return []
    chinese = language == "zh-Hant"
    parts = [_off_text(discount, language)]
    if discount.minimum_spend:
        least = money_text(discount.minimum_spend, language)
        parts.append(f"消費滿 {least} 可用" if chinese else f"on {least} or more")
    if discount.cap:
        most = money_text(discount.cap, language)
        parts.append(f"最多折抵 {most}" if chinese else f"at most {most} off")
    return [*parts, *goods_parts(discount, language), *limit_parts(discount.limits, language)]


def goods_parts(discount: Discount, language: Language) -> list[str]:
    """For which goods it is. A SKU says nothing to a customer: which they are stands in the terms."""
    parts = []
    if discount.products is not None:
        parts.append(_SELECTED)
    if discount.excluded:
        parts.append(_EXCLUDED)
    return [part.of(language) for part in parts]


def limit_parts(limits: Limits | None, language: Language) -> list[str]:
    """How often one customer may use it: `每人每日限用 1 次`, `at most 1 a day per customer`."""
    if limits is None:
        return []
    return [_LIMITS[period].of(language).format(limit=limit) for period, limit in limits.named.items()]


def _off_text(discount: Discount, language: Language) -> str:
    if discount.amount is not None:
        amount = money_text(discount.amount, language)
        return f"折抵 {amount}" if language == "zh-Hant" else f"{amount} off"
    off = discount.basis_points or 0
    if language == "zh-Hant":
        return _tenths_to_pay(WHOLE - off) or f"減 {_percent(off)}"
    return f"{_percent(off)} off"


def _tenths_to_pay(pay: int) -> str | None:
    """Chinese says what is paid, in tenths: 10 % off is `9 折`, 15 % off `85 折`. None where no one says it so."""
    if pay < _TENTH or pay % _PERCENT:
        return None
    return f"{pay // _TENTH if pay % _TENTH == 0 else pay // _PERCENT} 折"


def _percent(basis_points: int) -> str:
    whole, hundredths = divmod(basis_points, _PERCENT)
    return f"{whole}{f'.{hundredths:02}'.rstrip('0') if hundredths else ''}%"


def _uses_parts(uses: int, language: Language) -> list[str]:
    if uses == 1:
        return []
    return [f"可用 {uses} 次" if language == "zh-Hant" else f"{uses} uses"]
