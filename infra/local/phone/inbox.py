"""What arrived on the phone: kept in a file of JSON lines, so that a restart shows it again."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

# A code that no till knows is no longer good; asking on would look like somebody guessing.
_ASKED_AT_MOST = 10
Channel = Literal["line", "email", "sms"]


@dataclass(frozen=True)
class Message:
    """One message. `key` names it once on its channel; `voucher_id` is None while nobody could say which it brings."""

    key: str
    channel: Channel
    to: str
    received_at: str
    body: Any
    voucher_id: str | None = None
    receipt: dict[str, Any] | None = None

    @property
    def public(self) -> dict[str, Any]:
        """As `GET /messages` lists it."""
        return {
            "channel": self.channel,
            "to": self.to,
            "voucher_id": self.voucher_id,
            "received_at": self.received_at,
            "body": self.body,
        }


class Inbox:
    """The messages, each once. May be used by several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._asked: Counter[str] = Counter()
        self._messages: dict[str, Message] = {message.key: message for message in _read(path)}

    def add(self, message: Message) -> bool:
        """Keep a message; False if one of its key is there already."""
        with self._lock:
            if message.key in self._messages:
                return False
            self._write(message)
            return True

    def list(self) -> list[Message]:
        """All messages, oldest first."""
        with self._lock:
            return sorted(self._messages.values(), key=lambda message: message.received_at)

    def name_vouchers(self, find: Callable[[Message], str | None]) -> None:
        """Ask `find` for the voucher of each message that has none yet, a few times at the most."""
        for message in [found for found in self.list() if found.voucher_id is None]:
            self._asked[message.key] += 1
            voucher_id = find(message) if self._asked[message.key] <= _ASKED_AT_MOST else None
            if voucher_id is not None:
                with self._lock:
                    self._write(replace(message, voucher_id=voucher_id))

    def _write(self, message: Message) -> None:
        # A later line of the same key replaces the earlier one when the file is read.
        self._path.touch(mode=0o600)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
        self._messages[message.key] = message


def now() -> str:
    """This moment in UTC, RFC 3339 with microseconds, so that a list keeps the order of arrival."""
    return rfc3339(datetime.now(UTC))


def rfc3339(moment: datetime) -> str:
    """An instant in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _read(path: Path) -> list[Message]:
    if not path.exists():
        return []
    return [Message(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if _is_whole(line)]


def _is_whole(line: str) -> bool:
    """Whether a line was written to its end; the last one may not be after a crash."""
    return line.endswith("}") and line.startswith("{")
