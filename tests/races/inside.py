"""The use cases themselves, run in this process over the tables and queues of the running stack.

They do what a Lambda function would do, but under threads that a test can hold back, and with calls that it can spoil.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from functions.adapters import aws
from functions.checkout.receive import receive
from functions.checkout.shopify import Shopify
from functions.contracts.messages import Message, OrderChanged
from functions.domain.operations import Redemption
from functions.domain.refusals import Refusal
from functions.domain.voucher import Ask
from functions.issuance.entry import settling
from functions.redemption.credentials import Presented, find_credential
from functions.redemption.redeem import Redeem, redeem
from functions.redemption.typed import TypedCodes
from functions.runtime import auth
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring, using
from infra.local.stack import Stack
from tests.support import shopify
from tests.support.stack import Order, all_at_once, reference

_ENDPOINT = "https://aws.example"
_PATIENCE_SECONDS = 30.0


@contextmanager
def wired(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """All adapters, set as the deployed functions are, over the local AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", stack.target.region)
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.endpoint_url)
    # Tests on moto leave a session of their own behind.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    aws.made.cache_clear()
    with using(Wiring(_settings(stack))) as wiring:
        yield wiring
    aws.made.cache_clear()


def _settings(stack: Stack) -> Settings:
    """What all functions together are told."""
    told: dict[str, str] = {}
    for name in stack.outputs.functions.values():
        found = stack.target.client("lambda").get_function_configuration(FunctionName=name)
        told |= found["Environment"]["Variables"]
    return Settings.load(told)


@dataclass(frozen=True)
class InsideTill:
    """One till's use cases."""

    wiring: Wiring
    token: str

    def redeem(self, reference: str, credential: str, ask: Ask | None = None) -> Redemption:
        """Take what is asked for, or all that is left."""
        wiring = self.wiring
        command = Redeem(reference, self.found(credential), ask or Ask(), receipt=None)
        return redeem(command, caller=self.caller, desk=wiring.till, clock=wiring.clock)[0]

    def found(self, credential: str) -> Presented | None:
        """What was scanned or typed."""
        wiring = self.wiring
        typed = TypedCodes(wiring.codebook, wiring.till, wiring.guards, wiring.clock)
        return find_credential(
            credential, caller=self.caller, verifier=wiring.verifier, codebook=wiring.codebook, typed=typed
        )

    def winners(self, calls: list[tuple[str, str]]) -> list[Redemption]:
        """What those of the redemptions took that were not refused; all of them are decided before any is written."""
        with all_decided_before_any_is_written(len(calls)):
            tried = all_at_once([partial(self._tried, reference, credential) for reference, credential in calls])
        return [redemption for redemption in tried if redemption]

    def _tried(self, reference: str, credential: str) -> Redemption | None:
        try:
            return self.redeem(reference, credential)
        except Refusal:
            return None

    @property
    def caller(self) -> auth.TillCaller:
        """Whoever holds the till's token."""
        caller = auth.caller(f"Bearer {self.token}", auth.TILL_ONLY)
        assert isinstance(caller, auth.TillCaller)
        return caller


class _Nowhere:
    """Queues that bring nothing to anybody: the running stack must not settle what a test is about to settle."""

    def send(self, queue: str, *messages: Message) -> None:
        """Let it go."""


@dataclass(frozen=True)
class InsideShop:
    """A shop whose reports are heard, and settled only when the test says so."""

    wiring: Wiring
    shop_id: str

    def hear(self, body: dict[str, Any], *, delivery: str | None = None) -> None:
        """What the webhook's function does, but for its queue."""
        raw = shopify.raw(body)
        told = Shopify().read(self.shop_id, {"x-shopify-webhook-id": delivery or reference()}, raw)
        receive(told, orders=self.wiring.orders, queues=_Nowhere(), clock=self.wiring.clock)

    def settle(self, order: Order) -> None:
        """What the queue's function does."""
        settling().settle(OrderChanged(shop_id=self.shop_id, order_id=order.order_id))


@contextmanager
def all_decided_before_any_is_written(writers: int, operation: str = "TransactWriteItems") -> Iterator[None]:
    """The worst moment of all: so many threads have read, and have decided, when the first of them writes."""
    gate, passed = threading.Barrier(writers, timeout=_PATIENCE_SECONDS), threading.local()

    def wait(**_: Any) -> None:
        if not hasattr(passed, "once"):
            passed.once = True
            gate.wait()

    with on_dynamodb("before-call", operation, wait):
        yield


@contextmanager
def never_sent(operation: str, *, times: int) -> Iterator[None]:
    """The next tries of an operation do not reach DynamoDB; boto3 tries a call three times."""
    left = [None] * times

    def strike(**_: Any) -> None:
        if left:
            left.pop()
            raise ConnectTimeoutError(endpoint_url=_ENDPOINT)

    with on_dynamodb("before-send", operation, strike):
        yield
    assert not left


@contextmanager
def answer_lost(operation: str, *, times: int) -> Iterator[None]:
    """The next tries of an operation reach DynamoDB, and its answers get lost."""
    left, session = [None] * times, aws.client("dynamodb")._endpoint.http_session  # type: ignore[attr-defined]

    def strike(request: Any, **_: Any) -> None:
        if left:
            left.pop()
            session.send(request)
            raise ReadTimeoutError(endpoint_url=_ENDPOINT)

    with on_dynamodb("before-send", operation, strike):
        yield
    assert not left


@contextmanager
def on_dynamodb(moment: str, operation: str, act: Callable[..., Any]) -> Iterator[None]:
    """Do something at a moment of botocore's, at every call of an operation."""
    events, event = aws.client("dynamodb").meta.events, f"{moment}.dynamodb.{operation}"
    events.register(event, act)
    try:
        yield
    finally:
        events.unregister(event, act)
