"""From the voucher that an operation names to the one that stands for it now.

An operation by its reference carries no credential: only its row says which voucher it was. Hence a second read, and
one more for every time that the voucher was handed to another person.
"""

from functions.adapters.errors import ConflictError
from functions.domain.retail import Terminal
from functions.domain.voucher import Voucher
from functions.redemption.ports import Desk


def in_force(voucher_id: str, terminal: Terminal, desk: Desk) -> Voucher:
    """The voucher, or the last of those that took its place.

    Raises:
        ConflictError: it is not there. What was redeemed of a voucher cannot outlive it.
    """
    voucher = desk.look(terminal.terminal_id, terminal.store_id, voucher_id=voucher_id).voucher
    if voucher is None:
        raise ConflictError("the voucher of an operation is gone")
    return in_force(voucher.replaced_by, terminal, desk) if voucher.replaced_by else voucher
