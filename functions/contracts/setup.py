"""Set-up: shops, products, stores, terminals, tokens and customers."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from functions.contracts.available import WireLimits, percent_of
from functions.contracts.base import (
    Id,
    Instant,
    Label,
    PositiveMoney,
    Sku,
    Wire,
    WireItem,
    WireMoney,
    WireText,
    in_range,
    read_instant,
)
from functions.contracts.offline_list import WirePolicy
from functions.contracts.orders import LineUserId, OrderCustomer
from functions.domain.customer import Customer, normal_email
from functions.domain.discount import WHOLE, Discount
from functions.domain.offline_policy import OfflinePolicy
from functions.domain.product import Funding, Guarantee, Issuer, Kind, Product
from functions.domain.retail import Platform, Role, Shop, Store, Terminal
from functions.domain.validity import HOME_ZONE, Hours, Window, end_of_day
from functions.domain.worth import Worth

W = TypeVar("W", bound=Wire | str)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?", re.ASCII)


def _sender(address: str) -> str:
    if normal_email(address) is None:
        raise ValueError("not an email address")
    return address


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: a name becomes a path, and may be that of a folder or longer than a path can be.
        raise ValueError("not an IANA time zone such as Asia/Taipei") from error
    return name


def _each_once(entries: list[W]) -> list[W]:
    # A SKU that stands twice is a slip; a row that does makes DynamoDB refuse the whole transaction.
    if len(set(entries)) != len(entries):
        raise ValueError("the same entry stands twice")
    return entries


class IssuerBody(Wire):
    """Who stands behind prepaid vouchers, as it must stand on their face in Taiwan."""

    name: WireText
    address: Label
    tax_id: Label
    representative: Label
    complaints: Label


class GuaranteeBody(Wire):
    """How prepaid value is secured, for at least twelve months from the day of sale."""

    method: WireText
    months: int = Field(12, ge=12, le=120)


class ShopRequest(Wire):
    """A web shop. Its secrets and its LINE token can be written and never read."""

    kind: Platform
    name: WireText
    timezone: Annotated[str, AfterValidator(_zone)] = HOME_ZONE
    secrets: list[Annotated[str, Field(min_length=1, max_length=512)]] = Field(
        [], max_length=10, description="all that sign from now on; left out, those of before go on"
    )
    line_channel_token: str | None = Field(
        None, min_length=1, max_length=512, description="left out, that of before goes on; null ends it"
    )
    email_from: Annotated[str, Field(max_length=320), AfterValidator(_sender)] | None = None
    issuer: IssuerBody | None = None
    guarantee: GuaranteeBody | None = None

    def domain(self, shop_id: str) -> Shop:
        """The domain value."""
        issuer, guarantee = self.issuer, self.guarantee
        return Shop(
            shop_id=shop_id,
            platform=self.kind,
            name=self.name.domain,
            zone=self.timezone,
            secrets=tuple(self.secrets),
            line_token=self.line_channel_token,
            email_from=self.email_from,
            issuer=Issuer(issuer.name.domain, issuer.address, issuer.tax_id, issuer.representative, issuer.complaints)
            if issuer
            else None,
            guarantee=Guarantee(guarantee.method.domain, guarantee.months) if guarantee else None,
        )


class ShopAnswer(Wire):
    """A shop, without its secrets; `active_secrets` counts them."""

    shop_id: str
    kind: str
    name: WireText
    timezone: str
    active_secrets: int
    has_line_channel: bool
    email_from: str | None

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """The wire form."""
        return cls(
            shop_id=shop.shop_id,
            kind=shop.platform,
            name=WireText.of(shop.name),
            timezone=shop.zone,
            active_secrets=len(shop.secrets),
            has_line_channel=shop.line_token is not None,
            email_from=shop.email_from,
        )


class SoldAs(Wire):
    """The SKU under which a shop sells the product."""

    shop_id: Id
    sku: Sku


def _percent(text: str) -> str:
    if _PERCENT.fullmatch(text) is None or not 0 < Decimal(text) <= 100:  # noqa: PLR2004 - per cent
        raise ValueError("must be a decimal string such as 10 or 12.5: more than 0, at most 100, two decimals at most")
    return text


Skus = Annotated[list[Sku], Field(max_length=100), AfterValidator(_each_once)]


class DiscountBody(Wire):
    """`percent` of the basket or an `amount` off it.

    Only the SKUs in `products` count (null: all), and never those in `excluded`; `limits` are for one customer.
    """

    percent: Annotated[str, Field(max_length=6), AfterValidator(_percent)] | None = None
    amount: PositiveMoney | None = None
    minimum_spend: PositiveMoney | None = None
    cap: PositiveMoney | None = None
    products: Annotated[Skus, Field(min_length=1)] | None = None
    excluded: Skus = Field([])
    limits: WireLimits | None = None
    uses: int = Field(1, ge=1, le=10_000)

    @model_validator(mode="after")
    def _one_way_and_one_currency(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("give either percent or amount")
        if len({money.currency for money in (self.amount, self.minimum_spend, self.cap) if money}) > 1:
            raise ValueError("all amounts of a discount are in one currency")
        _ = self.domain
        return self

    @property
    def domain(self) -> Discount:
        """The domain value."""
        return Discount(
            basis_points=int(Decimal(self.percent) * (WHOLE // 100)) if self.percent else None,
            amount=self.amount.domain if self.amount else None,
            minimum_spend=self.minimum_spend.domain if self.minimum_spend else None,
            cap=self.cap.domain if self.cap else None,
            products=tuple(self.products) if self.products is not None else None,
            excluded=tuple(self.excluded),
            limits=self.limits.domain if self.limits else None,
            uses=self.uses,
        )

    @classmethod
    def of(cls, discount: Discount) -> Self:
        """The wire form."""
        return cls(
            percent=percent_of(discount.basis_points) if discount.basis_points else None,
            amount=WireMoney.of(discount.amount) if discount.amount else None,
            minimum_spend=WireMoney.of(discount.minimum_spend) if discount.minimum_spend else None,
            cap=WireMoney.of(discount.cap) if discount.cap else None,
            products=list(discount.products) if discount.products is not None else None,
            excluded=list(discount.excluded),
            limits=WireLimits.of(discount.limits) if discount.limits else None,
            uses=discount.uses,
        )


def _local(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError("a local time such as 11:00, without an offset")
    return moment


LocalTime = Annotated[time, AfterValidator(_local)]


class HoursBody(Wire):
    """A daily window in the shop's zone, `to` exclusive; `22:00` to `02:00` belongs to the day on which it opens."""

    opens: LocalTime = Field(alias="from", examples=["11:00"])
    closes: LocalTime = Field(alias="to", examples=["14:30"])


