"""What all wire models share: strict types, no unknown fields, and the shapes of money, text and time."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from functions.domain.identity import IDENTIFIER
from functions.domain.money import Money
from functions.domain.text import Text
from functions.domain.worth import ItemLine, Worth

D = TypeVar("D", bound=date)
# Pydantic alone would take a number in quotes for seconds since 1970, and so "2026" for an instant of that year.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# Every zone must be able to name a moment and the day after it, which Python's first and last year cannot.
_YEARS = range(1970, 9999)


class Wire(BaseModel):
    """A body or message. Unknown fields are refused: a mistyped `money` must never mean 'all that is left'.

    Schemas are built at first use, so that a function pays only for the models it reads or writes.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, hide_input_in_errors=True)


def read_instant(sent: str) -> datetime:
    """An instant as it comes in: RFC 3339 with an offset, in a year that every zone can name.

    Raises:
        ValueError: it is anything else.
    """
    if _RFC3339.fullmatch(sent) is None:
        raise ValueError("must be a time with its offset, such as 2026-11-22T10:42:00+08:00")
    return _utc(datetime.fromisoformat(sent.upper()))


def in_range(moment: D) -> D:
    """The same day or instant.

    Raises:
        ValueError: it is too far off to be meant.
    """
    if moment.year not in _YEARS:
        raise ValueError(f"must lie in the years {_YEARS[0]} to {_YEARS[-1]}")
    return moment


def _read_text(sent: object) -> object:
    return read_instant(sent) if isinstance(sent, str) else sent


def _utc(moment: datetime) -> datetime:
    return in_range(moment).astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """An instant as it goes out: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Id = Annotated[str, Field(pattern=IDENTIFIER, examples=["xinyi-1"])]
Sku = Annotated[str, Field(min_length=1, max_length=255, examples=["CASH-500"])]
Label = Annotated[str, Field(min_length=1, max_length=255)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_read_text),
    AfterValidator(_utc),
    PlainSerializer(rfc3339, return_type=str),
    Field(examples=["2026-11-22T02:42:00.000Z"]),
]


class WireAmount(Wire):
    """An amount as a decimal string; a change of one may be negative."""

    amount: str = Field(max_length=24, examples=["500", "499.50"])
    currency: str = Field(max_length=8, examples=["TWD"])

    @classmethod
    def of(cls, money: Money) -> Self:
        """The wire form."""
        return cls(amount=money.amount, currency=money.currency)


class WireMoney(WireAmount):
    """An amount as a decimal string; a JSON number, a sign or an exponent is refused."""

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        Money.parse(self.amount, self.currency)
        return self

    @property
    def domain(self) -> Money:
        """The domain value."""
        return Money.parse(self.amount, self.currency)


def _positive(money: WireMoney) -> WireMoney:
    if money.domain.minor == 0:
        raise ValueError("must be more than zero")
    return money


PositiveMoney = Annotated[WireMoney, AfterValidator(_positive)]


class WireText(Wire):
    """Text for people, in both languages."""

    zh_hant: str = Field(alias="zh-Hant", min_length=1, max_length=4000, examples=["禮券"])
    en: str = Field(min_length=1, max_length=4000, examples=["Gift voucher"])

    @classmethod
    def of(cls, text: Text) -> Self:
        """The wire form."""
        return cls.model_validate({"zh-Hant": text.zh_hant, "en": text.en})

    @property
    def domain(self) -> Text:
        """The domain value."""
        return Text(self.zh_hant, self.en)


class WireItem(Wire):
    """`quantity` units of one service or article."""

    sku: Sku
    name: WireText
    quantity: int = Field(ge=-1_000_000, le=1_000_000, examples=[3])

    @classmethod
    def of(cls, line: ItemLine) -> Self:
        """The wire form."""
        return cls(sku=line.sku, name=WireText.of(line.name), quantity=line.quantity)

    @property
    def domain(self) -> ItemLine:
        """The domain value."""
        return ItemLine(self.sku, self.name.domain, self.quantity)


class WireWorth(Wire):
    """An amount, lines, or uses; only one of them is there."""

    money: WireAmount | None = None
    items: list[WireItem] | None = None
    uses: int | None = None

    @classmethod
    def of(cls, worth: Worth) -> Self:
        """The wire form."""
        return cls(
            money=WireAmount.of(worth.money) if worth.money else None,
            items=[WireItem.of(line) for line in worth.items] or None,
            uses=worth.uses,
        )


class Page(Wire):
    """What every list answers with beside its `items`: the cursor of the next page, or null."""

    next_cursor: str | None = None
