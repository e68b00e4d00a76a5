"""What dispatch needs of the world."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from functions.contracts.messages import Message
from functions.dispatch.notice import Notice
from functions.domain.credential import Credential
from functions.domain.retail import Shop
from functions.domain.sending import Channel, Outcome, Send
from functions.domain.voucher import Voucher

Clock = Callable[[], datetime]
# Hands a finished message over to its channel, once a call.
Parcel = Callable[[], Outcome]


class Sends(Protocol):
    """Keeps one row a message and channel."""

    def get(self, message_id: str, channel: Channel, /) -> Send | None:
        """One message on one channel."""

    def add(self, send: Send, /) -> None:
        """Write a new row, or leave the one that is there."""

    def save(self, changed: Send, /) -> None:
        """Write a row one version on; raises ConflictError where it changed since it was read."""


class Vouchers(Protocol):
    """Knows vouchers."""

    def get(self, voucher_id: str, /) -> Voucher | None:
        """One voucher."""


class Shops(Protocol):
    """Knows shops."""

    def get(self, shop_id: str, /) -> Shop | None:
        """One shop."""


class Queues(Protocol):
    """Hands over to the next channel."""

    def send(self, queue: str, /, *messages: Message) -> None:
        """Queue messages."""


class Carrier(Protocol):
    """One channel."""

    channel: Channel

    def pack(self, send: Send, notice: Notice, shop: Shop, /) -> Parcel:
        """Make the message ready; nothing leaves before the parcel is called. Same send and notice, same bytes."""


class Signer(Protocol):
    """Makes QR tokens."""

    def token(self, of: Credential, /) -> str:
        """The token of a credential."""


class Codebook(Protocol):
    """Makes typable codes."""

    def code(self, of: Credential, /) -> str:
        """The code of a credential."""
