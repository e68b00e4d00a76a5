"""Which voucher a message brings: read off its link, or asked of the till where it holds only a code to type."""

import json
import re
from collections.abc import Callable

from functions.domain import codes
from functions.domain.credential import take_apart
from infra.local.phone.inbox import Message

# Asks a till what a typed code is: the voucher's id, or None where the till does not know it or cannot be asked.
Lookup = Callable[[str], str | None]

_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z2-7]{136}|[A-Za-z2-7]{152})(?![A-Za-z0-9])")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[2-9A-HJ-NP-Za-hj-np-z]{4}[- ]?){3}[2-9A-HJ-NP-Za-hj-np-z]{4}(?![A-Za-z0-9])")


def voucher_in_link(body: object) -> str | None:
    """The id in the first voucher link of a body. The signature is not checked: the phone only sorts its messages."""
    for found in _TOKEN.finditer(_text(body)):
        token = take_apart(found.group())
        if token is not None:
            return token.credential.voucher_id
    return None


def voucher_of_code(body: object, lookup: Lookup) -> str | None:
    """The id of the voucher whose code stands in a body, as a till knows it."""
    for found in _CODE.finditer(_text(body)):
        code = codes.normalise(found.group())
        voucher_id = lookup(code) if code else None
        if voucher_id:
            return voucher_id
    return None


def voucher_of(message: Message, lookup: Lookup) -> str | None:
    """The id of the voucher that a message brings, if it can be found."""
    return voucher_in_link(message.body) or voucher_of_code(message.body, lookup)


def _text(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)
