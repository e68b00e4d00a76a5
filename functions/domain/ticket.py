"""What a lookup gives a till in place of a rotating QR, so that the clerk has time to type an amount.

It stands for the moment that was scanned, at one terminal, for five minutes after that moment. In base 32:

    TICKET. | voucher id 16 | credential number 3 | moment 5 | terminal id | seal 16
"""

import base64
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from functions.domain.credential import Credential
from functions.domain.rotation import Shown

LASTS: Final = 300  # seconds
SEAL: Final = 16  # bytes
_PREFIX: Final = "TICKET."
_NAMED: Final = 24  # bytes before the terminal's id
_LENGTH_MAX: Final = 256  # characters: a terminal id of 64 needs 199


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right of one terminal to act on what it was shown."""

    voucher_id: str
    number: int
    moment: int
    terminal_id: str

    @property
    def credential(self) -> Credential:
        """What was shown."""
        return Credential(self.voucher_id, self.number, rotating=True)

    @property
    def shown(self) -> Shown:
        """When it was shown, and for how long the ticket keeps it."""
        return Shown(self.moment, self.moment + LASTS)


@dataclass(frozen=True, slots=True)
class SealedTicket:
    """A ticket taken apart. Nothing in it may be believed before `seal` is checked over `claim`."""

    ticket: Ticket
    claim: bytes
    seal: bytes


def claim(ticket: Ticket) -> bytes:
    """The bytes of a ticket before its seal."""
    numbers = ticket.number.to_bytes(3) + ticket.moment.to_bytes(5)
    return UUID(ticket.voucher_id).bytes + numbers + ticket.terminal_id.encode()


def assemble(claim: bytes, seal: bytes) -> str:
    """The ticket's text."""
    return _PREFIX + base64.b32encode(claim + seal).decode().rstrip("=")


def take_apart(text: str) -> SealedTicket | None:
    """Read what a till sent; None where it cannot be a ticket."""
    spelt = text.strip().upper()
    body = spelt.removeprefix(_PREFIX)
    if body == spelt or len(body) > _LENGTH_MAX:
        return None
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
        claim, seal = raw[:-SEAL], raw[-SEAL:]
        terminal_id = claim[_NAMED:].decode()
    except ValueError:
        return None
    if not terminal_id:
        return None
    numbers = int.from_bytes(claim[16:19]), int.from_bytes(claim[19:_NAMED])
    return SealedTicket(Ticket(str(UUID(bytes=claim[:16])), *numbers, terminal_id), claim, seal)