def _moment(sent: object) -> datetime | date:
    if not isinstance(sent, str):
        raise ValueError("must be a day such as 2026-12-31, or a time with its offset")  # noqa: TRY004 - as pydantic
    return in_range(date.fromisoformat(sent)) if _DAY.fullmatch(sent) else read_instant(sent)


# One validator and not a union: what is wrong is told once, and of the field itself.
Moment = Annotated[
    datetime | date,
    PlainValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": each} for each in ("date", "date-time")]}),
]


class ValidBody(Wire):
    """When a voucher may be used. `until` may be a date: then the whole of that day counts, in the product's zone."""

    starts: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    days: int | None = Field(None, ge=0, le=3660, description="last day of validity, counted from the day of issue")
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] | None = Field(None, min_length=1, max_length=7)
    hours: HoursBody | None = None

    def domain(self, zone: str) -> Window:
        """The domain value; dates are days of `zone`."""
        return Window(
            starts=_start(self.starts, zone),
            ends=_end(self.until, zone),
            days=self.days,
            weekdays=tuple(sorted(set(self.weekdays))) if self.weekdays else None,
            hours=Hours(self.hours.opens, self.hours.closes) if self.hours else None,
        )


def _start(moment: datetime | date | None, zone: str) -> datetime | None:
    if isinstance(moment, datetime) or moment is None:
        return moment
    return datetime.combine(moment, time.min, ZoneInfo(zone)).astimezone(UTC)


