"""Customers, found by any identity they are known under."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Delete, Put, Write, unchanged
from functions.adapters.dynamodb.keys import Key
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.customer import Customer, Identity


class Digests(Protocol):
    """Turns an identity into something a key may spell."""

    def identity_digest(self, kind: str, value: str) -> str:
        """The digest, in hexadecimal."""


class CustomerTable:
    """Reads and writes customers with their identities."""

    def __init__(self, database: Database, digests: Digests) -> None:
        self._database, self._digests = database, digests

    def get(self, customer_id: str) -> Customer | None:
        """One customer."""
        item = self._database.get(keys.customer(customer_id))
        return from_item(Customer, item) if item else None

    def known_as(self, identities: Sequence[Identity]) -> dict[Identity, str]:
        """Which customer each identity belongs to; unknown ones are left out."""
        key_of = {identity: self._key(identity) for identity in identities}
        found = self._database.read(key_of.values())
        return {identity: str(found[key]["customer_id"]) for identity, key in key_of.items() if key in found}

    def save(self, customer: Customer, claim: Iterable[Identity], release: Iterable[Identity] = ()) -> None:
        """Write a customer one version on, with the identities that are theirs from now on and those no longer.

        Raises:
            ConflictError: the customer changed, or an identity was claimed, since they were read.
        """
        owner = {"customer_id": customer.customer_id}
        writes: list[Write] = [
            Put(keys.customer(customer.customer_id), to_item(customer), unchanged(customer.version - 1)),
            *(Put(self._key(identity), owner, NEW) for identity in claim),
            *(Delete(self._key(identity)) for identity in release),
        ]
        self._database.write(writes)

    def _key(self, identity: Identity) -> Key:
        return keys.identity(identity, self._digests.identity_digest(identity.kind, identity.value))
