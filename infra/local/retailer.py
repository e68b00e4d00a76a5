"""The small retailer that a local run starts with: one web shop, three stores, two tills, three products, three people.

All names, addresses and numbers are made up. Telephone numbers are of a range that no operator gives out.
"""

from dataclasses import dataclass
from typing import Any

SHOP = "demo-shopify"
SHOP_DOMAIN = "demo-shopify.storebound.example"
EMAIL_FROM = "vouchers@storebound.example"


def text(zh_hant: str, en: str) -> dict[str, str]:
    """Text for people, in both languages."""
    return {"zh-Hant": zh_hant, "en": en}


def shop(secret: str, line_token: str) -> dict[str, Any]:
    """The web shop; its secrets are made anew for every folder."""
    return {
        "kind": "shopify",
        "name": text("晨光選物", "Morning Light"),
        "timezone": "Asia/Taipei",
        "secrets": [secret],
        "line_channel_token": line_token,
        "email_from": EMAIL_FROM,
        "issuer": {
            "name": text("晨光選物股份有限公司", "Morning Light Co., Ltd."),
            "address": "110 臺北市信義區晨光路 1 號",
            "tax_id": "00000000",
            "representative": "林晨光",
            "complaints": "0800-000-000",
        },
        "guarantee": {
            "method": text(
                "本禮券所收取之金額，已存入發行人於示範銀行開立之信託專戶，專款專用。",
                "The money paid for this voucher is held in a trust account at Demo Bank and used for it alone.",
            ),
            "months": 12,
        },
    }


STORES: dict[str, dict[str, Any]] = {
    "xinyi": {"name": text("信義店", "Xinyi"), "address": text("臺北市信義區晨光路 1 號", "1 Chenguang Rd., Taipei")},
    "zhongshan": {
        "name": text("中山店", "Zhongshan"),
        "address": text("臺北市中山區晨光路 2 號", "2 Chenguang Rd., Taipei"),
    },
    "taichung": {
        "name": text("臺中店", "Taichung"),
        "address": text("臺中市西區晨光路 3 號", "3 Chenguang Rd., Taichung"),
    },
}

TERMINALS = {"xinyi-1": "xinyi", "zhongshan-1": "zhongshan"}

PRODUCTS: dict[str, dict[str, Any]] = {
    "cash-500": {
        "name": text("500 元現金禮券", "NT$500 gift voucher"),
        "kind": "cash",
        "funding": "prepaid",
        "value": {"amount": "500", "currency": "TWD"},
        "sold_as": [{"shop_id": SHOP, "sku": "CASH-500"}],
        "terms": text(
            "全門市適用，可分次使用，無使用期限。", "Good at every store, in parts if you like. It never expires."
        ),
    },
    "spa-3": {
        "name": text("舒壓療程三次券", "Three spa hours"),
        "kind": "item",
        "funding": "prepaid",
        "items": [{"sku": "spa-hour", "name": text("舒壓療程一小時", "Spa hour"), "quantity": 3}],
        "sold_as": [{"shop_id": SHOP, "sku": "SPA-3"}],
        "terms": text(
            "請先預約，可分次使用，無使用期限。", "Please book ahead. Use the hours one by one; they never expire."
        ),
    },
    "coffee-10": {
        "name": text("咖啡九折券", "10 % off coffee"),
        "kind": "discount",
        "funding": "promotional",
        "discount": {"percent": "10"},
        "sold_as": [{"shop_id": SHOP, "sku": "COFFEE-10"}],
        "valid": {"days": 90},
        "terms": text("限使用一次，發放後 90 天內有效。", "Good once, within 90 days of issue."),
    },
}


@dataclass(frozen=True)
class Person:
    """A customer: how the shop knows them, and where they are reached."""

    customer_id: str
    name: str
    language: str
    customer_ref: str
    line_user_id: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def request(self) -> dict[str, Any]:
        """As the API takes it."""
        addresses = {"line_user_id": self.line_user_id, "email": self.email, "phone": self.phone}
        return {
            "name": self.name,
            "language": self.language,
            "shop_refs": [{"shop_id": SHOP, "customer_ref": self.customer_ref}],
            **{name: value for name, value in addresses.items() if value},
        }

    @property
    def listed(self) -> dict[str, Any]:
        """As the run tells outsiders."""
        return {"customer_id": self.customer_id, **self.request}


MEI = Person(
    customer_id="mei",
    name="林小美",
    language="zh-Hant",
    customer_ref="7100000000001",
    line_user_id="U5e1f0c7a9b3d4e2f8a6c1d0b7e9f3a52",
    email="mei@storebound.example",
)
LEE = Person(
    customer_id="lee", name="Lee Carter", language="en", customer_ref="7100000000002", email="lee@storebound.example"
)
HAO = Person(customer_id="hao", name="陳志豪", language="zh-Hant", customer_ref="7100000000003", phone="+886900000003")
PEOPLE = (MEI, LEE, HAO)
