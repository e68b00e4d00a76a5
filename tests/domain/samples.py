"""A shop's products, its vouchers and the tills that touch them; each builder takes what a test is about."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from functions.domain.basket import Basket, BasketLine
from functions.domain.discount import Discount
from functions.domain.money import Money
from functions.domain.order import Contact, Line, Order, Refund, Report, Snapshot
from functions.domain.product import Funding, Kind, Product, Terms
from functions.domain.text import Text
from functions.domain.validity import Window
from functions.domain.voucher import Source, Touch, Voucher
from functions.domain.worth import ItemLine, Worth

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # a Sunday, 12:00 in Taipei
TAIPEI = "Asia/Taipei"
VOUCHER_ID = "3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23"
XINYI = Text("信義店", "Xinyi")
SPA_HOUR = Text("精油按摩一小時", "One hour of aroma massage")
TEA = Text("花草茶", "Herbal tea")


def twd(minor: int) -> Money:
    return Money(minor, "TWD")


def cash(minor: int = 500) -> Worth:
    return Worth(money=twd(minor))


def basket(total: int) -> Basket:
    """A basket of which only the total is known."""
    return Basket(twd(total))


def goods(*lines: tuple[str, int]) -> Basket:
    """A basket of lines of (sku, amount), each of one unit and named by its place."""
    of = tuple(BasketLine(sku, 1, twd(amount), str(place)) for place, (sku, amount) in enumerate(lines, start=1))
    return Basket(twd(sum(amount for _, amount in lines)), of)


def total_of(parts: Iterable[Worth], start: Worth) -> Worth:
    """How an auditor adds a ledger up."""
    for part in parts:
        start = start.plus(part)
    return start


def lines(**quantities: int) -> Worth:
    """Lines by SKU, with `_` for `-`: `lines(spa_hour=3)`."""
    names = {"spa-hour": SPA_HOUR, "tea": TEA}
    skus = {sku.replace("_", "-"): quantity for sku, quantity in quantities.items()}
    return Worth(items=tuple(ItemLine(sku, names.get(sku, TEA), quantity) for sku, quantity in skus.items()))


def terms(**override: Any) -> Terms:
    fields: dict[str, Any] = {
        "product_id": "cash-500",
        "name": Text("現金禮券", "Gift voucher"),
        "kind": Kind.CASH,
        "funding": Funding.PREPAID,
        "text": Text("可分次使用。", "May be used in parts."),
        "zone": TAIPEI,
    }
    return Terms(**fields | override)


def voucher(worth: Worth | None = None, **override: Any) -> Voucher:
    """A cash voucher of NT$500, just issued."""
    face = worth or cash()
    fields: dict[str, Any] = {
        "voucher_id": VOUCHER_ID,
        "source": Source("demo-shopify", "1001", "1", 0),
        "terms": terms(),
        "face": face,
        "worth": face,
        "issued_at": NOW,
        "valid_from": NOW,
    }
    return Voucher(**fields | override)


def item_voucher(worth: Worth | None = None, **override: Any) -> Voucher:
    """Three hours of massage and two cups of tea."""
    fields: dict[str, Any] = {"terms": terms(product_id="spa-3", kind=Kind.ITEM)}
    return voucher(worth or lines(spa_hour=3, tea=2), **fields | override)


def discount_voucher(discount: Discount | None = None, **override: Any) -> Voucher:
    """10 % off, once."""
    discount = discount or Discount(basis_points=1_000)
    fields: dict[str, Any] = {
        "terms": terms(product_id="coffee-10", kind=Kind.DISCOUNT, funding=Funding.PROMOTIONAL, discount=discount),
    }
    return voucher(Worth(uses=discount.uses), **fields | override)


def touch(now: datetime = NOW, **override: Any) -> Touch:
    fields: dict[str, Any] = {"now": now, "store_id": "xinyi", "store": XINYI, "terminal_id": "xinyi-1"}
    return Touch(**fields | override)


def product(**override: Any) -> Product:
    """An NT$500 prepaid cash product, sold by the demo shop as CASH-500."""
    fields: dict[str, Any] = {
        "product_id": "cash-500",
        "name": Text("現金禮券", "Gift voucher"),
        "kind": Kind.CASH,
        "funding": Funding.PREPAID,
        "terms": Text("可分次使用。", "May be used in parts."),
        "worth": cash(),
        "sold_as": (("demo-shopify", "CASH-500"),),
    }
    return Product(**fields | override)


def promotion(window: Window, **override: Any) -> Product:
    """A promotional cash product, which may expire."""
    return product(funding=Funding.PROMOTIONAL, window=window, **override)


def line(line_id: str = "1", quantity: int = 2, **override: Any) -> Line:
    fields: dict[str, Any] = {"name": "NT$500", "sku": "CASH-500", "current": quantity}
    return Line(line_id=line_id, quantity=quantity, **fields | override)


def snapshot(*of: Line, **override: Any) -> Snapshot:
    fields: dict[str, Any] = {"as_of": NOW, "contact": Contact(email="mei@example.com"), "currency": "TWD"}
    return Snapshot(lines=of or (line(),), **fields | override)


def report(**override: Any) -> Report:
    return Report(shop_id="demo-shopify", order_id="1001", **override)


def refund(refund_id: str = "r1", *of: tuple[str, int], **override: Any) -> Refund:
    return Refund(refund_id=refund_id, lines=of, **{"at": NOW} | override)


def order(*reports: Report) -> Order:
    """The order that these reports told of."""
    told = Order(shop_id="demo-shopify", order_id="1001")
    for each in reports:
        told = told.told(each)
    return told


def paid_order(*of: Line, **override: Any) -> Order:
    return order(report(snapshot=snapshot(*of), paid_at=NOW, **override))
