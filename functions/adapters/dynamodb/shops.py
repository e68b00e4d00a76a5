"""Shops. Their secrets lie sealed in the table, and are opened only by those that need them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Database, Put, all_equal
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.retail import Shop
from functions.domain.text import Text


class Seal(Protocol):
    """Closes and opens secrets."""

    def close(self, text: str) -> str:
        """The sealed text."""

    def open(self, sealed: str) -> str:
        """The text."""


class ShopTable:
    """Reads and writes shops. `seal` is asked for only when a secret is."""

    def __init__(self, database: Database, seal: Callable[[], Seal]) -> None:
        self._database, self._seal = database, seal

    def get(self, shop_id: str) -> Shop | None:
        """One shop, its secrets sealed."""
        item = self._database.get(keys.shop(shop_id))
        return from_item(Shop, item) if item else None

    def name(self, shop_id: str) -> Text | None:
        """A shop's name."""
        shop = self.get(shop_id)
        return shop.name if shop else None

    def webhook_secrets(self, shop: Shop) -> Sequence[str]:
        """The active secrets of a shop that was read."""
        return [self._seal().open(sealed) for sealed in shop.secrets]

    def line_token(self, shop: Shop) -> str | None:
        """The LINE channel token of a shop that was read."""
        return self._seal().open(shop.line_token) if shop.line_token else None

    def put(self, shop: Shop, over: Shop | None = None) -> None:
        """Write a shop, its secrets open until now, as it is from now on; `over` is the shop as it was read.

        Raises:
            ConflictError: its secrets changed since `over` was read. One that was retired must not come back.
        """
        seal = self._seal()
        sealed = replace(
            shop,
            secrets=tuple(map(seal.close, shop.secrets)),
            line_token=seal.close(shop.line_token) if shop.line_token else None,
        )
        still = all_equal({"secrets": over.secrets, "line_token": over.line_token}) if over else None
        self._database.write([Put(keys.shop(shop.shop_id), to_item(sealed), still)])
