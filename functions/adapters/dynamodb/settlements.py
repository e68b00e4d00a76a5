"""A store's day, found in the ledgers of all vouchers."""

from datetime import date

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Database
from functions.adapters.dynamodb.records import from_item
from functions.domain.ledger import Entry
from functions.domain.settlement import Settlement


class SettlementTable:
    """Reads settlements. None is ever written: each line is a ledger row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, store_id: str, day: date) -> Settlement:
        """What a store's tills took and gave back on one of its days; the last second may still be missing."""
        items = self._database.query_index(keys.SETTLEMENTS, keys.settled_on(store_id, day))
        return Settlement.of(store_id, day, (from_item(Entry, item) for item in items))
