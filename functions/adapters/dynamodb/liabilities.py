"""What is owed on vouchers, in the sums that the auditor keeps."""

from datetime import datetime

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.audits import AuditTable
from functions.adapters.dynamodb.database import Database
from functions.adapters.dynamodb.records import from_item
from functions.domain.liability import Bucket, Outstanding
from functions.domain.product import Funding


class LiabilityTable:
    """Reads the sums."""

    def __init__(self, database: Database, audits: AuditTable) -> None:
        self._database, self._audits = database, audits

    def as_of(self) -> datetime | None:
        """Up to when all changes are in the sums; None before the first audit."""
        progress = self._audits.progress()
        return progress.watermark if progress else None

    def page(self, funding: Funding, after: Bucket | None, limit: int) -> list[Outstanding]:
        """Up to `limit` sums of one funding behind a bucket, by day of sale; some have come to nothing."""
        first = keys.liability(keys.liability_of(funding))
        behind = keys.liability(keys.liability_place(after)).sk if after else None
        return [from_item(Outstanding, item) for item in self._database.query(first, after=behind, limit=limit)]
