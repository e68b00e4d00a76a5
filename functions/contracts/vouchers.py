"""What an administrator sees of a voucher, and may do to it."""

from datetime import date, datetime
from typing import Self

from pydantic import Field

from functions.contracts.available import Available
from functions.contracts.base import Id, Instant, Page, Wire, WireMoney, WireWorth
from functions.contracts.holds import HoldSummary
from functions.contracts.till import PastUse, ProductSummary
from functions.domain.ledger import Entry
from functions.domain.voucher import Voucher


class VoucherAnswer(Wire):
    """A voucher as it stands. Neither its code nor its QR is in any answer."""

    voucher_id: str
    shop_id: str
    order_id: str
    line_id: str
    unit: int
    product: ProductSummary
    kind: str
    funding: str
    state: str
    state_reason: str | None
    flag: str | None
    customer_id: str | None
    face_value: WireWorth
    available: Available
    issued_at: Instant
    valid_from: Instant
    expires_at: Instant | None
    credential: int
    version: int
    replaces: str | None
    replaced_by: str | None
    holds: list[HoldSummary]
    history: list[PastUse]

    @classmethod
    def of(cls, voucher: Voucher, now: datetime) -> Self:
        """The wire form."""
        return cls(
            voucher_id=voucher.voucher_id,
            shop_id=voucher.source.shop_id,
            order_id=voucher.source.order_id,
            line_id=voucher.source.line_id,
            unit=voucher.source.unit,
            product=ProductSummary.of(voucher.terms),
            kind=voucher.terms.kind,
            funding=voucher.terms.funding,
            state=voucher.state,
            state_reason=voucher.state_reason,
            flag=voucher.flag,
            customer_id=voucher.customer_id,
            face_value=WireWorth.of(voucher.face),
            available=Available.of(voucher.available(now), voucher.terms.discount),
            issued_at=voucher.issued_at,
            valid_from=voucher.valid_from,
            expires_at=voucher.expires_at,
            credential=voucher.credential,
            version=voucher.version,
            replaces=voucher.replaces,
            replaced_by=voucher.replaced_by,
            holds=[HoldSummary.of(hold) for hold in voucher.open_holds(now)],
            history=[PastUse.of(use) for use in reversed(voucher.recent)],
        )


class VoucherAction(Wire):
    """Why the voucher is suspended, resumed, revoked or reissued."""

    reason: str | None = Field(None, min_length=1, max_length=500)


class VoucherTransfer(VoucherAction):
    """Who gets the voucher, and why."""

    customer_id: Id


class EntryAnswer(Wire):
    """One line of the ledger; the changes of all lines add up to the balance.

    A hold changes nothing: it keeps `held` `until` then, or until a later line captures or releases it.
    """

    sequence: int
    kind: str
    recorded_at: Instant
    change: WireWorth
    balance: WireWorth
    store_id: str | None
    terminal_id: str | None
    business_day: date | None
    reference: str | None
    redemption: str | None
    hold: str | None
    held: WireWorth | None
    until: Instant | None
    off: WireMoney | None
    occurred_at: Instant | None
    other_voucher_id: str | None
    reason: str | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The wire form."""
        return cls(
            sequence=entry.sequence,
            kind=entry.kind,
            recorded_at=entry.recorded_at,
            change=WireWorth.of(entry.change),
            balance=WireWorth.of(entry.balance),
            store_id=entry.store_id,
            terminal_id=entry.terminal_id,
            business_day=entry.business_day,
            reference=entry.reference,
            redemption=entry.redemption,
            hold=entry.hold,
            held=WireWorth.of(entry.held) if entry.held else None,
            until=entry.until,
            off=WireMoney.of(entry.off) if entry.off else None,
            occurred_at=entry.occurred_at,
            other_voucher_id=entry.other_voucher_id,
            reason=entry.reason,
        )


class LedgerPage(Page):
    """A voucher's entries, oldest first."""

    items: list[EntryAnswer]
