"""Refunds of a redemption."""

from typing import Literal, Self

from functions.contracts.available import Available
from functions.contracts.base import Id, Instant, Wire
from functions.contracts.till import Part, Redeemed
from functions.domain.operations import Refund


class RefundRequest(Part):
    """Give back `money`, or `items`, or (with neither) all that was redeemed and not yet refunded."""

    redemption: Id


class RefundAnswer(Wire):
    """A refund, as at first and at every repeat; `voucher_id` is the voucher it went onto."""

    reference: str
    redemption: str
    voucher_id: str
    state: Literal["refunded"] = "refunded"
    refunded: Redeemed
    available: Available
    refunded_at: Instant
    store_id: str
    terminal_id: str

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The wire form."""
        return cls(
            reference=refund.reference,
            redemption=refund.redemption,
            voucher_id=refund.voucher_id,
            refunded=Redeemed.of(refund.given_back),
            available=Available.of(refund.left, refund.discount),
            refunded_at=refund.refunded_at,
            store_id=refund.store_id,
            terminal_id=refund.terminal_id,
        )
