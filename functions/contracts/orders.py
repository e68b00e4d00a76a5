"""The normal form of an order: what a shop without a platform sends, and what everybody gets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from functions.contracts.base import Id, Instant, Label, PositiveMoney, Sku, Wire, WireMoney
from functions.domain.customer import normal_email, normal_phone
from functions.domain.order import Contact, Line, Order, Refund, Report, Snapshot
from functions.domain.text import Language

UNITS_MAX = 10_000
LINES_MAX = 200
LineUserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["U4af4980629d2b3a1c5e6f7089a1b2c3d"])]


class OrderCustomer(Wire):
    """The buyer. Each part may be missing; without any address no message can be sent."""

    customer_ref: str | None = Field(None, min_length=1, max_length=128)
    name: Label | None = None
    email: str | None = Field(None, max_length=320)
    phone: str | None = Field(None, max_length=40, examples=["+886912345678"])
    line_user_id: LineUserId | None = None
    language: Language = "zh-Hant"

    @field_validator("email")
    @classmethod
    def _email(cls, text: str | None) -> str | None:
        if text is not None and normal_email(text) is None:
            raise ValueError("not an email address")
        return normal_email(text)

    @field_validator("phone")
    @classmethod
    def _phone(cls, text: str | None) -> str | None:
        if text is not None and normal_phone(text) is None:
            raise ValueError("not a phone number; write it as +886912345678")
        return normal_phone(text)

    @property
    def domain(self) -> Contact:
        """The domain value."""
        return Contact(
            customer_ref=self.customer_ref,
            name=self.name,
            email=self.email,
            phone=self.phone,
            line_user_id=self.line_user_id,
            language=self.language,
        )


class OrderLine(Wire):
    """One line. Without a `line_id` it is named by its place, counted from 1, and must keep that place for ever.

    What was refunded stays in `quantity` and stands in `refunds`; a smaller `quantity` than before is an edit.
    """

    line_id: Id | None = None
    sku: Sku | None = None
    name: str = Field("", max_length=255)
    quantity: int = Field(ge=0, le=UNITS_MAX)
    unit_price: WireMoney | None = None


class RefundedLine(Wire):
    """Units of a line that were given back."""

    line_id: Id
    quantity: int = Field(ge=1, le=UNITS_MAX)


class OrderRefund(Wire):
    """A refund. Without lines it takes back no voucher: an amount alone names none."""

    refund_id: Id
    at: Instant | None = None
    lines: list[RefundedLine] = Field([], max_length=LINES_MAX)
    amount: PositiveMoney | None = None


class Payment(Wire):
    """How and when it was paid."""

    method: Label | None = None
    paid_at: Instant | None = None


class OrderRequest(Wire):
    """An order as the caller knows it now. A later request adds to it: what was paid or cancelled stays so."""

    status: Literal["pending", "paid", "cancelled", "refunded"]
    currency: str = Field("TWD", max_length=3)
    payment: Payment | None = None
    placed_at: Instant | None = None
    updated_at: Instant | None = None
    customer: OrderCustomer = OrderCustomer()
    lines: list[OrderLine] = Field(max_length=LINES_MAX)
    refunds: list[OrderRefund] = Field([], max_length=LINES_MAX)

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        named = [line.line_id or str(place) for place, line in enumerate(self.lines, start=1)]
        if len(set(named)) != len(named):
            raise ValueError("two lines have the same line_id")
        if sum(line.quantity for line in self.lines) > UNITS_MAX:
            raise ValueError(f"an order holds {UNITS_MAX} units at the most")
        return self

    def report(self, shop_id: str, order_id: str, now: datetime) -> Report:
        """What this request says of the order; moments it leaves out are `now`."""
        paid = self.status == "paid" or (self.payment is not None and self.payment.paid_at is not None)
        paid_at = (self.payment and self.payment.paid_at) or now
        return Report(
            shop_id=shop_id,
            order_id=order_id,
            snapshot=self._snapshot(now),
            paid_at=paid_at if paid else None,
            cancelled_at=(self.updated_at or now) if self.status == "cancelled" else None,
            refunded_at=(self.updated_at or now) if self.status == "refunded" else None,
            refunds=tuple(_refund(refund, now) for refund in self.refunds),
        )

    def _snapshot(self, now: datetime) -> Snapshot:
        return Snapshot(
            as_of=self.updated_at or now,
            lines=tuple(_line(line, place) for place, line in enumerate(self.lines, start=1)),
            contact=self.customer.domain,
            currency=self.currency,
            method=self.payment.method if self.payment else None,
            placed_at=self.placed_at,
        )


def _line(line: OrderLine, place: int) -> Line:
    return Line(
        line_id=line.line_id or str(place),
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        current=line.quantity,
        unit_price=line.unit_price.domain if line.unit_price else None,
    )


def _refund(refund: OrderRefund, now: datetime) -> Refund:
    return Refund(
        refund_id=refund.refund_id,
        at=refund.at or now,
        lines=tuple((line.line_id, line.quantity) for line in refund.lines),
        amount=refund.amount.domain if refund.amount else None,
    )


class LineAnswer(Wire):
    """One line, and how many of its units were returned."""

    line_id: str
    sku: str | None
    name: str
    quantity: int
    returned: int
    unit_price: WireMoney | None

    @classmethod
    def of(cls, order: Order, line: Line) -> Self:
        """The wire form."""
        return cls(
            line_id=line.line_id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            returned=order.returned(line),
            unit_price=WireMoney.of(line.unit_price) if line.unit_price else None,
        )


class PaymentAnswer(Wire):
    """How and when it was paid; `test` where the platform said that no real money moved."""

    method: str | None
    paid_at: Instant | None
    test: bool


class OrderAnswer(Wire):
    """An order and the vouchers it became."""

    shop_id: str
    order_id: str
    status: str
    payment: PaymentAnswer
    cancelled_at: Instant | None
    lines: list[LineAnswer]
    vouchers: list[str]

    @classmethod
    def of(cls, order: Order, vouchers: Sequence[str]) -> Self:
        """The wire form."""
        snapshot = order.snapshot
        return cls(
            shop_id=order.shop_id,
            order_id=order.order_id,
            status=order.status,
            payment=PaymentAnswer(
                method=snapshot.method if snapshot else None,
                paid_at=order.paid_at,
                test=snapshot.test if snapshot else False,
            ),
            cancelled_at=order.cancelled_at,
            lines=[LineAnswer.of(order, line) for line in order.lines],
            vouchers=list(vouchers),
        )


class Accepted(Wire):
    """A webhook was verified, stored and queued (or was a repeat)."""

    accepted: Literal[True] = True
