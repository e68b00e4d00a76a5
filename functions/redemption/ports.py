"""What the counter needs of the world."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from functions.domain.credential import Credential
from functions.domain.ledger import Entry
from functions.domain.operations import Operation, Redemption, Tombstone
from functions.domain.retail import Terminal
from functions.domain.voucher import Voucher

Clock = Callable[[], datetime]


class Seen(Protocol):
    """What one read found."""

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that calls."""

    @property
    def voucher(self) -> Voucher | None:
        """The voucher that was named."""

    @property
    def operation(self) -> Operation | None:
        """What the reference did before."""


class Desk(Protocol):
    """Reads and writes of a till. Each write raises ConflictError where what was read has changed."""

    def look(
        self, terminal_id: str, store_id: str, *, voucher_id: str | None = None, reference: str | None = None
    ) -> Seen:
        """Everything an operation hangs on, in one consistent read."""

    def by_code(self, digest: str) -> Credential | None:
        """The credential whose typable code has this digest."""

    def save_redemption(self, left: Voucher, entry: Entry, operation: Redemption) -> None:
        """Write a redemption, in one transaction."""

    def save_void(self, restored: Voucher, entry: Entry, operation: Redemption) -> None:
        """Write the undoing of a redemption, in one transaction."""

    def save_tombstone(self, operation: Tombstone) -> None:
        """Write a void that found nothing."""


class Verifier(Protocol):
    """Reads QR tokens."""

    def read(self, text: str) -> Credential | None:
        """What a scanned text proves, if anything."""


class Codebook(Protocol):
    """Knows typable codes."""

    def digest(self, code: str) -> str:
        """Under what a code is found."""
