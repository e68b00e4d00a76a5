"""Names of things: what an id may look like, and ids that are derived so that a repeat finds the same thing."""

import re
from uuid import UUID, uuid5

from functions.domain.errors import InvalidValueError

# CONTRACT: ids and references are [A-Za-z0-9._~-]{1,64}. No key separator can occur in one.
IDENTIFIER = r"^[A-Za-z0-9._~-]{1,64}$"
_IDENTIFIER = re.compile(IDENTIFIER, re.ASCII)
_VOUCHERS = UUID("6f7b6c1e-4d0b-5f0e-9a53-0b8d3c2f7a11")
_MESSAGES = UUID("b0f5a3c2-9d57-5b7c-8a3e-5c1d2e4f6a22")
_CUSTOMERS = UUID("2c9a7e44-1b6d-5e2f-b1c8-7d3f9e5a4b33")


def is_identifier(text: str) -> bool:
    """Whether `text` may name a resource or an operation."""
    return _IDENTIFIER.fullmatch(text) is not None


def checked_identifier(field: str, text: str) -> str:
    """`text`, which may name a resource or an operation.

    Raises:
        InvalidValueError: it may not.
    """
    if not is_identifier(text):
        raise InvalidValueError(field, "must be 1 to 64 of A-Z a-z 0-9 . _ ~ -")
    return text


def voucher_id(shop_id: str, order_id: str, line_id: str, unit: int) -> str:
    """The id of the voucher for one unit (from 0) of an order line: the same however often it is asked for."""
    return str(uuid5(_VOUCHERS, "#".join((shop_id, order_id, line_id, str(unit)))))


def successor_id(voucher_id: str) -> str:
    """The id of the voucher that takes another's place when it is handed to another person, which happens once."""
    return str(uuid5(_VOUCHERS, f"{voucher_id}#successor"))


def message_id(voucher_id: str, credential: int) -> str:
    """The id of the message that brings one credential of a voucher to its customer; one send a channel hangs on it."""
    return str(uuid5(_MESSAGES, f"{voucher_id}#{credential}"))


def customer_id(identity_kind: str, identity: str) -> str:
    """The id of a customer first met under one identity."""
    return str(uuid5(_CUSTOMERS, f"{identity_kind}#{identity}"))
