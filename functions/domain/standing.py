"""Which vouchers and QRs have stopped being good, or are good again: a log that tills take with them offline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.domain.ledger import Entry
from functions.domain.voucher import State, Voucher

LIST_LASTS: Final = timedelta(hours=24)  # as long as card networks let a till store and forward
# A transaction that began before a till asked may be written after it: the till asks for the last minute again.
LAG: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a voucher is good from a moment on: one line of the log that tills download.

    `credential` is the lowest number that is still good, `version` the voucher's: of two lines the higher one counts.
    """

    voucher_id: str
    version: int
    usable: bool
    credential: int
    at: datetime


def standing(changed: Voucher, entry: Entry) -> Standing:
    """How a voucher stands after what its newest entry tells."""
    return Standing(
        voucher_id=changed.voucher_id,
        version=changed.version,
        usable=changed.state is State.ACTIVE,
        credential=changed.credential,
        at=entry.recorded_at,
    )
