"""Every condition of every write of ours: seen as it leaves, and taken away on demand.

A condition that is a chain of ANDs is as many conditions, each of which must be worth its place.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from tests.support.faults import hook

# The first of botocore's events of a call: here a request can still be changed.
_EVENT = "before-parameter-build.dynamodb"
_SINGLE = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_EQUAL = re.compile(r"(\w+) = \?|attribute_not_exists\((\w+)\)")
ANY_TILL = "any request of a terminal"
_ALWAYS = "attribute_exists(pk) OR attribute_not_exists(pk)"
Request = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """One condition: in which request of ours, in which kind of write, of which row.

    `asks` is `new` or `exists`, the name of an attribute that must be as it was read, or the expression itself.
    """

    operation: str
    kind: str
    row: str
    asks: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.kind} {self.row} if {self.asks}"


@contextmanager
def watching() -> Iterator[set[Condition]]:
    """The conditions of all writes from here on."""
    seen: set[Condition] = set()

    def note(params: Request, model: Any, **_: Any) -> None:
        seen.update(condition for condition, _, _ in _conditions(model.name, params))

    with hook("dynamodb", _EVENT, note):
        yield seen


@contextmanager
def without(condition: Condition) -> Iterator[None]:
    """Our writes as they would be if nobody had thought of this condition."""
    struck: list[None] = []

    def strike(params: Request, model: Any, **_: Any) -> None:
        for found, request, part in list(_conditions(model.name, params)):
            if found == condition:
                _take_away(request, part)
                struck.append(None)

    with hook("dynamodb", _EVENT, strike):
        yield
    assert struck, f"no such condition was met: {condition}"


@contextmanager
def writes_under(condition: Condition) -> Iterator[list[tuple[tuple[str, str, str], str]]]:
    """The rows that are written under a condition from here on: (table, pk, sk), and the call that writes each."""
    found: list[tuple[tuple[str, str, str], str]] = []

    def note(params: Request, model: Any, **_: Any) -> None:
        for met, request, _part in _conditions(model.name, params):
            if met == condition:
                key = request.get("Key") or request["Item"]
                found.append(((request["TableName"], key["pk"]["S"], key["sk"]["S"]), model.name))

    # Before anybody takes the condition away.
    with hook("dynamodb", _EVENT, note, first=True):
        yield found
    assert found, f"no such condition was met: {condition}"


def _conditions(call: str, params: Request) -> Iterator[tuple[Condition, Request, str]]:
    """Each condition of a call, with the request that it stands in and its own words there."""
    for kind, request in _writes(call, params):
        # Every request of a terminal may be the one that is told to its guard.
        operation = ANY_TILL if _row(request) == "GUARD#*/GUARD" else _operation()
        parts = _parts(request)
        for part in parts:
            asks = _asks(part, request)
            # What is not there equals nothing: beside an equality, to exist asks for nothing more.
            if asks != "exists" or not any(" = " in other for other in parts):
                yield Condition(operation, kind, _row(request), asks), request, part


def _writes(call: str, params: Request) -> Iterator[tuple[str, Request]]:
    if call in _SINGLE:
        yield _SINGLE[call], params
    elif call == "TransactWriteItems":
        for write in params["TransactItems"]:
            yield from write.items()


def _parts(request: Request) -> list[str]:
    expression = request.get("ConditionExpression", "")
    # Alternatives are one condition: either of them is nothing without the other.
    return [expression] if " OR " in expression else expression.split(" AND ") if expression else []


def _asks(part: str, request: Request) -> str:
    for name, attribute in request.get("ExpressionAttributeNames", {}).items():
        part = re.sub(rf"{name}\b", attribute, part)
    part = re.sub(r":\w+", "?", part)
    if part in {"attribute_not_exists(pk)", "attribute_exists(pk)"}:
        return "new" if "not" in part else "exists"
    unchanged = _EQUAL.fullmatch(part)
    return next(filter(None, unchanged.groups())) if unchanged else part


def _row(request: Request) -> str:
    """The kind of row, as docs/data-model.md names it; the first row of a ledger is born and not added."""
    key = request.get("Key") or request["Item"]
    pk, sk = key["pk"]["S"], key["sk"]["S"]
    if sk == "LEDGER#0000000001":
        return "VOUCHER#*/LEDGER#1"
    return "/".join(f"{part.partition('#')[0]}#*" if "#" in part else part for part in (pk, sk))


def _take_away(request: Request, part: str) -> None:
    left = " AND ".join(other for other in _parts(request) if other != part) or _ALWAYS
    request["ConditionExpression"] = left
    # DynamoDB refuses names and values that nothing speaks of.
    spoken = set(re.findall(r"[#:]\w+", f"{left} {request.get('UpdateExpression', '')}"))
    for known in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept = {name: value for name, value in request.pop(known, {}).items() if name in spoken}
        request.update({known: kept} if kept else {})


def _operation() -> str:
    """The route that is being answered, or the use case that a queue's message called."""
    found, frame = "", sys._getframe().f_back
    while frame and not (found and _is_of(frame, "tests")):
        if _is_of(frame, "functions.runtime.http") and "known_as" in frame.f_locals:
            return str(frame.f_locals["known_as"])
        if _is_of(frame, "functions") and not _is_of(frame, "functions.runtime", "functions.adapters"):
            found = frame.f_code.co_name
        frame = frame.f_back
    return found


def _is_of(frame: FrameType, *packages: str) -> bool:
    module = str(frame.f_globals.get("__name__"))
    return any(module == package or module.startswith(f"{package}.") for package in packages)
