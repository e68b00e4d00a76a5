"""What a shop sells as a voucher, and the terms that a voucher freezes when it is issued."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.discount import Discount
from functions.domain.errors import InvalidValueError
from functions.domain.text import Text
from functions.domain.validity import ANY_TIME, Window
from functions.domain.worth import Worth


class Kind(StrEnum):
    """What a voucher of the product is good for."""

    CASH = "cash"
    ITEM = "item"
    DISCOUNT = "discount"
    PICKUP = "pickup"


class Funding(StrEnum):
    """Who paid for the value: the customer (prepaid) or the shop (promotional)."""

    PREPAID = "prepaid"
    PROMOTIONAL = "promotional"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who stands behind prepaid value, as Taiwan's gift-voucher rules want it on the face of the voucher."""

    name: Text
    address: str
    tax_id: str
    representative: str
    complaints: str


@dataclass(frozen=True, slots=True)
class Guarantee:
    """How prepaid value is secured, and for how many months from the day of sale (at least twelve)."""

    method: Text
    months: int = 12


@dataclass(frozen=True, slots=True)
class GuaranteePeriod:
    """A guarantee with its dates. When it ends, the holder's right does not."""

    method: Text
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A voucher for sale. Editing one never touches vouchers already issued.

    `rotating` asks for a QR that renews itself (`rotation`). Any kind may: each is redeemed by showing it at a till.

    Raises:
        InvalidValueError: the kind and the value do not fit, or prepaid value would expire.
    """

    product_id: str
    name: Text
    kind: Kind
    funding: Funding
    terms: Text
    worth: Worth
    discount: Discount | None = None
    stores: tuple[str, ...] | None = None
    window: Window = ANY_TIME
    rotating: bool = False
    sold_as: tuple[tuple[str, str], ...] = ()
    offline: bool = True

    def __post_init__(self) -> None:
        self._value_fits_kind()
        # Taiwan's gift-voucher rules: what was paid for never expires (neither by date nor by days).
        if self.funding is Funding.PREPAID and self.window.can_expire:
            raise InvalidValueError("valid", "a prepaid voucher never expires; leave out until and days")

    def _value_fits_kind(self) -> None:
        if self.kind is Kind.CASH and self.worth.money is None:
            raise InvalidValueError("value", "a cash product needs a value")
        if self.kind in {Kind.ITEM, Kind.PICKUP} and not self.worth.items:
            raise InvalidValueError("items", f"a product of kind {self.kind} needs items")
        if self.kind is Kind.DISCOUNT and self.discount is None:
            raise InvalidValueError("discount", "a discount product needs a discount")
        if self.kind is Kind.DISCOUNT and self.funding is Funding.PREPAID:
            raise InvalidValueError("funding", "a discount is promotional: nobody pays for it in advance")
        if self.worth.is_nothing:
            raise InvalidValueError("value", "must be more than nothing")
        if len({line.sku for line in self.worth.items}) != len(self.worth.items):
            raise InvalidValueError("items", "a sku may stand in one line only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a voucher was sold under, frozen: the product as it was, the shop's zone, and who answers for it."""

    product_id: str
    name: Text
    kind: Kind
    funding: Funding
    text: Text
    zone: str
    discount: Discount | None = None
    stores: tuple[str, ...] | None = None
    window: Window = ANY_TIME
    rotating: bool = False
    issuer: Issuer | None = None
    guarantee: GuaranteePeriod | None = None
    offline: bool = True

    @property
    def may_be_taken_offline(self) -> bool:
        """Whether a till may take it while it cannot ask: nobody knows offline whether a rotating QR was used."""
        return self.offline and not self.rotating
