"""What may go wrong between a Lambda function and AWS, and at which moment somebody else may act.

A fault here is what is left of it after botocore's own retries. A lost reply is the dangerous one: the write happened,
and nobody was told. A late one is worse: the write has not happened yet, and will.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.simulation.store import Rows, Store, cancelled, refused
from tests.support.faults import KilledError

__all__ = ["ENDPOINT", "FITTING", "Calm", "Fault", "KilledError", "Unreliable", "Weather"]

ENDPOINT = "https://aws.example"
_OPERATIONS = {
    "get_item": "GetItem",
    "batch_get_item": "BatchGetItem",
    "query": "Query",
    "put_item": "PutItem",
    "update_item": "UpdateItem",
    "delete_item": "DeleteItem",
    "transact_write_items": "TransactWriteItems",
}


class Fault(StrEnum):
    """What happens to one call."""

    LOST_REQUEST = "time-out, nothing done"
    LOST_REPLY = "time-out, done"
    LATE = "time-out, done later"
    REPEATED = "done twice, as botocore repeats a call whose reply was lost"
    CONFLICT = "TransactionConflict"
    THROTTLED = "throttled"
    IN_PROGRESS = "TransactionInProgress, done"
    IN_PROGRESS_LATE = "TransactionInProgress, done later"
    INTERNAL = "internal error, nothing done"
    INTERNAL_DONE = "internal error, done"
    UNPROCESSED = "part of a batch not read"
    TORN = "somebody writes while a batch is read"
    STALE = "an index that is behind its table"
    PART_REFUSED = "part of a batch of messages refused"
    KILLED_BEFORE = "the worker dies before the call"
    KILLED_AFTER = "the worker dies after the call"


_ANY = (Fault.LOST_REQUEST, Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
_READ = (*_ANY, Fault.THROTTLED, Fault.INTERNAL)
_WRITE = (*_READ, Fault.LOST_REPLY, Fault.LATE, Fault.REPEATED, Fault.CONFLICT, Fault.INTERNAL_DONE)
# What can happen to which call.
FITTING: Mapping[str, tuple[Fault, ...]] = {
    "get_item": _READ,
    "batch_get_item": (*_READ, Fault.UNPROCESSED, Fault.TORN),
    "query": (*_READ, Fault.STALE),
    "put_item": _WRITE,
    "update_item": _WRITE,
    "delete_item": _WRITE,
    "transact_write_items": (*_WRITE, Fault.IN_PROGRESS, Fault.IN_PROGRESS_LATE),
    "send_message_batch": (*_ANY, Fault.LOST_REPLY, Fault.PART_REFUSED),
}


class Weather(Protocol):
    """Decides what goes wrong. Whoever decides it is deterministic."""

    def interrupt(self) -> None:
        """Let others act, if they are to act now."""

    def fault(self, call: str) -> Fault | None:
        """What happens to this call."""


class Calm:
    """Nothing goes wrong, and nobody is in the way."""

    def interrupt(self) -> None:
        """Let nobody act."""

    def fault(self, call: str) -> Fault | None:
        """Nothing."""


@dataclass(slots=True)
class Unreliable:
    """A boto3 client of a store, behind an unreliable line. `late` are the writes that are still under way."""

    store: Store
    weather: Weather
    late: list[Callable[[], object]] = field(default_factory=list)
    _behind: Rows | None = None

    def get_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("get_item", request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("batch_get_item", request)

    def query(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("query", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("put_item", request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("update_item", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("delete_item", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("transact_write_items", request)

    def arrive(self, place: int) -> None:
        """Let a write that is under way arrive. Nobody waits for its answer any more."""
        try:
            self.late.pop(place)()
        except ClientError:
            return

    def _call(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        self.weather.interrupt()
        fault = self.weather.fault(name)
        if fault is None:
            return self._done(name, request)
        return self._spoilt(fault, name, request)

    def _done(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.store, name)(**request)
        return answer

    def _spoilt(self, fault: Fault, name: str, request: dict[str, Any]) -> dict[str, Any]:
        match fault:
            case Fault.REPEATED:
                return self._repeated(name, request)
            case Fault.UNPROCESSED:
                return self._in_part(request)
            case Fault.TORN:
                return self._one_by_one(request)
            case Fault.STALE:
                return self._from_behind(request)
            case Fault.LATE | Fault.IN_PROGRESS_LATE:
                self.late.append(lambda: self._done(name, request))
            case Fault.KILLED_AFTER | Fault.LOST_REPLY | Fault.IN_PROGRESS | Fault.INTERNAL_DONE:
                self._done_unheard(name, request)
            case _:
                # Nothing is done, and what is told may say so.
                pass
        raise _told(fault, name, request)

    def _done_unheard(self, name: str, request: dict[str, Any]) -> None:
        try:
            self._done(name, request)
        except ClientError:
            # A refusal, too, is a reply that can get lost.
            return

    def _repeated(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        if name == "transact_write_items":
            # botocore repeats it under the same token, so that the second is the first.
            return self._done(name, request)
        self._done_unheard(name, request)
        self.weather.interrupt()
        return self._done(name, request)

    def _in_part(self, request: dict[str, Any]) -> dict[str, Any]:
        keys = [(table, key) for table, asked in request["RequestItems"].items() for key in asked["Keys"]]
        answer = self._done("batch_get_item", {"RequestItems": _asking(keys[1:])}) if keys[1:] else _nothing_read()
        return answer | {"UnprocessedKeys": _asking(keys[:1])}

    def _one_by_one(self, request: dict[str, Any]) -> dict[str, Any]:
        """A batch is no snapshot: each of its items is read at a moment of its own."""
        found: dict[str, list[Any]] = {}
        for table, asked in request["RequestItems"].items():
            found[table] = []
            for key in asked["Keys"]:
                found[table] += self._done("batch_get_item", {"RequestItems": _asking([(table, key)])})["Responses"][
                    table
                ]
                self.weather.interrupt()
        return {"Responses": found, "UnprocessedKeys": {}}

    def _from_behind(self, request: dict[str, Any]) -> dict[str, Any]:
        """An index answers with what it knew at an earlier query; a table never does."""
        if "IndexName" not in request:
            return self._done("query", request)
        known = self._behind if self._behind is not None else self.store.rows
        self._behind = dict(self.store.rows)
        behind = Store(self.store.tables, self.store.indexes)
        behind.go_back(known)
        return behind.query(**request)


def _told(fault: Fault, name: str, request: dict[str, Any]) -> BaseException:
    """What the caller is told, which need not be what happened."""
    operation, says = _OPERATIONS[name], "as the simulation wants it"
    is_transaction = name == "transact_write_items"
    match fault:
        case Fault.KILLED_BEFORE | Fault.KILLED_AFTER:
            return KilledError()
        case Fault.IN_PROGRESS | Fault.IN_PROGRESS_LATE:
            return refused(operation, "TransactionInProgressException", says)
        case Fault.INTERNAL | Fault.INTERNAL_DONE:
            return refused(operation, "InternalServerError", says)
        case Fault.CONFLICT if is_transaction:
            return cancelled(_reasons(request, "TransactionConflict"))
        case Fault.THROTTLED if is_transaction:
            return cancelled(_reasons(request, "ThrottlingError"))
        case Fault.CONFLICT:
            return refused(operation, "TransactionConflictException", says)
        case Fault.THROTTLED:
            return refused(operation, "ThrottlingException", says)
        case _:
            return ReadTimeoutError(endpoint_url=ENDPOINT)


def _reasons(request: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The last of a transaction's writes was in the way; AWS names any."""
    return [{"Code": "None"}] * (len(request["TransactItems"]) - 1) + [{"Code": code}]


def _asking(keys: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for table, key in keys:
        asked.setdefault(table, {"ConsistentRead": True, "Keys": []})["Keys"].append(key)
    return asked


def _nothing_read() -> dict[str, Any]:
    return {"Responses": {}, "UnprocessedKeys": {}}
