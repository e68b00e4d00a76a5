"""What a till takes with it for the time when it cannot ask: the keys, what stopped being good, and its policy."""

from functions.domain.retail import Terminal
from functions.domain.standing import LAG
from functions.redemption.ports import Clock, Desk, Log, LogPage
from functions.runtime.again import again
from functions.runtime.auth import TillCaller


def admitted(caller: TillCaller, desk: Desk) -> Terminal:
    """The terminal that asks.

    Raises:
        UnauthorizedError: it is not, or no longer, one.
    """
    return again(lambda: caller.admitted(desk.look(caller.terminal_id, caller.store_id)))


def offline_list(
    cursor: str | None, limit: int, *, caller: TillCaller, desk: Desk, log: Log, clock: Clock
) -> tuple[Terminal, LogPage]:
    """The terminal with its policy, and what happened in the log since the cursor.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        InvalidValueError: the cursor is none of ours.
    """
    terminal = admitted(caller, desk)
    return terminal, log.page(cursor, clock() - LAG, limit)
