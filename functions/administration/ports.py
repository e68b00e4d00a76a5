"""What set-up needs of the world."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from functions.contracts.messages import Message
from functions.domain.cases import Case
from functions.domain.credential import Credential
from functions.domain.customer import Customer
from functions.domain.ledger import Entry
from functions.domain.product import Product
from functions.domain.retail import Enrolment, Shop, Store, Terminal
from functions.domain.sending import Send
from functions.domain.voucher import Moved, Voucher
from functions.runtime.auth import AtTheDoor

Clock = Callable[[], datetime]


class Shops(Protocol):
    """Keeps shops."""

    def get(self, shop_id: str) -> Shop | None:
        """One shop, its secrets sealed."""

    def webhook_secrets(self, shop: Shop) -> Sequence[str]:
        """Its active secrets, open."""

    def line_token(self, shop: Shop) -> str | None:
        """Its LINE channel token, open."""

    def put(self, shop: Shop, over: Shop | None) -> None:
        """Write a shop, its secrets open; raises ConflictError where the secrets of the one it was read as changed."""


class Products(Protocol):
    """Keeps products."""

    def get(self, product_id: str) -> Product | None:
        """One product."""

    def standing(self, product: Product) -> Mapping[tuple[str, str], str]:
        """For which product each of its (shop, SKU) stands already."""

    def put(self, product: Product, before: Product | None, kept: Collection[tuple[str, str]]) -> None:
        """Write a product; raises ConflictError where a SKU was taken meanwhile."""


class Stores(Protocol):
    """Keeps stores and terminals."""

    def get(self, store_id: str) -> Store | None:
        """One store."""

    def terminal(self, terminal_id: str) -> Terminal | None:
        """One terminal."""

    def put_terminal(self, terminal: Terminal, before: Terminal | None, enrolment: Enrolment | None = None) -> None:
        """Write a terminal and the enrolment that waits for it; raises ConflictError where the terminal changed."""

    def roll(self, rolled: Terminal, before: Terminal, unused: str | None) -> None:
        """Write a rolled terminal; raises ConflictError where it changed, or the token `unused` was used, meanwhile."""

    def enrolment(self, code_digest: str) -> Enrolment | None:
        """The enrolment that waits for a code."""

    def enrol(self, terminal: Terminal, enrolment: Enrolment) -> None:
        """Use an enrolment up; raises ConflictError where it was used meanwhile."""


class Guards(Protocol):
    """Knows what stands at the terminals' doors."""

    def look(self, terminal_id: str) -> AtTheDoor:
        """A terminal and its guard, in one consistent read."""


class Vouchers(Protocol):
    """Keeps vouchers."""

    def get(self, voucher_id: str) -> Voucher | None:
        """One voucher."""

    def answered(self, voucher_id: str, idempotency_key: str) -> str | None:
        """What an earlier request under this key did."""

    def save(self, changed: Voucher, entry: Entry, request: tuple[str, str] | None, case: Case | None = None) -> None:
        """Write a changed voucher, and a case of it; raises ConflictError where it has changed."""

    def reissue(
        self, changed: Voucher, entry: Entry, request: tuple[str, str] | None, code_digest: str, send: Send | None
    ) -> None:
        """Write a reissued voucher with its new code and message; raises ConflictError where it has changed."""

    def transfer(
        self, over: Moved, heir: Moved, request: tuple[str, str] | None, code_digest: str, send: Send | None
    ) -> None:
        """Write a voucher handed over and the one in its place; raises ConflictError where it has changed."""


class Cases(Protocol):
    """Keeps what people have to settle."""

    def page(self, *, is_open: bool, after: str | None, limit: int) -> Sequence[Case]:
        """Cases after an id, oldest first."""

    def get(self, case_id: str) -> Case | None:
        """One case."""

    def resolve(self, case: Case) -> None:
        """Write a settled case; raises ConflictError where somebody else settled it."""


class Customers(Protocol):
    """Knows people."""

    def get(self, customer_id: str) -> Customer | None:
        """One customer."""


class Queues(Protocol):
    """Hands over to dispatch."""

    def send(self, queue: str, *messages: Message) -> None:
        """Queue messages."""


class Codebook(Protocol):
    """Makes typable codes."""

    def code(self, of: Credential) -> str:
        """The code of a credential."""

    def digest(self, code: str) -> str:
        """Under what it is found."""
