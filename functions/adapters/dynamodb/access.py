"""Tokens of people and programs."""

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Database, Put
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.retail import ApiToken


class AccessTable:
    """Reads and writes who may come in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def token(self, token_id: str) -> ApiToken | None:
        """One token's row."""
        item = self._database.get(keys.token(token_id))
        return from_item(ApiToken, item) if item else None

    def put_token(self, token: ApiToken) -> None:
        """Write a token's row."""
        self._database.write([Put(keys.token(token.token_id), to_item(token))])
