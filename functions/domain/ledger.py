"""The immutable story of a voucher: one entry a change, numbered without gaps."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from functions.domain.money import Money
from functions.domain.product import Funding
from functions.domain.worth import Worth


class EntryKind(StrEnum):
    """What happened."""

    ISSUE = "issue"
    REDEEM = "redeem"
    VOID = "void"
    REFUND = "refund"
    HOLD = "hold"
    RELEASE = "release"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    REISSUE = "reissue"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


# After these a voucher, or a QR of it, is not as good as before, or good again: tills that work offline must hear.
STANDING = frozenset({EntryKind.SUSPEND, EntryKind.RESUME, EntryKind.REVOKE, EntryKind.REISSUE, EntryKind.TRANSFER_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`sequence` is the voucher's version after the change; `change` adds up to `balance` over all entries.

    A till's entry names its `reference`; `redemption` is what a refund gives back of, `hold` the hold
    that a redemption captured or a new hold replaced. A hold changes nothing: it keeps `held` for one sale `until`.
    `business_day` is the day at the store on which value moved, `off` what a discount took from the basket (or gave
    back), and `occurred_at` when it happened at a till that was offline. `selling_store_id` is the store whose till
    sold the voucher, and `funding` who paid for it: a settlement reads nothing besides its entries.
    """

    voucher_id: str
    sequence: int
    kind: EntryKind
    recorded_at: datetime
    change: Worth
    balance: Worth
    shop_id: str | None = None
    selling_store_id: str | None = None
    product_id: str | None = None
    funding: Funding | None = None
    store_id: str | None = None
    terminal_id: str | None = None
    business_day: date | None = None
    reference: str | None = None
    redemption: str | None = None
    hold: str | None = None
    held: Worth | None = None
    until: datetime | None = None
    off: Money | None = None
    occurred_at: datetime | None = None
    other_voucher_id: str | None = None
    reason: str | None = None
