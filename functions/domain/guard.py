"""What stands at a terminal's door: how many codes were typed wrong, how much it asks, which rolled token it uses.

A guard is a row beside the vouchers, read with every request of its terminal and written only where there is something
to count. The rules are here; that they hold for requests at the same moment is the matter of the conditions in
`adapters/dynamodb/guards.py`.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain import refusals

# OWASP ASVS 6.6.3 asks for a limit on the guessing of codes. Ours have 74 bits; this keeps guessers from trying.
WRONG_MAX = 10
WRONG_LASTS = timedelta(minutes=15)
WINDOW_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One terminal's. `wrong` codes were typed, the last of them at `wrong_at`.

    `calls` were made in the ten seconds numbered `window`. `promoted` is the digest of the rolled token that was first
    used last.
    """

    terminal_id: str
    wrong: int = 0
    wrong_at: datetime | None = None
    window: int | None = None
    calls: int = 0
    promoted: str | None = None

    def is_counting(self, now: datetime) -> bool:
        """Whether a wrong code was typed that still counts: a quarter of an hour without one wipes all away."""
        return self.wrong > 0 and self.wrong_at is not None and now < self.wrong_at + WRONG_LASTS

    def must_take_codes(self, now: datetime) -> None:
        """Let a typed code be tried, whether it is right or not.

        Raises:
            CodesLocked: ten wrong ones were typed, each within a quarter of an hour of the one before.
        """
        if self.wrong_at is not None and self.is_counting(now) and self.wrong >= WRONG_MAX:
            again_at = self.wrong_at + WRONG_LASTS
            raise refusals.CodesLocked(again_at, math.ceil((again_at - now).total_seconds()))

    def must_not_flood(self, now: datetime, calls_max: int) -> None:
        """Let a request in, of `calls_max` in ten seconds.

        Raises:
            Throttled: the terminal has had them all.
        """
        if self.window == window_of(now) and self.calls >= calls_max:
            raise refusals.Throttled(math.ceil(WINDOW_SECONDS - now.timestamp() % WINDOW_SECONDS))


def window_of(now: datetime) -> int:
    """The number of the ten seconds in which a moment lies, counted from 1970."""
    return int(now.timestamp()) // WINDOW_SECONDS
