"""A message to a person: which channel, and how one send is kept from happening twice.

pending --claim--> sending --> sent
   ^                  |------> failed   the channel will never take it: the next channel is asked
   |                  |------> unknown  the answer was lost on a channel without a retry key: never sent again here
   +-release, doubt---+                 not taken, or the retry key makes a repeat harmless: the queue tries again
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from functions.domain.order import Contact
from functions.domain.text import Language, Text
from functions.domain.voucher import State, Voucher
from functions.domain.worth import Worth

VOUCHER_REVOKED = "voucher_revoked"
CREDENTIAL_REPLACED = "credential_replaced"
_WITHDRAWN = frozenset({VOUCHER_REVOKED, CREDENTIAL_REPLACED})
_RETRY_KEYS = UUID("5d8e2b90-7c41-5a6f-9e27-4f60a1c8d344")


class Channel(StrEnum):
    """How a person is reached, best first."""

    LINE = "line"
    EMAIL = "email"
    SMS = "sms"


# A repeat under LINE's X-Line-Retry-Key is answered 409 for 24 hours; an hour is left for clocks that disagree.
# Neither SES nor SNS has such a key.
REPEATABLE_FOR = {Channel.LINE: timedelta(hours=23)}


class Status(StrEnum):
    """Where a send stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Address:
    """Where one person is on one channel: a LINE user id, an email address, a phone number in E.164."""

    channel: Channel
    to: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took the message, and calls it `provider_id`."""

    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel will never take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """The channel surely did not take it, and may do so later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody knows whether the channel took it."""

    reason: str


# What a channel can answer. Reasons are codes: they hold nothing of the message or its reader.
Outcome = Accepted | Refused | TryLater | Lost


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says and what may change meanwhile, fixed at the first try: a repeat must be the same bytes."""

    worth: Worth
    shop: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One message on one channel. `others` are the channels to ask next should this one refuse for good.

    `version` rises by one with every change; `claimed_by` tells one claim from another made at the same instant.
    """

    message_id: str
    voucher_id: str
    shop_id: str
    credential: int
    address: Address
    language: Language
    created_at: datetime
    others: tuple[Address, ...] = ()
    status: Status = Status.PENDING
    attempts: int = 0
    version: int = 1
    content: Content | None = None
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    in_doubt_since: datetime | None = None
    ended_at: datetime | None = None
    provider_id: str | None = None
    last_error: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be tried."""
        return self.status in {Status.SENT, Status.FAILED, Status.UNKNOWN}

    @property
    def is_untouched(self) -> bool:
        """Whether no channel has been asked yet."""
        return self.status is Status.PENDING and not self.attempts

    def is_claimed(self, now: datetime, lease: timedelta) -> bool:
        """Whether another worker may still be at it."""
        return self.status is Status.SENDING and self.claimed_at is not None and now < self.claimed_at + lease

    @property
    def retry_key(self) -> str:
        """Under what the channel knows every try of this message as one, if it is a channel that can."""
        return str(uuid5(_RETRY_KEYS, f"{self.message_id}#{self.address.channel}"))

    @property
    def reached_nobody(self) -> bool:
        """Whether the last channel ended without success, though there was something to say: a person must decide."""
        ended = self.status in {Status.FAILED, Status.UNKNOWN}
        return ended and not self.others and self.last_error not in _WITHDRAWN

    def is_repeatable(self, now: datetime) -> bool:
        """Whether another try cannot reach the person twice."""
        since, lasts = self._doubt, REPEATABLE_FOR.get(self.address.channel)
        return since is None or (lasts is not None and now < since + lasts)

    def claim(self, now: datetime, by: str, content: Content) -> "Send":
        """Written before the channel is called: a crash in between is seen. The first claim fixes the content."""
        return self._next(
            status=Status.SENDING,
            attempts=self.attempts + 1,
            content=self.content or content,
            in_doubt_since=self._doubt,
            claimed_at=now,
            claimed_by=by,
        )

    def release(self, error: str) -> "Send":
        """The channel did not take it this time; it may be tried again."""
        return self._next(status=Status.PENDING, claimed_at=None, claimed_by=None, last_error=error)

    def doubt(self, error: str) -> "Send":
        """Nobody knows whether the channel took it, but another try can do no harm."""
        return replace(self.release(error), in_doubt_since=self._doubt)

    def sent(self, now: datetime, provider_id: str | None) -> "Send":
        """The channel took it."""
        return self._next(status=Status.SENT, ended_at=now, provider_id=provider_id)

    def failed(self, now: datetime, error: str) -> "Send":
        """The channel will never take it."""
        return self._next(status=Status.FAILED, ended_at=now, last_error=error)

    def lost(self, now: datetime, error: str) -> "Send":
        """Nobody knows whether the channel took it, and another try might reach the person twice."""
        return self._next(status=Status.UNKNOWN, ended_at=now, last_error=error)

    def next_channel(self, now: datetime) -> "Send | None":
        """The same message on the next channel, or None where there is none."""
        if not self.others:
            return None
        return Send(
            message_id=self.message_id,
            voucher_id=self.voucher_id,
            shop_id=self.shop_id,
            credential=self.credential,
            address=self.others[0],
            others=self.others[1:],
            language=self.language,
            created_at=now,
        )

    @property
    def _doubt(self) -> datetime | None:
        """Since when the channel may have it without our knowing: an answer was lost, or a worker died at it."""
        return self.in_doubt_since or (self.claimed_at if self.status is Status.SENDING else None)

    def _next(self, **changes: object) -> "Send":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # names are our own fields


def addresses(contact: Contact, *, has_line: bool) -> tuple[Address, ...]:
    """Where to reach a buyer, best first. LINE only where the shop has a LINE channel to send from."""
    known = (
        (Channel.LINE, contact.line_user_id if has_line else None),
        (Channel.EMAIL, contact.email),
        (Channel.SMS, contact.phone),
    )
    return tuple(Address(channel, to) for channel, to in known if to)


def withdrawal(send: Send, voucher: Voucher) -> str | None:
    """Why there is nothing left to tell, or None: a QR that no till would take must not reach anybody."""
    if voucher.state is State.REVOKED:
        return VOUCHER_REVOKED
    return CREDENTIAL_REPLACED if voucher.credential != send.credential else None
