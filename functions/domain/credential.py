"""What a QR holds, before and after its signature is checked.

Two layouts, told apart by their first byte. In base 32 they are exactly 136 and 152 characters of A-Z and 2-7: a QR of
41 modules, typable by any scanner. Version 1 stays good for ever; version 2 is for vouchers of which a token has more
to say than their number.

    1: version 1 | key number 1 | voucher id 16 | credential number 3 |                     Ed25519 signature 64
    2: version 1 | key number 1 | voucher id 16 | credential number 3 | traits 1 | tally 9 | Ed25519 signature 64
"""

import base64
from dataclasses import dataclass
from typing import Final
from uuid import UUID

PLAIN: Final = b"\x01"
WITH_TRAITS: Final = b"\x02"
LENGTHS: Final = frozenset({136, 152})
TALLY: Final = 9  # bytes
_SIGNATURE: Final = 64
_NAMED: Final = 21  # bytes that both versions begin with
_CLAIMS: Final = {PLAIN: _NAMED, WITH_TRAITS: _NAMED + 1 + TALLY}
_ROTATING, _HAS_TALLY = 1, 2
_DOMAIN: Final = b"storebound voucher credential\x00"


@dataclass(frozen=True, slots=True)
class Credential:
    """Names one credential of one voucher; a higher number has replaced the lower ones.

    Its traits: `rotating`, that the token alone redeems nothing (`rotation`); `tally`, 18 hexadecimal digits of where
    the uses of its customer are counted.
    """

    voucher_id: str
    number: int
    rotating: bool = False
    tally: str | None = None


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart. Nothing in it may be believed before `signature` is checked over `signed`."""

    key: int
    credential: Credential
    signed: bytes
    signature: bytes


def claim(key: int, credential: Credential) -> bytes:
    """The bytes of a token before its signature; of version 2 only where there is a trait to tell."""
    named = UUID(credential.voucher_id).bytes + credential.number.to_bytes(3, "big")
    traits = _traits(credential)
    if not traits:
        return PLAIN + bytes((key,)) + named
    tally = bytes.fromhex(credential.tally) if credential.tally else bytes(TALLY)
    return WITH_TRAITS + bytes((key,)) + named + bytes((traits,)) + tally


def signed_bytes(claim: bytes) -> bytes:
    """What is signed: the claim, fenced off from anything else the same key might ever sign."""
    return _DOMAIN + claim


def assemble(claim: bytes, signature: bytes) -> str:
    """The token's text."""
    return base64.b32encode(claim + signature).decode()


def last_part(text: str) -> str:
    """What a scanner sent, in the QR's own spelling: any case, with or without the address of the page before it."""
    return text.strip().rstrip("/").rpartition("/")[2].upper()


def take_apart(text: str) -> SignedToken | None:
    """Read what a scanner sent; None where it cannot be a token of a version that we know."""
    token = last_part(text)
    if len(token) not in LENGTHS:
        return None
    try:
        raw = base64.b32decode(token)
    except ValueError:
        return None
    length = len(raw) - _SIGNATURE
    if raw[:1] not in _CLAIMS or length != _CLAIMS[raw[:1]]:
        return None
    said, key = raw[:length], raw[1]
    credential = _read(said)
    # What we would have written in another way, such as with a trait unknown to us, is not ours.
    return SignedToken(key, credential, signed_bytes(said), raw[length:]) if claim(key, credential) == said else None


def _traits(credential: Credential) -> int:
    return (_ROTATING if credential.rotating else 0) | (_HAS_TALLY if credential.tally else 0)


def _read(claim: bytes) -> Credential:
    traits, tally = (claim[_NAMED], claim[_NAMED + 1 :]) if claim[:1] == WITH_TRAITS else (0, b"")
    return Credential(
        str(UUID(bytes=claim[2:18])),
        int.from_bytes(claim[18:_NAMED], "big"),
        rotating=bool(traits & _ROTATING),
        tally=tally.hex() if traits & _HAS_TALLY else None,
    )
