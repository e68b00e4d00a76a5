"""How much a terminal asks: counted in every worker's memory, and told to the terminal's guard ten calls at a time.

So an ordinary till writes nothing for it, and a flood stops all workers within a few calls of each: the limits of API
Gateway are for all callers together, and best effort.
"""

from collections import Counter
from datetime import datetime
from typing import Protocol

from functions.adapters.errors import ConflictError
from functions.domain.guard import WINDOW_SECONDS, Guard, window_of

STEP = 10


class CallCounts(Protocol):
    """Adds up what the workers have counted."""

    def count_calls(self, guard: Guard, window: int, calls: int) -> None:
        """More calls in a window; raises ConflictError where another was begun meanwhile."""


class Meter:
    """One worker's; `rate` is how many calls a second a terminal may make, over ten seconds."""

    def __init__(self, rate: int) -> None:
        self._calls_max = rate * WINDOW_SECONDS
        self._window, self._untold = 0, Counter[str]()
        self._counted: object = None

    def count(self, request: object, guard: Guard, now: datetime, counts: CallCounts) -> None:
        """One call of a terminal. A request that reads again, since another wrote first, is no further call.

        Raises:
            Throttled: it is one too many.
        """
        guard.must_not_flood(now, self._calls_max)
        if request is self._counted:
            return
        self._counted = request
        self._tell(guard, self._add(guard.terminal_id, window_of(now)), counts)

    def _add(self, terminal_id: str, window: int) -> int:
        if window != self._window:
            self._window, self._untold = window, Counter()
        self._untold[terminal_id] += 1
        return self._untold[terminal_id]

    def _tell(self, guard: Guard, calls: int, counts: CallCounts) -> None:
        if calls < STEP:
            return
        try:
            counts.count_calls(guard, self._window, calls)
        except ConflictError:
            return  # Another worker has begun the window; the next call sees that, and tells of this one too.
        self._untold[guard.terminal_id] = 0
