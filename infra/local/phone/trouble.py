"""Trouble that LINE gives now and then, planted for demonstrations and tests."""

import time
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


class Line(StrEnum):
    """How LINE behaves."""

    OK = "ok"
    DOWN = "down"  # 500, nothing is delivered
    RATE_LIMITED = "rate_limited"  # 429 that passes
    MONTHLY_LIMIT = "monthly_limit"  # 429 that stays until the month ends
    SLOW = "slow"  # delivers at once, answers late
    ACCEPT_THEN_500 = "accept_then_500"  # delivers, and says that it failed


@dataclass(frozen=True)
class Condition:
    """A behaviour, and when it ends (seconds of the monotonic clock; None: when somebody says so)."""

    line: Line = Line.OK
    until: float | None = None


class Trouble:
    """What is planted now."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._lock = Lock()

    def plant(self, line: Line, for_seconds: float | None = None) -> None:
        """From now on, or for so many seconds, LINE behaves like this."""
        until = None if for_seconds is None else time.monotonic() + for_seconds
        with self._lock:
            self._condition = Condition(line, until)

    @property
    def line(self) -> Line:
        """How LINE behaves at this moment."""
        with self._lock:
            if self._condition.until is not None and time.monotonic() >= self._condition.until:
                self._condition = Condition()
            return self._condition.line
