"""What the world does at the worst moment, done through botocore's own hooks.

A handler of `before-call` acts between our decision and the write; if it answers, the call never leaves. A handler of
`after-call` acts when the call has happened and before we hear of it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

from functions.adapters import aws

Service = Literal["dynamodb", "sqs", "secretsmanager"]
Answer = tuple[AWSResponse, dict[str, Any]]


@contextmanager
def rival(act: Callable[[], object], *, before: str = "TransactWriteItems", at: int = 1) -> Iterator[None]:
    """Let somebody else act right before our n-th call of a DynamoDB operation, once."""
    seen: list[None] = []

    def strike(**_: Any) -> None:
        seen.append(None)
        if len(seen) == at:
            act()

    with hook("dynamodb", f"before-call.dynamodb.{before}", strike):
        yield
    assert len(seen) >= at, f"{before} was not called {at} times"


@contextmanager
def answering(
    operation: str,
    code: str,
    *,
    times: int = 1,
    after: int = 0,
    reasons: Sequence[str] = (),
    service: Service = "dynamodb",
) -> Iterator[list[None]]:
    """Let AWS answer the next calls of an operation (but for `after` of them) with an error and no effect."""
    answered: list[None] = []
    let_through: list[None] = []

    def answer(**_: Any) -> Answer | None:
        if len(let_through) < after:
            let_through.append(None)
            return None
        if len(answered) == times:
            return None
        answered.append(None)
        return refusing_answer(code, reasons)

    with hook(service, f"before-call.{service}.{operation}", answer):
        yield answered


def refusing_answer(code: str, reasons: Sequence[str] = ()) -> Answer:
    """What a handler of `before-call` returns to let AWS say no; `reasons` are those of a cancelled transaction."""
    error: dict[str, Any] = {"Error": {"Code": code, "Message": "as the test wants it"}}
    if reasons:
        error["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return AWSResponse("https://aws.example", 400, HTTPHeaders(), None), error | {"ResponseMetadata": {}}


@contextmanager
def lost_reply(operation: str = "TransactWriteItems") -> Iterator[list[None]]:
    """Let the next call of an operation happen, and its answer get lost."""
    lost: list[None] = []

    def lose(**_: Any) -> None:
        if not lost:
            lost.append(None)
            raise ReadTimeoutError(endpoint_url="https://aws.example")

    with hook("dynamodb", f"after-call.dynamodb.{operation}", lose):
        yield lost


class KilledError(BaseException):
    """The worker is gone. No `except Exception` may see it, as none would."""


@dataclass
class Crashes:
    """Kills the worker at its n-th call of DynamoDB or SQS, before or after the call happened; `at=0` never does."""

    at: int = 0
    when: Literal["before", "after"] = "before"
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator["Crashes"]:
        with ExitStack() as stack:
            for service in ("dynamodb", "sqs"):
                stack.enter_context(hook(service, f"before-call.{service}", self._before))
                stack.enter_context(hook(service, f"after-call.{service}", self._after))
            yield self

    def _before(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        self._strike("before")

    def _after(self, **_: Any) -> None:
        self._strike("after")

    def _strike(self, when: str) -> None:
        if self.when == when and len(self.calls) == self.at:
            raise KilledError


@contextmanager
def hook(service: Service, event: str, handler: Callable[..., Any], *, first: bool = False) -> Iterator[None]:
    """Let a handler hear of a service's calls for a while, after those that do already or before them."""
    events = aws.client(service).meta.events
    (events.register_first if first else events.register)(event, handler)
    try:
        yield
    finally:
        events.unregister(event, handler)
