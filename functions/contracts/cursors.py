"""Cursors of lists: what a caller gets is one opaque word, and what comes back is read as nothing else."""

import base64
import binascii
import json
from collections.abc import Sequence

from functions.domain.errors import InvalidValueError

Kind = frozenset[type]
TEXT: Kind = frozenset({str})
NUMBER: Kind = frozenset({int})
MAYBE: Kind = frozenset({str, type(None)})
_LENGTH_MAX = 2_000


def write_cursor(*parts: str | int | None) -> str:
    """The word for a place."""
    packed = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()


def read_cursor(word: str, *kinds: Kind) -> Sequence[object]:
    """The parts of a place, each of the kind that it must be.

    Raises:
        InvalidValueError: no list of ours gave out this word.
    """
    try:
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)) if len(word) < _LENGTH_MAX else None
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    fits = (
        isinstance(parts, list)
        and len(parts) == len(kinds)
        and all(type(part) in kind for part, kind in zip(parts, kinds, strict=True))
    )
    if parts is None or not fits or write_cursor(*parts) != word:
        raise foreign_cursor()
    return list(parts)


def foreign_cursor() -> InvalidValueError:
    """The error of a cursor that this list did not give out."""
    return InvalidValueError("cursor", "is not one that was given out here: begin again without it")
