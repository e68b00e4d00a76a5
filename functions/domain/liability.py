"""What is still owed to the holders of vouchers, in sums that an accountant asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from functions.domain.parts import Part
from functions.domain.product import Funding
from functions.domain.voucher import OVER, State, Voucher


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Vouchers that are alike for the books: sold on one day (the shop's), of one product, secured until one day.

    What customers paid for (`prepaid`) and what the shop gave away (`promotional`) are never in one. Only promotional
    value has an `expires_at`: whether it has passed by now is for the reader to judge, as it is at a till.
    """

    funding: Funding
    sold_on: date
    shop_id: str
    product_id: str
    part: Part
    guarantee_ends: date | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How much is owed on the vouchers of one bucket: minor units, pieces, uses."""

    bucket: Bucket
    amount: int

    def is_expired(self, now: datetime) -> bool:
        """Whether nobody can use it any more."""
        return self.bucket.expires_at is not None and now >= self.bucket.expires_at


def contribution(voucher: Voucher, left: Mapping[Part, int], state: State) -> dict[Bucket, int]:
    """What one voucher adds to the liability, `left` and `state` being what its ledger says.

    Nothing is owed on what was revoked, or is owed on the voucher that took its place.
    """
    if state in OVER:
        return {}
    return {_bucket(voucher, part): amount for part, amount in left.items() if amount}


def _bucket(voucher: Voucher, part: Part) -> Bucket:
    terms, zone = voucher.terms, ZoneInfo(voucher.terms.zone)
    return Bucket(
        funding=terms.funding,
        sold_on=voucher.issued_at.astimezone(zone).date(),
        shop_id=voucher.source.shop_id,
        product_id=terms.product_id,
        part=part,
        guarantee_ends=terms.guarantee.ends.astimezone(zone).date() if terms.guarantee else None,
        expires_at=voucher.expires_at,
    )
