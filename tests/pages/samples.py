"""Vouchers of a small retailer, in every state a customer can meet, and a world of pages around them."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from nacl.signing import SigningKey

from functions.adapters.codebook import Codebook
from functions.adapters.signing import Signer, Verifier
from functions.domain.discount import Discount
from functions.domain.money import Money
from functions.domain.product import Funding, GuaranteePeriod, Issuer, Kind, Terms
from functions.domain.retail import Store
from functions.domain.text import Text
from functions.domain.validity import Hours, Window
from functions.domain.voucher import Ask, Source, Touch, Voucher
from functions.domain.worth import ItemLine, Worth

NOW = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)
VOUCHER_ID = "3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23"
SEED = bytes(range(32))
SHOP_NAME = Text("青禾選物", "Chingho Select")
STORES = (
    Store(
        store_id="xinyi-1",
        name=Text("信義旗艦店", "Xinyi Flagship"),
        address=Text("臺北市信義區松高路 19 號 2 樓", "2F, No. 19, Songgao Rd., Xinyi Dist., Taipei"),
        phone="02-2723-0000",
    ),
    Store(
        store_id="zhongshan-1",
        name=Text("中山南西店", "Zhongshan Nanxi"),
        address=Text("臺北市中山區南京西路 15 號", "No. 15, Nanjing W. Rd., Zhongshan Dist., Taipei"),
    ),
)
ISSUER = Issuer(
    name=Text("青禾生活股份有限公司", "Chingho Living Co., Ltd."),
    address="臺北市大安區敦化南路一段 100 號",
    tax_id="24536806",
    representative="林青禾",
    complaints="0800-000-168",
)
GUARANTEE = GuaranteePeriod(
    Text("青禾商業銀行足額履約保證", "Full performance guarantee by Chingho Commercial Bank"),
    NOW - timedelta(days=20),
    NOW + timedelta(days=345),
)
SPA = ItemLine("spa-hour", Text("精油按摩 60 分鐘", "Oil massage, 60 minutes"), 3)
TEA = ItemLine("tea", Text("時令花草茶", "Herbal tea of the season"), 2)
TERMS_TEXT = Text(
    "可分次使用，餘額保留於本券。\n每筆消費可使用多張，恕不折換現金。\n使用本券消費仍可累積會員點數。",
    "May be used in parts; the balance stays on the voucher.\nSeveral may be used for one purchase. "
    "Cannot be changed into cash.\nPurchases still earn member points.",
)


def terms(**override: Any) -> Terms:
    fields: dict[str, Any] = {
        "product_id": "cash-500",
        "name": Text("NT$500 現金禮券", "NT$500 gift voucher"),
        "kind": Kind.CASH,
        "funding": Funding.PREPAID,
        "text": TERMS_TEXT,
        "zone": "Asia/Taipei",
        "issuer": ISSUER,
        "guarantee": GUARANTEE,
    }
    return Terms(**fields | override)


def voucher(worth: Worth | None = None, *, sold: Terms | None = None, **override: Any) -> Voucher:
    face = worth or Worth(money=Money(500, "TWD"))
    fields: dict[str, Any] = {
        "voucher_id": VOUCHER_ID,
        "source": Source("demo-shop", "1001", "1", 0),
        "terms": sold or terms(),
        "face": face,
        "worth": face,
        "issued_at": NOW - timedelta(days=20),
        "valid_from": NOW - timedelta(days=20),
        "expires_at": None,
    }
    return Voucher(**fields | override)


def cash(**override: Any) -> Voucher:
    return voucher(**override)


def partly_used() -> Voucher:
    return redeemed(cash(), Ask(money=Money(200, "TWD")), days_ago=4)


def services(**override: Any) -> Voucher:
    sold = terms(
        product_id="spa-3",
        name=Text("舒壓精油按摩三次券", "Three oil massages"),
        kind=Kind.ITEM,
        stores=("xinyi-1", "zhongshan-1"),
    )
    return voucher(Worth(items=(SPA,)), sold=sold, **override)


def two_services() -> Voucher:
    bought = replace(services(), face=Worth(items=(SPA, TEA)), worth=Worth(items=(SPA, TEA)))
    bought = redeemed(bought, Ask(items=(("spa-hour", 1), ("tea", 1))), days_ago=9)
    return redeemed(bought, Ask(items=(("tea", 1),)), days_ago=2, reference="r-2")


def discount(off: Discount | None = None, **override: Any) -> Voucher:
    offer = off or Discount(basis_points=1000, minimum_spend=Money(300, "TWD"), cap=Money(200, "TWD"))
    sold = terms(
        product_id="coffee-10",
        name=Text("週末咖啡 9 折券", "10% off weekend coffee"),
        kind=Kind.DISCOUNT,
        funding=Funding.PROMOTIONAL,
        issuer=None,
        guarantee=None,
        discount=offer,
        window=override.pop("window", Window(days=30)),
    )
    ends = datetime(2026, 12, 31, 16, tzinfo=UTC)
    return voucher(Worth(uses=offer.uses), sold=sold, **{"expires_at": ends} | override)


def pickup() -> Voucher:
    sold = terms(
        product_id="pickup",
        name=Text("網購到店取貨", "Pick up your online order"),
        kind=Kind.PICKUP,
        stores=("zhongshan-1",),
    )
    lines = (
        ItemLine("mug", Text("手作陶杯・霧青", "Handmade mug, misty green"), 2),
        ItemLine("bag", Text("帆布提袋", "Canvas tote"), 1),
    )
    return voucher(Worth(items=lines), sold=sold)


def redeemed(of: Voucher, ask: Ask, *, days_ago: int = 1, reference: str = "r-1") -> Voucher:
    store = STORES[0]
    touch = Touch(NOW - timedelta(days=days_ago), store.store_id, store.name, "pos-1")
    return of.redeem(ask, reference, touch, of.credential)[0]


def rotating(**override: Any) -> Voucher:
    return cash(sold=terms(rotating=True), **override)


def used_up() -> Voucher:
    return redeemed(partly_used(), Ask(), days_ago=1, reference="r-2")


def with_undone_use() -> Voucher:
    used = partly_used()
    touch = Touch(NOW, "xinyi-1", STORES[0].name, "pos-1")
    return used.void(Worth(money=Money(200, "TWD")), "r-1", touch)[0]


def not_yet_valid() -> Voucher:
    return discount(valid_from=NOW + timedelta(days=9))


def not_at_this_hour() -> Voucher:
    return discount(window=Window(weekdays=(6, 7), hours=Hours(time(14), time(18))))


def expired() -> Voucher:
    return discount(expires_at=datetime(2026, 10, 31, 16, tzinfo=UTC))


def suspended() -> Voucher:
    return partly_used().suspend(NOW, "checking with the bank")[0]


def revoked(reason: str = "order_refunded") -> Voucher:
    return partly_used().revoke(NOW, reason)[0]


def held() -> Voucher:
    """All of it is kept for a sale that goes on."""
    store = STORES[0]
    touch = Touch(NOW, store.store_id, store.name, "pos-1")
    return partly_used().hold(Ask(), "h-1", touch, 1, NOW + timedelta(minutes=5))[0]


def replaced() -> Voucher:
    return partly_used().transfer("somebody-else", NOW, "a gift")[0].voucher


EVERY_STATE: dict[str, Callable[[], Voucher]] = {
    "cash": cash,
    "partly-used": partly_used,
    "services": services,
    "two-services": two_services,
    "discount": discount,
    "pickup": pickup,
    "undone": with_undone_use,
    "rotating": rotating,
    "used-up": used_up,
    "not-yet": not_yet_valid,
    "not-now": not_at_this_hour,
    "expired": expired,
    "suspended": suspended,
    "revoked": revoked,
    "held": held,
    "replaced": replaced,
}
USABLE = ("cash", "partly-used", "services", "two-services", "discount", "pickup", "undone", "held", "rotating")


@dataclass
class World:
    """What `current()` gives the pages, from memory but for signatures and codes, which are the real ones."""

    held: dict[str, Voucher] = field(default_factory=dict)
    known_stores: tuple[Store, ...] = STORES
    shop: Text | None = SHOP_NAME
    now: datetime = NOW
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self.signer = Signer(lambda: {"current": 1, "keys": {"1": base64.b64encode(SEED).decode()}})
        self.verifier = Verifier({1: bytes(SigningKey(SEED).verify_key)})
        self.codebook = Codebook(lambda: "a secret of the tests")
        self.vouchers = self.stores = self.shops = self

    def clock(self) -> datetime:
        return self.now

    def tally(self, hint: str) -> None:
        """Nobody has used anything with a limit."""
        del hint

    def get(self, voucher_id: str) -> Voucher | None:
        if self.trouble:
            raise self.trouble
        return self.held.get(voucher_id)

    def many(self, store_ids: Iterable[str]) -> list[Store]:
        by_id = {store.store_id: store for store in self.known_stores}
        return [by_id[store_id] for store_id in store_ids if store_id in by_id]

    def name(self, shop_id: str) -> Text | None:
        return self.shop if shop_id == "demo-shop" else None

    def hold(self, of: Voucher) -> str:
        """Put a voucher into the world; the token of its newest link."""
        self.held[of.voucher_id] = of
        return self.signer.token(of.named)
