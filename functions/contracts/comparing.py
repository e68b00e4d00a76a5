"""Several vouchers held against one basket."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field

from functions.contracts.base import Wire, WireMoney
from functions.contracts.baskets import Basket, WirePriced
from functions.contracts.problems import RefusalWire
from functions.contracts.till import CREDENTIAL_MAX, ProductSummary
from functions.domain.money import Money
from functions.domain.offers import Offer

MOST_CREDENTIALS = 10


class CompareRequest(Wire):
    """What was scanned or typed, one after the other, and the basket they are for."""

    credentials: list[Annotated[str, Field(min_length=1, max_length=CREDENTIAL_MAX)]] = Field(
        min_length=1, max_length=MOST_CREDENTIALS
    )
    basket: Basket


class WireOffer(WirePriced):
    """What one voucher does for the basket. `named` says which of the credentials it was, counted from 0.

    `off` is null for a voucher that is no discount or cannot be used.
    """

    named: list[int]
    voucher_id: str | None
    product: ProductSummary | None
    usable: bool
    refusal: RefusalWire | None
    best: bool

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """The wire form."""
        voucher = offer.voucher
        return cls(
            named=list(offer.named),
            voucher_id=voucher.voucher_id if voucher else None,
            product=ProductSummary.of(voucher.terms) if voucher else None,
            usable=offer.is_usable,
            refusal=RefusalWire.of(offer.refusal) if offer.refusal else None,
            best=offer.best,
            **cls.parts(offer.priced),
        )


class CompareAnswer(Wire):
    """The vouchers, best first, each once; those that cannot be used come last, with the reason."""

    basket: WireMoney
    items: list[WireOffer]

    @classmethod
    def of(cls, basket: Money, offers: Iterable[Offer]) -> Self:
        """The wire form."""
        return cls(basket=WireMoney.of(basket), items=[WireOffer.of(offer) for offer in offers])
