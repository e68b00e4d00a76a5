"""What tills send and get."""

from dataclasses import replace
from datetime import datetime
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from functions.contracts.available import Available
from functions.contracts.base import Id, Instant, PositiveMoney, Sku, Wire, WireItem, WireMoney, WireText
from functions.contracts.baskets import Basket, WirePricedLine
from functions.contracts.problems import RefusalWire
from functions.domain.discount import Priced, PricedLine
from functions.domain.money import Money
from functions.domain.operations import Operation, Redemption, Tombstone, redemption_of
from functions.domain.product import Terms
from functions.domain.refusals import Refusal, Revoked
from functions.domain.voucher import Ask, Use, Voucher
from functions.domain.worth import Worth

# Whatever a scanner sends is text for the lookup to judge; a megabyte of it is not.
CREDENTIAL_MAX = 16_384


class AskedItem(Wire):
    """Units of one line of an item voucher."""

    sku: Sku
    quantity: int = Field(ge=1, le=10_000)


class Presented(Wire):
    """What was scanned or typed."""

    credential: str = Field(min_length=1, max_length=CREDENTIAL_MAX)


class LookupRequest(Presented):
    """What was scanned or typed, and the goods at the till if a discount is to be computed."""

    basket: Basket | None = None


class Part(Wire):
    """`money`, or `items`, or (with neither) all of it."""

    money: PositiveMoney | None = None
    items: list[AskedItem] | None = Field(None, min_length=1, max_length=100)

    @field_validator("items")
    @classmethod
    def _each_sku_once(cls, items: list[AskedItem] | None) -> list[AskedItem] | None:
        if items and len({item.sku for item in items}) != len(items):
            raise ValueError("a sku may stand in one line only")
        return items

    @model_validator(mode="after")
    def _one_kind_of_part(self) -> Self:
        if self.money and self.items:
            raise ValueError("ask for money or for items, not for both")
        return self

    @property
    def ask(self) -> Ask:
        """The domain value."""
        return Ask(
            money=self.money.domain if self.money else None,
            items=tuple((item.sku, item.quantity) for item in self.items or ()),
        )


class RedeemedPart(Part):
    """What is to be taken, and for which basket a discount is computed."""

    basket: Basket | None = None
    receipt: str | None = Field(None, min_length=1, max_length=128)

    @property
    def ask(self) -> Ask:
        """The domain value."""
        return replace(super().ask, basket=self.basket.domain if self.basket else None)


class RedemptionRequest(Presented, RedeemedPart):
    """Take `money`, or `items`, or (with neither) all that is left; of the till's own `hold`, if it names one."""

    hold: Id | None = None


class Redeemed(Wire):
    """What a redemption took; `off` is what a discount took from the basket, and `lines` how much from each line."""

    money: WireMoney | None = None
    items: list[WireItem] | None = None
    uses: int | None = None
    off: WireMoney | None = None
    lines: list[WirePricedLine] | None = None

    @classmethod
    def of(cls, taken: Worth, off: Money | None = None, lines: tuple[PricedLine, ...] = ()) -> Self:
        """The wire form."""
        return cls(
            money=WireMoney.of(taken.money) if taken.money else None,
            items=[WireItem.of(line) for line in taken.items] or None,
            uses=taken.uses,
            off=WireMoney.of(off) if off else None,
            lines=WirePricedLine.all_of(lines),
        )


class ProductSummary(Wire):
    """What the voucher is, for the clerk."""

    product_id: Id
    name: WireText
    terms: WireText

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """The wire form of the terms the voucher froze."""
        return cls(product_id=terms.product_id, name=WireText.of(terms.name), terms=WireText.of(terms.text))


class PastUse(Wire):
    """A past redemption: where, when, how much."""

    reference: str
    redeemed_at: Instant
    store_id: str
    store: WireText
    redeemed: Redeemed
    voided: bool
    refunded: Redeemed | None

    @classmethod
    def of(cls, use: Use) -> Self:
        """The wire form."""
        return cls(
            reference=use.reference,
            redeemed_at=use.at,
            store_id=use.store_id,
            store=WireText.of(use.store),
            redeemed=Redeemed.of(use.taken),
            voided=use.voided,
            refunded=Redeemed.of(use.refunded) if use.refunded else None,
        )


