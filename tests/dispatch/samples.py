"""A voucher on its way to its customer, and a world in memory around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.errors import ConflictError
from functions.contracts.messages import Message, SendRequested
from functions.dispatch.courier import Courier
from functions.dispatch.notice import Notice
from functions.dispatch.ports import Parcel
from functions.domain.credential import Credential
from functions.domain.money import Money
from functions.domain.product import Funding, Kind, Terms
from functions.domain.retail import Platform, Shop
from functions.domain.sending import Accepted, Address, Channel, Outcome, Send
from functions.domain.text import Text
from functions.domain.voucher import Source, Voucher
from functions.domain.worth import Worth

NOW = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)
VOUCHER_ID = "3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23"
MESSAGE_ID = "9d1f6a0c-52b1-5c1e-8f77-3c0de1a2b417"
PUBLIC_URL = "https://vouchers.example.com"
LINE = Address(Channel.LINE, "U" + "0123456789abcdef" * 2)
EMAIL = Address(Channel.EMAIL, "mei@example.com")
SMS = Address(Channel.SMS, "+886912345678")
ROTATING = Credential(VOUCHER_ID, 1, rotating=True)
ADDRESSES = {address.channel: address for address in (LINE, EMAIL, SMS)}


def terms(**override: Any) -> Terms:
    fields: dict[str, Any] = {
        "product_id": "cash-500",
        "name": Text("現金禮券", "Gift voucher"),
        "kind": Kind.CASH,
        "funding": Funding.PREPAID,
        "text": Text("可分次使用。", "May be used in parts."),
        "zone": "Asia/Taipei",
    }
    return Terms(**fields | override)


def voucher(**override: Any) -> Voucher:
    worth = Worth(money=Money(500, "TWD"))
    fields: dict[str, Any] = {
        "voucher_id": VOUCHER_ID,
        "source": Source("demo-shop", "1001", "1", 0),
        "terms": terms(),
        "face": worth,
        "worth": worth,
        "issued_at": NOW,
        "valid_from": NOW,
        "expires_at": None,
    }
    return Voucher(**fields | override)


def shop(**override: Any) -> Shop:
    fields: dict[str, Any] = {
        "shop_id": "demo-shop",
        "platform": Platform.SHOPIFY,
        "name": Text("青禾選物", "Chingho Select"),
        "zone": "Asia/Taipei",
        "line_token": "channel-token",
    }
    return Shop(**fields | override)


def send(address: Address = LINE, **override: Any) -> Send:
    fields: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "voucher_id": VOUCHER_ID,
        "shop_id": "demo-shop",
        "credential": 1,
        "address": address,
        "language": "zh-Hant",
        "created_at": NOW,
    }
    return Send(**fields | override)


def notice(**override: Any) -> Notice:
    fields: dict[str, Any] = {
        "language": "zh-Hant",
        "shop": "青禾選物",
        "product": "現金禮券",
        "worth": "NT$500",
        "expiry": "無使用期限",
        "credential": Credential(VOUCHER_ID, 1),
    }
    return Notice(**fields | override)


class Keys:
    """Signs nothing: the token and code say whose they are."""

    def token(self, of: Credential) -> str:
        return f"TOKEN{of.number}".ljust(136, "A")

    def code(self, of: Credential) -> str:
        return f"ABCDEFGHJKMN{of.number:04}"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class MemorySends:
    """As `SendTable`. `is_careless` leaves the condition out, to show that a test sees what it is there for."""

    rows: dict[tuple[str, Channel], Send] = field(default_factory=dict)
    is_careless: bool = False

    def get(self, message_id: str, channel: Channel) -> Send | None:
        return self.rows.get((message_id, channel))

    def add(self, send: Send) -> None:
        self.rows.setdefault((send.message_id, send.address.channel), send)

    def save(self, changed: Send) -> None:
        key = (changed.message_id, changed.address.channel)
        if not self.is_careless and self.rows[key].version != changed.version - 1:
            raise ConflictError("version")
        self.rows[key] = changed


@dataclass
class Known:
    """Vouchers or shops, by id."""

    rows: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        return self.rows.get(name)


@dataclass
class MemoryQueues:
    sent: list[tuple[str, Message]] = field(default_factory=list)

    def send(self, queue: str, *messages: Message) -> None:
        self.sent += [(queue, message) for message in messages]


@dataclass
class ScriptedCarrier:
    """Answers each call with the next of `answers` (a callable is called), and keeps what it was given."""

    channel: Channel
    answers: list[Outcome | Callable[[], Outcome]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def pack(self, send: Send, notice: Notice, shop: Shop) -> Parcel:
        del send, shop
        return lambda: self._carry(notice)

    def _carry(self, notice: Notice) -> Outcome:
        self.notices.append(notice)
        answer = self.answers.pop(0) if self.answers else Accepted("p-1")
        return answer if not callable(answer) else answer()


class World:
    """One send, and everything it takes to deliver it."""

    def __init__(self, row: Send, *answers: Outcome | Callable[[], Outcome]) -> None:
        self.clock = Clock()
        self.sends = MemorySends()
        self.sends.add(row)
        self.vouchers = Known({VOUCHER_ID: voucher()})
        self.shops = Known({"demo-shop": shop()})
        self.queues = MemoryQueues()
        self.carrier = ScriptedCarrier(row.address.channel, list(answers))
        self.message = SendRequested(message_id=row.message_id, channel=row.address.channel)

    @property
    def courier(self) -> Courier:
        return Courier(
            carrier=self.carrier,
            sends=self.sends,
            vouchers=self.vouchers,
            shops=self.shops,
            queues=self.queues,
            clock=self.clock,
        )

    @property
    def row(self) -> Send:
        return self.sends.rows[self.message.message_id, self.message.channel]

    @property
    def tries(self) -> int:
        return len(self.carrier.notices)

    def deliver(self) -> None:
        self.courier.deliver(self.message)
