"""What a shop's road needs of the world, and what a connector is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.contracts.messages import Message
from functions.domain.order import Order, Report
from functions.domain.retail import Platform, Shop

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook, understood. `key` names it among the shop's deliveries; without a `report` it says nothing to us."""

    key: str
    report: Report | None


class Connector(Protocol):
    """One shop platform: how it signs, and what its words mean. One file each."""

    platform: Platform

    def is_signed(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
        """Whether one of the secrets signed these exact bytes. Compares in constant time."""

    def read(self, shop_id: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """What a signed body says.

        Raises:
            MalformedError, InvalidError: it is not what the platform sends.
        """


class Shops(Protocol):
    """Finds shops."""

    def get(self, shop_id: str) -> Shop | None:
        """A shop, its secrets sealed."""

    def webhook_secrets(self, shop: Shop) -> Sequence[str]:
        """Its active secrets, open."""


class Orders(Protocol):
    """Keeps orders. A write raises ConflictError where what was read has changed."""

    def seen(self, shop_id: str, order_id: str, delivery: str | None) -> tuple[Order | None, bool]:
        """An order, and whether this delivery was received before."""

    def save(self, order: Order, before: Order | None, delivery: str | None, now: datetime) -> None:
        """Write an order and the delivery that told of it."""


class Queues(Protocol):
    """Hands over to the next room."""

    def send(self, queue: str, *messages: Message) -> None:
        """Queue messages."""