class LookupAnswer(Wire):
    """Exactly what may be redeemed at this till now. `history` is the last few uses, newest first.

    `ticket` is there where the QR was one that renews itself: for five minutes it is good in the QR's place as a
    `credential`, once and at this terminal alone.
    """

    voucher_id: str
    product: ProductSummary
    kind: str
    funding: str
    state: str
    usable: bool
    refusal: RefusalWire | None
    available: Available
    valid_from: Instant
    expires_at: Instant | None
    history: list[PastUse]
    ticket: str | None

    @classmethod
    def of(
        cls,
        voucher: Voucher,
        now: datetime,
        refusal: Refusal | None,
        priced: Priced | None = None,
        ticket: str | None = None,
    ) -> Self:
        """The wire form; a revoked voucher has nothing available, whatever its balance was."""
        left = voucher.worth.nothing if isinstance(refusal, Revoked) else voucher.available(now)
        return cls(
            voucher_id=voucher.voucher_id,
            product=ProductSummary.of(voucher.terms),
            kind=voucher.terms.kind,
            funding=voucher.terms.funding,
            state=voucher.state,
            usable=refusal is None,
            refusal=RefusalWire.of(refusal) if refusal else None,
            available=Available.of(left, voucher.terms.discount, priced),
            valid_from=voucher.valid_from,
            expires_at=voucher.expires_at,
            history=[PastUse.of(use) for use in reversed(voucher.recent)],
            ticket=ticket,
        )


class RedemptionAnswer(Wire):
    """A redemption, as at first and at every repeat. `refunded` is told to who asks what the reference did.

    One of a till that was offline has an `occurred_at`, before `redeemed_at`.
    """

    reference: str
    voucher_id: str
    state: str
    redeemed: Redeemed
    available: Available
    redeemed_at: Instant
    store_id: str
    terminal_id: str
    receipt: str | None = None
    hold: str | None = None
    occurred_at: Instant | None = None
    refunded: Redeemed | None = None
    voided_at: Instant | None = None

    @classmethod
    def of(cls, redemption: Redemption, *, as_it_stands: bool = False) -> Self:
        """The wire form, as it was at first, or as it stands now."""
        refunded = redemption.refunded if as_it_stands else None
        return cls(
            reference=redemption.reference,
            voucher_id=redemption.voucher_id,
            state=redemption.state,
            redeemed=Redeemed.of(redemption.taken, redemption.off, redemption.lines),
            available=Available.of(redemption.left, redemption.discount),
            redeemed_at=redemption.redeemed_at,
            store_id=redemption.store_id,
            terminal_id=redemption.terminal_id,
            receipt=redemption.receipt,
            hold=redemption.hold,
            occurred_at=redemption.occurred_at,
            refunded=Redeemed.of(refunded) if refunded else None,
            voided_at=redemption.voided_at,
        )


class TombstoneAnswer(Wire):
    """A reference that was voided before any redemption came under it."""

    reference: str
    state: Literal["voided"]
    effect: Literal["none"]
    store_id: str
    terminal_id: str
    voided_at: Instant

    @classmethod
    def of(cls, tombstone: Tombstone) -> Self:
        """The wire form."""
        return cls(
            reference=tombstone.reference,
            state="voided",
            effect="none",
            store_id=tombstone.store_id,
            terminal_id=tombstone.terminal_id,
            voided_at=tombstone.voided_at,
        )


class VoidAnswer(Wire):
    """What a void did: `restored`, or `none` where there was nothing to restore."""

    reference: str
    state: Literal["voided"]
    effect: Literal["restored", "none"]

    @classmethod
    def of(cls, operation: Operation) -> Self:
        """The wire form of an operation that took nothing, or that is undone."""
        undone = redemption_of(operation)
        effect: Literal["restored", "none"] = "restored" if undone and not undone.refundable.is_nothing else "none"
        return cls(reference=operation.reference, state="voided", effect=effect)
