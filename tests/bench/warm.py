"""Warm requests through the app's own Lambda functions, with recordings for a wire.

Everything but the network is there: API Gateway's event, Chalice, the checks, the domain, boto3's serialising, signing
and parsing. Beside it, in the same run and in turn, the same DynamoDB calls made bare, with the same requests and a
boto3 client as it comes.
"""

import base64
import gc
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

import app
from functions.adapters import aws
from functions.contracts.messages import OrderChanged
from functions.domain.credential import Credential
from functions.issuance.entry import settling
from functions.runtime.wiring import Wiring, using
from tests.bench import wire
from tests.support.api import Api
from tests.support.world import World, world

ROUNDS, BATCH = 15, 40
SHOP, SECRET, ORDER = "bench", "secret-of-the-bench", 5_324_830_114_101
Event = dict[str, Any]
# A DynamoDB call that was made: operation, request, answer.
Recorded = tuple[str, dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Measured:
    """One kind of request: which function takes it, and what one is made of (`turn` makes each another one)."""

    name: str
    function: Callable[[Event, Any], Event]
    event: Callable[[int], Event]


def rows() -> list[tuple[str, ...]]:
    """One row a kind of request."""
    with pytest.MonkeyPatch.context() as patch:
        with world(patch) as made:
            requests = _requests(made)
            recorded = [_record(each) for each in requests]
        # Measured without moto, which costs more than all of boto3.
        with using(_without_moto(made)):
            return [_row(each, calls) for each, calls in zip(requests, recorded, strict=True)]


def _without_moto(made: World) -> Wiring:
    """The same deployment with clients of its own; its secrets are those that were read before."""
    wiring = Wiring(made.wiring.settings, made.clock)
    wiring.codebook, wiring.seal = made.wiring.codebook, made.wiring.seal
    return wiring


def _row(measured: Measured, recorded: list[Recorded]) -> tuple[str, ...]:
    client, plain = aws.client("dynamodb"), boto3.client("dynamodb")
    answers = {operation: answer for operation, _, answer in recorded}
    queued: dict[str, dict[str, Any]] = {"SendMessageBatch": {"Successful": []}}
    with (
        wire.stubbed(client, answers) as stub,
        wire.stubbed(plain, answers),
        wire.stubbed(aws.client("sqs"), queued),
    ):
        ours, bare = _in_turn(
            lambda turn: _answered(measured.function(measured.event(turn + 2), _context())),
            lambda _: _bare(plain, recorded),
        )
        stub.calls.clear()
        _answered(measured.function(measured.event(1), _context()))
        calls = list(stub.calls)
    units = [wire.units(operation, request, answer) for operation, request, answer in recorded]
    reads, writes = (sum(column) for column in zip(*units, strict=True))
    figures = (f"{ours:.2f}", f"{bare:.2f}", f"{ours / bare:.2f}")
    return measured.name, *figures, " + ".join(calls), f"{reads:g}", f"{writes:g}"


def _record(measured: Measured) -> list[Recorded]:
    """The DynamoDB calls of one real request on moto."""
    requests: list[tuple[str, dict[str, Any]]] = []
    answers: list[dict[str, Any]] = []

    def note_request(params: Any, model: Any, **_: Any) -> None:
        requests.append((model.name, params))

    def note_answer(parsed: Any, **_: Any) -> None:
        answers.append({name: value for name, value in parsed.items() if name != "ResponseMetadata"})

    events = aws.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note_request)
    events.register("after-call.dynamodb", note_answer)
    try:
        _answered(measured.function(measured.event(0), _context()))
    finally:
        events.unregister("provide-client-params.dynamodb", note_request)
        events.unregister("after-call.dynamodb", note_answer)
    return [(name, request, answer) for (name, request), answer in zip(requests, answers, strict=True)]


def _bare(client: Any, recorded: list[Recorded]) -> None:
    methods = {"BatchGetItem": "batch_get_item", "TransactWriteItems": "transact_write_items", "GetItem": "get_item"}
    for operation, request, _ in recorded:
        getattr(client, methods[operation])(**request)


