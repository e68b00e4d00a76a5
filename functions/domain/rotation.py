"""A QR that renews itself: what is on a screen now redeems, and what was photographed of it does not.

    {TOKEN}.{moment 7}{code 8}

The moment is the second, by our own clock, at which it was shown; the code is made over it with a secret, so that
nobody can show another one. All of it is in QR's alphanumeric set. The rules are those of a one-time code (OWASP ASVS
6.5.1, 6.5.5, 6.5.8): good for thirty seconds at most, by the clock of the server, and used once.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.domain.credential import last_part
from functions.domain.refusals import RotatedCredential

LASTS: Final = 30  # seconds
SKEW: Final = 2  # seconds that the clocks of two of our functions may be apart
CODE_LENGTH: Final = 8  # characters: 40 bits, of which a guess has thirty seconds to be right
_MOMENT_LENGTH: Final = 7  # characters: enough until the year 3058
_MOMENT_BYTES: Final = 5
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@dataclass(frozen=True, slots=True)
class Reading:
    """A rotating QR taken apart. Nothing in it may be believed before token and code are checked."""

    token: str
    moment: int
    code: str


@dataclass(frozen=True, slots=True)
class Shown:
    """When a genuine QR was shown, and until when (exclusive) it may be acted upon; both in unix seconds."""

    moment: int
    until: int


def moment_of(now: datetime) -> int:
    """The moment of what is shown now."""
    return int(now.timestamp())


def text(token: str, moment: int, code: str) -> str:
    """What the QR holds."""
    spelt = base64.b32encode(moment.to_bytes(_MOMENT_BYTES)).decode()
    return f"{token}.{spelt[-_MOMENT_LENGTH:]}{code}"


def take_apart(text: str) -> Reading | None:
    """Read what a scanner sent, in any case and behind any address; None where it cannot be a rotating QR."""
    token, _, rest = last_part(text).partition(".")
    if len(rest) != _MOMENT_LENGTH + CODE_LENGTH or not _ALPHABET.issuperset(rest):
        return None
    moment = int.from_bytes(base64.b32decode("A" + rest[:_MOMENT_LENGTH]))
    return Reading(token, moment, rest[_MOMENT_LENGTH:])


def shown(moment: int) -> Shown:
    """What a till may do with a QR of this moment."""
    return Shown(moment, moment + LASTS)


def refusal(shown: Shown | None, now: datetime, last_used: int) -> RotatedCredential | None:
    """Why a till may not act on what it was shown, or None where it may.

    `shown` is None for whatever is not a genuine rotating QR; `last_used` is the latest moment that was acted upon: it
    is spent, and so is every earlier one.
    """
    if shown is None or shown.moment <= last_used:
        return RotatedCredential()
    is_of_now = shown.moment <= now.timestamp() + SKEW and now.timestamp() < shown.until
    return None if is_of_now else RotatedCredential()
