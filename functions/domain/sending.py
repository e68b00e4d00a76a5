"""A message to a person: which channel, and how one send is kept from happening twice.

pending --claim--> sending --> sent
   ^                  |------> failed   the channel will never take it: the next channel is asked
   |                  |------> unknown  the answer was lost on a channel without a retry key: never sent again here
   +------release-----+                 the channel surely did not take it: the queue tries again
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from functions.domain.order import Contact
from functions.domain.text import Language


class Channel(StrEnum):
    """How a person is reached, best first."""

    LINE = "line"
    EMAIL = "email"
    SMS = "sms"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One message on one channel. `others` are the channels to ask next should this one refuse for good."""

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
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    provider_id: str | None = None
    last_error: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be tried."""
        return self.status in {Status.SENT, Status.FAILED, Status.UNKNOWN}

    def is_claimed(self, now: datetime, lease: timedelta) -> bool:
        """Whether another worker may still be at it."""
        return self.status is Status.SENDING and self.claimed_at is not None and now < self.claimed_at + lease

    def claim(self, now: datetime) -> "Send":
        """Written before the channel is called, so that a crash in between is seen."""
        return replace(self, status=Status.SENDING, attempts=self.attempts + 1, claimed_at=now)

    def release(self, error: str) -> "Send":
        """The channel did not take it; it may be tried again."""
        return replace(self, status=Status.PENDING, claimed_at=None, last_error=error)

    def sent(self, now: datetime, provider_id: str | None) -> "Send":
        """The channel took it."""
        return replace(self, status=Status.SENT, ended_at=now, provider_id=provider_id)

    def failed(self, now: datetime, error: str) -> "Send":
        """The channel will never take it."""
        return replace(self, status=Status.FAILED, ended_at=now, last_error=error)

    def lost(self, now: datetime, error: str) -> "Send":
        """Nobody knows whether the channel took it."""
        return replace(self, status=Status.UNKNOWN, ended_at=now, last_error=error)

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


def addresses(contact: Contact, *, has_line: bool) -> tuple[Address, ...]:
    """Where to reach a buyer, best first. LINE only where the shop has a LINE channel to send from."""
    known = (
        (Channel.LINE, contact.line_user_id if has_line else None),
        (Channel.EMAIL, contact.email),
        (Channel.SMS, contact.phone),
    )
    return tuple(Address(channel, to) for channel, to in known if to)
