"""Bearer tokens and enrolment codes: made at random, kept only as digests.

A token names its row, so that it is looked up by key: `sbt_` a terminal's, `sbk_` a person's or program's. Behind the
prefix stands base 64 of `part/part/secret`; the secret has 256 bits, so a plain SHA-256 of it may lie in a table
(OWASP ASVS 6.5.2).
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from functions.domain import codes

TERMINAL = "sbt_"
KEY = "sbk_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Made:
    """A new token: its text, to be shown once, and the digest to keep."""

    text: str
    digest: str


def make(prefix: str, *parts: str) -> Made:
    """A new token that names `parts`."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    body = "/".join((*parts, secret))
    return Made(prefix + base64.urlsafe_b64encode(body.encode()).decode().rstrip("="), digest(secret))


def read(prefix: str, text: str, parts: int) -> tuple[list[str], str] | None:
    """The parts a token names and the digest of its secret, or None where it is no such token."""
    body = text.removeprefix(prefix)
    if body == text or len(body) > 512:  # noqa: PLR2004 - three times the longest we make
        return None
    try:
        named = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True).decode().split("/")
    except ValueError:
        return None
    return (named[:-1], digest(named[-1])) if len(named) == parts + 1 and all(named) else None


def digest(secret: str) -> str:
    """What is kept of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def enrolment_code() -> Made:
    """A one-use code of 74 bits, in the alphabet that people can type."""
    code = codes.from_number(secrets.randbits(128))
    return Made(codes.grouped(code), digest(code))