def _end(moment: datetime | date | None, zone: str) -> datetime | None:
    return moment if isinstance(moment, datetime) or moment is None else end_of_day(moment, zone)


class ProductRequest(Wire):
    """A voucher for sale. Editing it never touches vouchers already issued."""

    name: WireText
    kind: Kind
    funding: Funding
    value: PositiveMoney | None = None
    items: list[WireItem] | None = Field(None, min_length=1, max_length=50)
    discount: DiscountBody | None = None
    sold_as: Annotated[list[SoldAs], AfterValidator(_each_once)] = Field([], max_length=40)
    stores: list[Id] | None = Field(None, min_length=1, max_length=500)
    valid: ValidBody | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = HOME_ZONE
    rotating: bool = Field(
        default=False,
        description="its QR renews itself on the voucher page; pictures of it and typed codes redeem nothing",
    )
    terms: WireText
    offline: bool = Field(default=True, description="whether a till may take it while it cannot ask")

    @model_validator(mode="after")
    def _is_a_product(self) -> Self:
        if sum(part is not None for part in (self.value, self.items, self.discount)) > 1:
            raise ValueError("give one of value, items and discount")
        if any(line.quantity < 1 for line in self.items or ()):
            raise ValueError("a line of items needs a quantity of at least 1")
        self.domain("any")
        return self

    def domain(self, product_id: str) -> Product:
        """The domain value."""
        discount = self.discount.domain if self.discount else None
        return Product(
            product_id=product_id,
            name=self.name.domain,
            kind=self.kind,
            funding=self.funding,
            terms=self.terms.domain,
            worth=Worth(
                money=self.value.domain if self.value else None,
                items=tuple(line.domain for line in self.items or ()),
                uses=discount.uses if discount else None,
            ),
            discount=discount,
            stores=tuple(self.stores) if self.stores is not None else None,
            window=(self.valid or ValidBody()).domain(self.timezone),
            rotating=self.rotating,
            sold_as=tuple((sold.shop_id, sold.sku) for sold in self.sold_as),
            offline=self.offline,
        )


class ProductAnswer(Wire):
    """A product as it is sold now."""

    product_id: str
    name: WireText
    kind: str
    funding: str
    value: WireMoney | None
    items: list[WireItem] | None
    discount: DiscountBody | None
    sold_as: list[SoldAs]
    stores: list[str] | None
    valid_from: Instant | None
    valid_until: Instant | None
    valid_days: int | None
    rotating: bool
    terms: WireText
    offline: bool

    @classmethod
    def of(cls, product: Product) -> Self:
        """The wire form."""
        return cls(
            product_id=product.product_id,
            name=WireText.of(product.name),
            kind=product.kind,
            funding=product.funding,
            value=WireMoney.of(product.worth.money) if product.worth.money else None,
            items=[WireItem.of(line) for line in product.worth.items] or None,
            discount=DiscountBody.of(product.discount) if product.discount else None,
            sold_as=[SoldAs(shop_id=shop_id, sku=sku) for shop_id, sku in product.sold_as],
            stores=list(product.stores) if product.stores is not None else None,
            valid_from=product.window.starts,
            valid_until=product.window.ends,
            valid_days=product.window.days,
            rotating=product.rotating,
            terms=WireText.of(product.terms),
            offline=product.offline,
        )


class StoreRequest(Wire):
    """A place with tills. Its business day begins and ends in `timezone`."""

    name: WireText
    address: WireText | None = None
    phone: Label | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = HOME_ZONE

    def domain(self, store_id: str) -> Store:
        """The domain value."""
        return Store(
            store_id=store_id,
            name=self.name.domain,
            address=self.address.domain if self.address else None,
            phone=self.phone,
            zone=self.timezone,
        )


