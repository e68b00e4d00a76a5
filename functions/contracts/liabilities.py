"""What is owed to the holders of vouchers, as JSON and as a table."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from functions.contracts.base import Instant, Page, Wire, WireAmount, rfc3339
from functions.contracts.cursors import MAYBE, TEXT, foreign_cursor, read_cursor, write_cursor
from functions.contracts.sheets import Cell, sheet
from functions.domain.liability import Bucket, Outstanding
from functions.domain.money import Money
from functions.domain.parts import Part, Unit
from functions.domain.product import Funding

_HEADINGS = (
    "as_of", "funding", "sold_on", "shop_id", "product_id", "guarantee_ends", "expires_at", "expired", "unit", "of",
    "outstanding",
)  # fmt: skip


class LiabilityLine(Wire):
    """Vouchers that are alike: either `money`, or `quantity` of one `sku`, or uses (`quantity` without a sku).

    `expired` is promotional value that nobody can use any more.
    """

    funding: str
    sold_on: date
    shop_id: str
    product_id: str
    guarantee_ends: date | None
    expires_at: Instant | None
    expired: bool
    money: WireAmount | None
    sku: str | None
    quantity: int | None

    @classmethod
    def of(cls, outstanding: Outstanding, now: datetime) -> Self:
        """The wire form."""
        bucket, amount = outstanding.bucket, outstanding.amount
        is_money = bucket.part.unit is Unit.MONEY
        return cls(
            funding=bucket.funding,
            sold_on=bucket.sold_on,
            shop_id=bucket.shop_id,
            product_id=bucket.product_id,
            guarantee_ends=bucket.guarantee_ends,
            expires_at=bucket.expires_at,
            expired=outstanding.is_expired(now),
            money=WireAmount.of(Money(amount, bucket.part.of)) if is_money else None,
            sku=bucket.part.of if bucket.part.unit is Unit.ITEM else None,
            quantity=None if is_money else amount,
        )


class LiabilityAnswer(Page):
    """What is owed, prepaid first, by day of sale; every change before `as_of` is in it (null: not counted yet)."""

    as_of: Instant | None
    items: list[LiabilityLine]


def liability_sheet(lines: Sequence[Outstanding], as_of: datetime | None, now: datetime) -> str:
    """The same as a table."""
    told = rfc3339(as_of) if as_of else None
    return sheet(_HEADINGS, [(told, *_cells(each, now)) for each in lines])


def _cells(outstanding: Outstanding, now: datetime) -> Sequence[Cell]:
    bucket = outstanding.bucket
    ends = str(bucket.guarantee_ends) if bucket.guarantee_ends else None
    expires = rfc3339(bucket.expires_at) if bucket.expires_at else None
    return (
        bucket.funding, str(bucket.sold_on), bucket.shop_id, bucket.product_id, ends, expires,
        "yes" if outstanding.is_expired(now) else "no", bucket.part.unit, bucket.part.of, _amount(outstanding),
    )  # fmt: skip


def _amount(outstanding: Outstanding) -> str:
    part, amount = outstanding.bucket.part, outstanding.amount
    return Money(amount, part.of).amount if part.unit is Unit.MONEY else str(amount)


def write_bucket(bucket: Bucket) -> str:
    """The cursor behind a sum."""
    return write_cursor(
        bucket.funding, str(bucket.sold_on), bucket.shop_id, bucket.product_id,
        str(bucket.guarantee_ends) if bucket.guarantee_ends else None,
        bucket.expires_at.isoformat() if bucket.expires_at else None, bucket.part.unit, bucket.part.of,
    )  # fmt: skip


def read_bucket(cursor: str) -> Bucket:
    """Behind which sum a page begins.

    Raises:
        InvalidValueError: no list of these gave this cursor out.
    """
    parts = read_cursor(cursor, TEXT, TEXT, TEXT, TEXT, MAYBE, MAYBE, TEXT, TEXT)
    funding, sold_on, shop_id, product_id, ends, expires, unit, of = (
        "" if part is None else str(part) for part in parts
    )
    try:
        return Bucket(
            funding=Funding(funding),
            sold_on=date.fromisoformat(sold_on),
            shop_id=shop_id,
            product_id=product_id,
            part=Part(Unit(unit), of),
            guarantee_ends=date.fromisoformat(ends) if ends else None,
            expires_at=datetime.fromisoformat(expires) if expires else None,
        )
    except ValueError as error:
        raise foreign_cursor() from error
