"""What the functions wrote, out of the local AWS's logs into one file that a person can follow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.target import Target

# Of Lambda itself, at every call.
_PLATFORM = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ")
# Calls that overlap are logged when they end: one may come in behind another that began later.
_OVERLAP_MS = 60_000


class FunctionLogs:
    """Copies what is new whenever it is asked to."""

    def __init__(self, target: Target, path: Path) -> None:
        self._client = target.client("logs")
        self._prefix = f"/storebound/{target.stage}/"
        self._path = path
        self._since = int(datetime.now(UTC).timestamp() * 1000)
        # The local AWS gives every call a stream of its own, written at once.
        self._copied: set[str] = set()

    def collect(self) -> None:
        """Append what the functions wrote since the last time."""
        events = sorted(self._new(), key=lambda event: int(event["timestamp"]))
        lines = [_line(event) for event in events if not event["message"].startswith(_PLATFORM)]
        if events:
            self._copied |= {event["logStreamName"] for event in events}
            self._since = max(self._since, events[-1]["timestamp"] - _OVERLAP_MS)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(lines)

    def _new(self) -> Iterator[dict[str, Any]]:
        for group in self._client.describe_log_groups(logGroupNamePrefix=self._prefix)["logGroups"]:
            name = group["logGroupName"]
            for event in self._client.filter_log_events(logGroupName=name, startTime=self._since)["events"]:
                if event["logStreamName"] not in self._copied:
                    yield {**event, "function": name.removeprefix(self._prefix)}


def _line(event: dict[str, Any]) -> str:
    moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
    return f"{moment.replace('+00:00', 'Z')} {event['function']:<14} {event['message'].rstrip()}\n"
