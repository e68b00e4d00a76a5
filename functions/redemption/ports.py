"""What the counter needs of the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from functions.domain.cases import Case
from functions.domain.credential import Credential
from functions.domain.guard import Guard
from functions.domain.ledger import Entry
from functions.domain.operations import Conflict, Operation
from functions.domain.retail import Terminal
from functions.domain.rotation import Reading, Shown
from functions.domain.settlement import Settlement
from functions.domain.standing import Standing
from functions.domain.tally import Tally
from functions.domain.ticket import Ticket
from functions.domain.voucher import Voucher

Clock = Callable[[], datetime]


class Seen(Protocol):
    """What one read found."""

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that calls."""

    @property
    def guard(self) -> Guard:
        """What stands at its door."""

    @property
    def voucher(self) -> Voucher | None:
        """The voucher that was named."""

    @property
    def operation(self) -> Operation | None:
        """What the reference did before."""

    @property
    def other(self) -> Operation | None:
        """What the other reference did: the hold to capture, the redemption to refund."""

    @property
    def conflict(self) -> Conflict | None:
        """What was contested under a reference that names something else."""

    @property
    def tally(self) -> Tally | None:
        """The uses that were named."""


class SeenTogether(Protocol):
    """What one read found of several vouchers."""

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that calls."""

    @property
    def guard(self) -> Guard:
        """What stands at its door."""

    @property
    def vouchers(self) -> Mapping[str, Voucher]:
        """Those of the vouchers that exist, by id."""

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """Those of the tallies that exist, by hint."""


class Typed(Protocol):
    """What one read found of a typed code."""

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that calls."""

    @property
    def guard(self) -> Guard:
        """What stands at its door."""

    @property
    def credential(self) -> Credential | None:
        """What the code stands for."""


class Guards(Protocol):
    """Counts wrong codes. Each write raises ConflictError where others were counted meanwhile, or too many."""

    def count_wrong(self, guard: Guard, now: datetime) -> None:
        """One more."""

    def forgive(self, guard: Guard) -> None:
        """None any more."""


class Tallies(Protocol):
    """Knows how often customers used what."""

    def tally(self, hint: str) -> Tally | None:
        """A customer's uses of a product, where they did not come with another read."""


class Desk(Tallies, Protocol):
    """Reads and writes of a till. Each write raises ConflictError where what was read has changed."""

    def look(
        self,
        terminal_id: str,
        store_id: str,
        *,
        voucher_id: str | None = None,
        reference: str | None = None,
        other: str | None = None,
        contested: str | None = None,
        tally: str | None = None,
    ) -> Seen:
        """Everything an operation hangs on, in one consistent read; `contested` is the digest of an offline report."""

    def save(
        self,
        voucher: Voucher,
        entry: Entry,
        *,
        new: Operation | None = None,
        changed: Operation | None = None,
        replaced: str | None = None,
        case: Case | None = None,
        tally: Tally | None = None,
    ) -> None:
        """Write a changed voucher with its entry and all that goes with it, in one transaction.

        `new` is an operation under a reference that was unknown, `changed` one that was read a version before,
        `replaced` the reference of the hold whose place a new one takes.
        """

    def save_operation(self, operation: Operation) -> None:
        """Write an operation that changes no voucher, under a reference that was unknown."""


class CodeDesk(Protocol):
    """A desk where codes are typed."""

    def by_code(self, terminal_id: str, digest: str) -> Typed:
        """The credential whose typable code has this digest, in one consistent read with the terminal's own rows."""


class CompareDesk(Tallies, Protocol):
    """A desk that looks at several vouchers at once."""

    def look_together(self, terminal_id: str, voucher_ids: Iterable[str], tallies: Iterable[str]) -> SeenTogether:
        """The terminal, several vouchers and tallies, in one consistent read."""


class OfflineDesk(Desk, Protocol):
    """A desk where offline reports come in."""

    def contest(self, conflict: Conflict, case: Case, *, beside: str | None = None) -> None:
        """Write what could not be honoured with its case, in one transaction.

        It takes the reference, or stands `beside` what the reference names, under the digest of the report.
        """


class LogPage(Protocol):
    """A page of the log."""

    @property
    def lines(self) -> Sequence[Standing]:
        """Its lines, oldest first."""

    @property
    def next_cursor(self) -> str:
        """From where to ask on."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left for a further page."""


class Log(Protocol):
    """What stopped being good, and what is good again."""

    def page(self, cursor: str | None, settled: datetime, limit: int) -> LogPage:
        """Up to `limit` lines after a cursor; none of later than `settled` is passed over for good."""


class Settlements(Protocol):
    """Reads stores' days."""

    def of(self, store_id: str, day: date) -> Settlement:
        """One day of one store."""


class Verifier(Protocol):
    """Reads QR tokens."""

    def read(self, text: str) -> Credential | None:
        """What a scanned text proves, if anything."""


class Codebook(Protocol):
    """Knows all codes."""

    def digest(self, code: str) -> str:
        """Under what a typed code is found."""

    def shown(self, of: Credential, reading: Reading) -> Shown | None:
        """When a rotating QR of this credential was shown, or None where it never was."""

    def ticket(self, text: str) -> Ticket | None:
        """The ticket that a text is, if it is one."""
