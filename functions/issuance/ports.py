"""What issuance needs of the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.contracts.messages import Message
from functions.domain.cases import Case
from functions.domain.credential import Credential
from functions.domain.customer import Customer, Identity
from functions.domain.ledger import Entry
from functions.domain.order import Order
from functions.domain.product import Product
from functions.domain.retail import Shop
from functions.domain.sending import Send
from functions.domain.voucher import Voucher

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Issued:
    """A new voucher with all that comes into the world with it; no `send` where nobody can be reached."""

    voucher: Voucher
    entry: Entry
    code_digest: str
    send: Send | None


class Orders(Protocol):
    """Keeps orders."""

    def get(self, shop_id: str, order_id: str) -> Order | None:
        """One order."""

    def settle(self, order: Order) -> None:
        """Note up to which version vouchers follow; raises ConflictError where the order has moved on."""


class Products(Protocol):
    """Knows what is sold."""

    def sold(self, shop_id: str, skus: Iterable[str]) -> Mapping[str, Product]:
        """The products behind SKUs."""


class Shops(Protocol):
    """Knows shops."""

    def get(self, shop_id: str) -> Shop | None:
        """One shop."""


class Customers(Protocol):
    """Knows people."""

    def known_as(self, identities: Sequence[Identity]) -> Mapping[Identity, str]:
        """Whose each identity is."""

    def get(self, customer_id: str) -> Customer | None:
        """One customer."""

    def save(self, customer: Customer, claim: Iterable[Identity]) -> None:
        """Write a customer with further identities; raises ConflictError where they changed."""


class Issuing(Protocol):
    """Reads and writes vouchers. A write raises ConflictError where the order or a voucher has changed."""

    def many(self, voucher_ids: Iterable[str]) -> Mapping[str, Voucher]:
        """Those of the vouchers that exist; where one was handed on, the voucher in its place."""

    def issue(self, order: Order, vouchers: Sequence[Issued]) -> None:
        """Write new vouchers in one transaction, if the order is still as it was."""

    def revoke(self, order: Order, revoked: Voucher, entry: Entry, case: Case | None) -> None:
        """Write a revoked voucher, and what a person has to settle, if the order is still as it was."""


class Sends(Protocol):
    """Reads messages on their way."""

    def waiting(self, vouchers: Sequence[Voucher]) -> Sequence[Send]:
        """The messages that bring these vouchers and that no channel has taken up yet."""


class Queues(Protocol):
    """Hands over to the next room."""

    def send(self, queue: str, *messages: Message) -> None:
        """Queue messages."""


class Codebook(Protocol):
    """Makes typable codes."""

    def code(self, of: Credential) -> str:
        """The code of a credential."""

    def digest(self, code: str) -> str:
        """Under what it is found."""
