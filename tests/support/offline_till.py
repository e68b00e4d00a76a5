"""A till that works offline, written from docs/offline.md alone: PyNaCl, and nothing of ours."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

CLAIM_BYTES = {1: 21, 2: 31}


@dataclass(frozen=True)
class Scanned:
    """What a genuine QR says."""

    voucher_id: str
    credential: int


def read_qr(keys: dict[str, Any], text: str) -> Scanned | None:
    """What a QR proves by the answer of `GET /v1/pos/keys`, or None."""
    try:
        raw = base64.b32decode(text.strip().rstrip("/").split("/")[-1].upper())
    except ValueError:
        return None
    end = CLAIM_BYTES.get(raw[0]) if raw else None
    if end is None or len(raw) != end + 64:
        return None
    known = {entry["number"]: base64.b64decode(entry["public_key"]) for entry in keys["keys"]}
    claim, signature = raw[:end], raw[end:]
    if raw[1] not in known or not _is_signed(known[raw[1]], base64.b64decode(keys["context"]) + claim, signature):
        return None
    if raw[0] == 2 and claim[21] & 1:
        return None  # it renews itself
    return Scanned(str(UUID(bytes=claim[2:18])), int.from_bytes(claim[18:21], "big"))


def read_list(keys: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any] | None:
    """What a downloaded list says, or None where it is not from the server."""
    signed, signature = answer["list"].encode(), base64.b64decode(answer["signature"])
    if not _is_signed(base64.b64decode(keys["list_key"]), signed, signature):
        return None
    read: dict[str, Any] = json.loads(signed)
    return read


class OfflineTill:
    """Keeps what it has downloaded and says yes or no."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys, self.cursor, self.newest = keys, "", {}  # type: ignore[var-annotated]

    def take_over(self, answer: dict[str, Any]) -> bool:
        """Learn of a list; True where there is no further page."""
        told = read_list(self.keys, answer)
        assert told is not None
        for entry in told["entries"]:
            known = self.newest.get(entry["voucher_id"])
            if known is None or known["version"] < entry["version"]:
                self.newest[entry["voucher_id"]] = entry
        self.cursor, self.last = told["next_cursor"], told
        return bool(told["complete"])

    def accepts(self, qr: str, now: datetime) -> bool:
        """Whether a clerk may take it."""
        scanned = read_qr(self.keys, qr)
        if scanned is None or self.last["policy"] is None or now >= datetime.fromisoformat(self.last["good_until"]):
            return False
        entry = self.newest.get(scanned.voucher_id)
        return entry is None or (entry["usable"] and scanned.credential >= entry["credential"])


def _is_signed(key: bytes, text: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(key).verify(text, signature)
    except (BadSignatureError, ValueError):
        return False
    return True
