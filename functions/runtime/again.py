"""Deciding again after somebody else wrote first.

boto3 never retries a cancelled transaction, and it must not: what was decided was decided on an old voucher.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from functions.adapters.errors import ConflictError

T = TypeVar("T")
TRIES = 6
_FIRST_PAUSE = 0.02


def again(attempt: Callable[[], T], *, pause: Callable[[float], None] = time.sleep) -> T:
    """Load, decide and save until nobody wrote in between; six times at most, with jitter.

    Raises:
        ConflictError: the voucher is busier than that. Nothing was done.
    """
    for tried in range(TRIES - 1):
        try:
            return attempt()
        except ConflictError:
            # Full jitter: tills that collided once should not meet again. Not a secret, so no CSPRNG.
            pause(random.uniform(0, _FIRST_PAUSE * 2**tried))  # noqa: S311 - see above
    return attempt()
