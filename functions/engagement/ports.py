"""What engagement needs of the world."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from functions.domain.customer import Customer, Identity


class Customers(Protocol):
    """Keeps people."""

    def get(self, customer_id: str) -> Customer | None:
        """One customer."""

    def known_as(self, identities: Sequence[Identity]) -> Mapping[Identity, str]:
        """Whose each identity is."""

    def save(self, customer: Customer, claim: Iterable[Identity], release: Iterable[Identity] = ()) -> None:
        """Write a customer; raises ConflictError where they, or an identity, changed."""
