"""What makes another request under the same reference another request."""

import hashlib
import json

from functions.domain.voucher import Ask


def fingerprint(ask: Ask, *others: str | int | None) -> str:
    """A digest of what is asked for, in hexadecimal.

    How the voucher was named is no part of it: a QR that would not scan may be typed at the second try.
    """
    parts = [
        (ask.money.minor, ask.money.currency) if ask.money else None,
        sorted(ask.items),
        ask.basket.identity if ask.basket else None,
        *others,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
