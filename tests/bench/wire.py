"""AWS without AWS: every call of a client is answered from a recording, after all of botocore's own work."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict

READ_UNIT, WRITE_UNIT = 4096, 1024


@dataclass
class Wire:
    """What was asked, by operation, and what it cost in capacity units."""

    calls: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    read_units: float = 0
    write_units: float = 0


class _Raw:
    """The part of an HTTP response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


@contextmanager
def stubbed(client: Any, answers: dict[str, dict[str, Any]]) -> Iterator[Wire]:
    """Answer each operation of a client by name; the request is serialised, signed and its answer parsed as ever."""
    wire = Wire()
    bodies = {operation: json.dumps(answer).encode() for operation, answer in answers.items()}

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        wire.calls.append(model.name)
        wire.requests.append((model.name, params))

    def answer(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        body = bodies[operation]
        headers: Any = HeadersDict({"Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body))})
        return AWSResponse(request.url, 200, headers, _Raw(body))

    events = client.meta.events
    events.register("before-call", note)
    # First, because moto answers too.
    events.register_first("before-send", answer)
    try:
        yield wire
    finally:
        events.unregister("before-call", note)
        events.unregister("before-send", answer)


def units(operation: str, request: dict[str, Any], answer: dict[str, Any]) -> tuple[float, float]:
    """Read and write capacity units of one call, by the sizes of its items (consistent reads, transactional writes)."""
    if operation in {"BatchGetItem", "GetItem"}:
        found = [item for items in answer.get("Responses", {}).values() for item in items]
        found += [answer["Item"]] if answer.get("Item") else []
        asked = sum(len(table["Keys"]) for table in request.get("RequestItems", {}).values()) or 1
        missing = asked - len(found)
        return sum(math.ceil(_size(item) / READ_UNIT) for item in found) + missing, 0
    if operation == "TransactWriteItems":
        items = [write["Put"]["Item"] for write in request["TransactItems"] if "Put" in write]
        return 0, sum(2 * math.ceil(_size(item) / WRITE_UNIT) for item in items)
    return 0, 0


def _size(item: dict[str, Any]) -> int:
    """Bytes of an item, as the developer guide's 'item sizes' counts them."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "M":
            return 3 + len(content) + _size(content)
        case "L":
            return 3 + len(content) + sum(map(_value_size, content))
        case _:
            return 1