class StoreAnswer(Wire):
    """A store."""

    store_id: str
    name: WireText
    address: WireText | None
    phone: str | None
    timezone: str

    @classmethod
    def of(cls, store: Store) -> Self:
        """The wire form."""
        return cls(
            store_id=store.store_id,
            name=WireText.of(store.name),
            address=WireText.of(store.address) if store.address else None,
            phone=store.phone,
            timezone=store.zone,
        )


class TerminalRequest(Wire):
    """A till, the store it stands in, and what it may take offline."""

    store_id: Id
    offline: WirePolicy | None = Field(
        None, description="left out, that of before goes on; null: nothing may be taken offline"
    )

    def policy(self, before: OfflinePolicy | None) -> OfflinePolicy | None:
        """What the till may take offline from now on."""
        if "offline" not in self.model_fields_set:
            return before
        return self.offline.domain if self.offline else None


class TerminalAnswer(Wire):
    """A till. The enrolment code is shown once, works once, and for ten minutes."""

    terminal_id: str
    store_id: str
    enrolled_at: Instant | None
    revoked_at: Instant | None
    offline: WirePolicy | None
    enrolment_code: str | None = None
    enrolment_expires_at: Instant | None = None

    @classmethod
    def of(cls, terminal: Terminal, code: str | None = None, expires_at: datetime | None = None) -> Self:
        """The wire form."""
        return cls(
            terminal_id=terminal.terminal_id,
            store_id=terminal.store_id,
            enrolled_at=terminal.enrolled_at,
            revoked_at=terminal.revoked_at,
            offline=WirePolicy.of(terminal.offline) if terminal.offline else None,
            enrolment_code=code,
            enrolment_expires_at=expires_at,
        )


class EnrolmentRequest(Wire):
    """The code a person reads off the administrator's screen."""

    enrolment_code: str = Field(min_length=1, max_length=64)


class EnrolmentAnswer(Wire):
    """The till's token, shown once."""

    terminal_id: str
    store_id: str
    token: str


class TokenRequest(Wire):
    """A token for a person or program."""

    role: Literal[Role.ADMIN, Role.MARKETER, Role.CLERK]
    name: Label


class TokenAnswer(Wire):
    """A token. Its text is shown once."""

    token_id: str
    role: str
    name: str
    created_at: Instant
    revoked_at: Instant | None
    token: str | None = None


class ShopRef(Wire):
    """Under which reference a shop knows a customer."""

    shop_id: Id
    customer_ref: Annotated[str, Field(min_length=1, max_length=128)]


class CustomerRequest(Wire):
    """What is known of a person; the whole record, replaced by every PUT."""

    name: Label | None = None
    language: Literal["zh-Hant", "en"] = "zh-Hant"
    line_user_id: LineUserId | None = None
    email: str | None = Field(None, max_length=320)
    phone: str | None = Field(None, max_length=40)
    # One transaction lets go of all that were and claims all that are: 45 of each, with the addresses, are 97 rows.
    shop_refs: Annotated[list[ShopRef], AfterValidator(_each_once)] = Field([], max_length=45)

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        OrderCustomer(email=self.email, phone=self.phone)
        return self

    def domain(self, customer_id: str) -> Customer:
        """The domain value."""
        addresses = OrderCustomer(email=self.email, phone=self.phone)
        return Customer(
            customer_id=customer_id,
            name=self.name,
            language=self.language,
            line_user_id=self.line_user_id,
            email=addresses.email,
            phone=addresses.phone,
            shop_refs=tuple((ref.shop_id, ref.customer_ref) for ref in self.shop_refs),
        )


class CustomerAnswer(Wire):
    """One person's record."""

    customer_id: str
    name: str | None
    language: str
    line_user_id: str | None
    email: str | None
    phone: str | None
    shop_refs: list[ShopRef]

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """The wire form."""
        return cls(
            customer_id=customer.customer_id,
            name=customer.name,
            language=customer.language,
            line_user_id=customer.line_user_id,
            email=customer.email,
            phone=customer.phone,
            shop_refs=[ShopRef(shop_id=shop_id, customer_ref=ref) for shop_id, ref in customer.shop_refs],
        )
