"""Ctrl-C and SIGTERM: the first ends the run in good order, the others wait for it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from infra.local.show import Screen


class Stopped(BaseException):
    """Somebody asked the run to end. No error, so that nothing that handles errors swallows it."""


@contextmanager
def stopping_in_order(screen: Screen) -> Iterator[None]:
    """Raise `Stopped` in the main thread at the first signal; answer later ones with patience."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            screen.line("  Already ending; your data is being saved.")
            return
        asked = True
        raise Stopped

    before: dict[int, Any] = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
