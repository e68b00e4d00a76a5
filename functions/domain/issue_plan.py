"""From an order to vouchers: what to issue and what to revoke so that the vouchers follow the order's facts.

The plan only looks at where things stand, never at how they came to be: run it twice, or after reports in another
order, and the same number of vouchers is in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from functions.domain import identity
from functions.domain.order import Line, Order, Status
from functions.domain.product import Funding, Guarantee, GuaranteePeriod, Issuer, Product, Terms
from functions.domain.voucher import ORDER_CANCELLED, ORDER_REFUNDED, Source, State, Voucher

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """Units to issue (line, unit) and vouchers to revoke, with the reason for it."""

    issue: tuple[tuple[Line, int], ...]
    revoke: tuple[Voucher, ...]
    reason: str


def plan(order: Order, products: Mapping[str, Product], existing: Mapping[str, Voucher]) -> Plan:
    """What to do. `products` by the SKU they are sold as, `existing` vouchers by id; other SKUs are ordinary goods.

    A voucher outlives its SKU: what was issued follows the order even when the shop sells it as nothing any more.
    """
    issue: list[tuple[Line, int]] = []
    revoke: list[Voucher] = []
    for line in order.lines:
        vouchers = {unit: existing.get(unit_id(order, line, unit)) for unit in range(line.quantity)}
        in_force = [voucher for voucher in vouchers.values() if voucher and voucher.state is not State.REVOKED]
        surplus = len(in_force) - order.wanted(line)
        if surplus > 0:
            revoke += sorted(in_force, key=_least_used_last_sold)[:surplus]
        elif surplus < 0 and line.sku in products:
            issue += [(line, unit) for unit, voucher in vouchers.items() if voucher is None][:-surplus]
    reason = ORDER_CANCELLED if order.status is Status.CANCELLED else ORDER_REFUNDED
    return Plan(tuple(issue), tuple(revoke), reason)


def unit_id(order: Order, line: Line, unit: int) -> str:
    """The id of the voucher for one unit of a line."""
    return identity.voucher_id(order.shop_id, order.order_id, line.line_id, unit)


def unit_ids(order: Order) -> list[str]:
    """The ids of all vouchers that an order could have, by whatever its SKUs stood for when it was settled."""
    return [unit_id(order, line, unit) for line in order.lines if line.sku for unit in range(line.quantity)]


def voucher(
    order: Order, line: Line, unit: int, product: Product, shop: "ShopTerms", now: datetime, customer_id: str | None
) -> Voucher:
    """A new voucher under the product's terms of this moment."""
    valid_from, expires_at = product.window.span(now, shop.zone)
    return Voucher(
        voucher_id=unit_id(order, line, unit),
        source=Source(order.shop_id, order.order_id, line.line_id, unit, order.store_id),
        terms=_frozen(product, shop, now),
        face=product.worth,
        worth=product.worth,
        issued_at=now,
        valid_from=valid_from,
        expires_at=expires_at,
        customer_id=customer_id,
    )


@dataclass(frozen=True, slots=True)
class ShopTerms:
    """What a shop adds to the terms of its products."""

    zone: str
    issuer: Issuer | None = None
    guarantee: Guarantee | None = None


def _frozen(product: Product, shop: ShopTerms, now: datetime) -> Terms:
    prepaid = product.funding is Funding.PREPAID
    return Terms(
        product_id=product.product_id,
        name=product.name,
        kind=product.kind,
        funding=product.funding,
        text=product.terms,
        zone=shop.zone,
        discount=product.discount,
        stores=product.stores,
        window=product.window,
        rotating=product.rotating,
        issuer=shop.issuer if prepaid else None,
        guarantee=_period(shop.guarantee, now, shop.zone) if prepaid and shop.guarantee else None,
        offline=product.offline,
    )


def _period(guarantee: Guarantee, sold_at: datetime, zone: str) -> GuaranteePeriod:
    # The months of the shop's own calendar: what is 28 February in UTC may be 1 March where it was sold.
    local = sold_at.astimezone(ZoneInfo(zone))
    years, month = divmod(local.month - 1 + guarantee.months, _MONTHS)
    first = local.replace(year=local.year + years, month=month + 1, day=1)
    # Counting days from the first of the month: where the 31st does not exist, the term ends later, never a day short.
    ends = first + timedelta(days=local.day - 1)
    return GuaranteePeriod(guarantee.method, sold_at, ends.astimezone(UTC))


def _least_used_last_sold(voucher: Voucher) -> tuple[bool, int]:
    """Refunds take back the untouched vouchers first, and of those the last sold."""
    return voucher.is_used, -voucher.source.unit
