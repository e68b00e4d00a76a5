"""What a till is told of a day of its own store."""

from datetime import date

from functions.domain.settlement import Settlement
from functions.redemption.ports import Desk, Settlements
from functions.runtime.auth import TillCaller


def settlement(day: date, *, caller: TillCaller, desk: Desk, settlements: Settlements) -> Settlement:
    """The store's day: one read of the terminal, one query.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        Throttled: it asks too much.
    """
    terminal = caller.admitted(desk.look(caller.terminal_id, caller.store_id))
    return settlements.of(terminal.store_id, day)