def _in_turn(one: Callable[[int], object], other: Callable[[int], object]) -> tuple[float, float]:
    """Median CPU of each, in milliseconds a call, measured A B A B so that a drifting machine moves both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for kind, called in enumerate((one, other)):
            gc.collect()
            start = time.process_time()
            for place in range(BATCH):
                called(turn * BATCH + place)
            # The first round warms up.
            if turn:
                times[kind].append((time.process_time() - start) / BATCH * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def _answered(answer: Event) -> Event:
    if answer["statusCode"] >= 300:
        raise RuntimeError(str(answer["body"]))
    return answer


def _requests(made: World) -> list[Measured]:
    token, qr = _prepared(made)
    code = made.wiring.codebook.code(Credential(qr[1], 1))
    part = {"money": {"amount": "1", "currency": "TWD"}}
    bearer = {"Authorization": f"Bearer {token}"}

    def lookup(credential: str) -> Callable[[int], Event]:
        return lambda _: _event("POST", "/v1/pos/lookup", {}, {"credential": credential}, bearer)

    def redeem(credential: str) -> Callable[[int], Event]:
        path = "/v1/pos/redemptions/{reference}"
        body = {"credential": credential, **part}
        return lambda turn: _event("PUT", path, {"reference": f"bench-{hash(credential)}-{turn}"}, body, bearer)

    return [
        Measured("redeem by QR", app.till, redeem(qr[0])),
        Measured("redeem by typed code", app.till, redeem(code)),
        Measured("lookup by QR", app.till, lookup(qr[0])),
        Measured("webhook, a new paid order", app.checkout, lambda turn: _webhook(_order(ORDER + 1 + turn))),
    ]


def _prepared(made: World) -> tuple[str, tuple[str, str]]:
    """A till's token, and a voucher as (QR, id)."""
    api = Api()
    text = {"zh-Hant": "測試", "en": "Bench"}
    shop = {"kind": "shopify", "name": text, "secrets": [SECRET]}
    product = {
        "name": text, "kind": "cash", "funding": "prepaid", "value": {"amount": "500", "currency": "TWD"},
        "sold_as": [{"shop_id": SHOP, "sku": "CASH-500"}], "terms": text,
    }  # fmt: skip
    api.call("PUT", f"/v1/shops/{SHOP}", shop)
    api.call("PUT", "/v1/stores/xinyi", {"name": text})
    api.call("PUT", "/v1/products/cash-500", product)
    code = api.call("PUT", "/v1/terminals/till-1", {"store_id": "xinyi"}).json["enrolment_code"]
    token = api.call("POST", "/v1/terminals/enrol", {"enrolment_code": code}, token=None).json["token"]
    _answered(app.checkout(_webhook(_order(ORDER)), _context()))
    settling().settle(OrderChanged(shop_id=SHOP, order_id=str(ORDER)))
    (voucher_id,) = api.call("GET", f"/v1/orders/{SHOP}/{ORDER}").json["vouchers"]
    return str(token), (made.wiring.signer.token(Credential(voucher_id, 1)), voucher_id)


def _order(order_id: int) -> dict[str, Any]:
    line = {"id": 1, "sku": "CASH-500", "name": "Gift voucher", "quantity": 1, "price": "500.00"}
    moment = "2026-11-22T10:00:00+08:00"
    return {
        "id": order_id, "currency": "TWD", "created_at": moment, "updated_at": moment, "financial_status": "paid",
        "email": "bench@shop.example", "customer": {"id": 1}, "line_items": [line],
    }  # fmt: skip


def _webhook(order: dict[str, Any]) -> Event:
    raw = json.dumps(order).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), raw, hashlib.sha256)).decode()
    headers = {"X-Shopify-Hmac-Sha256": signature, "X-Shopify-Webhook-Id": str(order["id"])}
    return _event("POST", "/webhooks/{shop_id}", {"shop_id": SHOP}, order, headers)


def _event(method: str, path: str, names: dict[str, str], body: dict[str, Any], headers: dict[str, str]) -> Event:
    """What API Gateway hands to a function, its body in base 64 as with binary types of `*/*`."""
    sent = {"Content-Type": "application/json", **headers}
    return {
        "resource": path, "path": path, "httpMethod": method, "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": names,
        "stageVariables": None, "isBase64Encoded": True, "body": base64.b64encode(json.dumps(body).encode()).decode(),
        "requestContext": {"resourcePath": path, "httpMethod": method, "requestId": "bench", "path": path,
                           "identity": {"sourceIp": "127.0.0.1"}},
    }  # fmt: skip


def _context() -> Any:
    return SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 10_000)
