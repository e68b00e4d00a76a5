"""What a QR holds, before and after its signature is checked.

Layout, 85 bytes, in base 32 exactly 136 characters of A-Z and 2-7: a QR of 37 modules, typable by any scanner.

    version 1 | key number 1 | voucher id 16 | credential number 3 | Ed25519 signature 64
"""

import base64
from dataclasses import dataclass
from uuid import UUID

VERSION = 1
_CLAIM = 21
_TOKEN = 85
_LENGTH = 136
_DOMAIN = b"storebound voucher credential\x00"


@dataclass(frozen=True, slots=True)
class Credential:
    """Names one credential of one voucher; a higher number has replaced the lower ones."""

    voucher_id: str
    number: int


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart. Nothing in it may be believed before `signature` is checked over `signed`."""

    key: int
    credential: Credential
    signed: bytes
    signature: bytes


def claim(key: int, credential: Credential) -> bytes:
    """The bytes of a token before its signature."""
    return bytes((VERSION, key)) + UUID(credential.voucher_id).bytes + credential.number.to_bytes(3, "big")


def signed_bytes(claim: bytes) -> bytes:
    """What is signed: the claim, fenced off from anything else the same key might ever sign."""
    return _DOMAIN + claim


def assemble(claim: bytes, signature: bytes) -> str:
    """The token's text."""
    return base64.b32encode(claim + signature).decode()


def take_apart(text: str) -> SignedToken | None:
    """Read what a scanner sent: any case, with or without the address of the voucher page before it.

    None where it cannot be a token of this version.
    """
    token = text.strip().rstrip("/").rpartition("/")[2].upper()
    if len(token) != _LENGTH:
        return None
    try:
        raw = base64.b32decode(token)
    except ValueError:
        return None
    if len(raw) != _TOKEN or raw[0] != VERSION:
        return None
    credential = Credential(str(UUID(bytes=raw[2:18])), int.from_bytes(raw[18:_CLAIM], "big"))
    return SignedToken(raw[1], credential, signed_bytes(raw[:_CLAIM]), raw[_CLAIM:])
