"""Nothing that opens a voucher or names a person gets into a log, whatever goes wrong."""

import io
import json
import logging
from collections.abc import Callable

import pytest
from chalice.local import LambdaContext

from app import issue_order
from functions.adapters.errors import UnavailableError
from functions.contracts.messages import OrderChanged
from functions.domain import codes
from functions.runtime.observability import logger
from functions.runtime.wiring import Wiring, using
from tests.support import shopify
from tests.support.api import Reply
from tests.support.endpoints import requests
from tests.support.faults import Service, answering
from tests.support.retail import SHOP, Retailer, shop_body
from tests.support.world import ADMIN_TOKEN

NAME, EMAIL, PHONE = "卡娜莉珍奇名", "canary-4711@example.com", "+886900471100"
LINE_USER, SECRET, REASON = "Ucanary4711canary4711", "canary-secret-4711", "canary reason 4711"
BUYER = {"name": NAME, "email": EMAIL, "phone": PHONE, "line_user_id": LINE_USER, "customer_ref": "canary-ref-4711"}


class Logged:
    """All that is written while a test runs: by our logger, by any other, to either stream."""

    def __init__(self, capture: pytest.CaptureFixture[str], records: pytest.LogCaptureFixture) -> None:
        self._capture, self._records, self.ours = capture, records, io.StringIO()

    @property
    def text(self) -> str:
        streams = self._capture.readouterr()
        records = [str(vars(record)) for record in self._records.records]
        return "\n".join((streams.out, streams.err, *records, self.ours.getvalue()))


@pytest.fixture(scope="session")
def our_logger() -> logging.Logger:
    """Made before a test captures the streams, so that it writes to none that is closed after the test."""
    return logging.getLogger(logger().service)


@pytest.fixture
def logged(
    our_logger: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Logged:
    found = Logged(capfd, caplog)
    handler = logging.StreamHandler(found.ours)
    handler.setFormatter(our_logger.handlers[0].formatter)
    monkeypatch.setattr(our_logger, "handlers", [handler])
    caplog.set_level(logging.DEBUG, logger="functions")
    return found


def canaries(retailer: Retailer, *voucher_ids: str) -> list[str]:
    """Everything that must never be seen."""
    opened = [retailer.held(voucher_id, number) for voucher_id in voucher_ids for number in (1, 2)]
    return [
        NAME, EMAIL, PHONE, PHONE[4:], LINE_USER, SECRET, REASON, "canary-ref-4711", ADMIN_TOKEN,
        *retailer.tills.values(),
        *(each.qr for each in opened), *(each.code for each in opened), *(codes.grouped(each.code) for each in opened),
    ]  # fmt: skip


def assert_silent(text: str, unseen: list[str]) -> None:
    found = [place for place, canary in enumerate(unseen) if canary.lower() in text.lower()]
    assert not found, f"canaries number {found} were logged"


def test_the_net_catches_what_is_logged(logged: Logged) -> None:
    logger().error("seen", extra={"email": EMAIL})
    logging.getLogger("functions.anything").debug(PHONE)
    print(NAME)  # noqa: T201 - this is what must be caught

    text = logged.text
    assert all(canary in text for canary in (EMAIL, PHONE)), text
    assert NAME in text


def test_no_endpoint_logs_a_canary(retailer: Retailer, logged: Logged) -> None:
    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(secrets=[SECRET], line_channel_token=SECRET))
    sold = retailer.sell("CASH-500", customer=BUYER)
    retailer.api.call("PUT", "/v1/customers/canary", BUYER | {"customer_ref": None})
    for request in requests(retailer):
        for token in (retailer.tills["pos-1"], ADMIN_TOKEN, None):
            request.send(retailer, token)
    for held in sold:
        retailer.look_up(held.code)
        retailer.redeem("c-1", held.qr)
        retailer.act("suspend", held.voucher_id, REASON)

    assert_silent(logged.text, canaries(retailer, *(held.voucher_id for held in sold)))


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager", "sqs"])
def test_no_failure_behind_the_endpoints_logs_a_canary(
    retailer: Retailer, logged: Logged, monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    monkeypatch.setattr("functions.runtime.again.random.uniform", lambda *_: 0)
    held, world = retailer.sold["CASH-500"], retailer.world
    fresh = Wiring(world.wiring.settings, world.clock)  # one that has read no secret yet
    with using(fresh), answering("*", f"Canary: {EMAIL}", service=service, times=10_000) as failed:
        answers = [request() for request in _with_canaries(retailer)]

    assert failed
    assert 503 in {answer.status for answer in answers}
    assert_silent(logged.text, canaries(retailer, held.voucher_id))


def test_no_error_that_nobody_foresaw_logs_a_canary(
    retailer: Retailer, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"{NAME} {EMAIL} {PHONE} {SECRET}")

    held = retailer.sold["CASH-500"]
    for name in ("get", "read", "write"):
        monkeypatch.setattr(retailer.world.wiring.database, name, broken)
    answers = [request() for request in _with_canaries(retailer)]

    assert {answer.status for answer in answers} <= {500, 401, 404}
    assert 500 in {answer.status for answer in answers}
    assert_silent(logged.text, canaries(retailer, held.voucher_id))


def test_no_wrong_body_logs_a_canary(retailer: Retailer, logged: Logged) -> None:
    held = retailer.sold["CASH-500"]
    for body in ({"credential": held.qr, "note": EMAIL}, {"credential": [held.code]}, held.qr.encode(), {EMAIL: PHONE}):
        retailer.till("PUT", "redemptions/r-1", body)
        retailer.api.call("PUT", "/v1/customers/x", body)
        retailer.api.call("PUT", f"/v1/orders/{SHOP}/x", body)
    retailer.api.call("PUT", "/v1/customers/x", BUYER | {"email": f"{EMAIL} {PHONE}", "customer_ref": None})
    webhook = shopify.raw(shopify.order(email=EMAIL, phone=PHONE, currency=NAME))
    retailer.api.call("POST", f"/webhooks/{SHOP}", webhook, token=None, headers=shopify.headers(webhook))

    assert_silent(logged.text, canaries(retailer, held.voucher_id))


@pytest.mark.parametrize("error", [RuntimeError(f"{NAME} {EMAIL}"), UnavailableError(EMAIL)])
def test_no_message_that_fails_logs_a_canary(
    retailer: Retailer, logged: Logged, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    retailer.order("1001", ("CASH-500", 1), customer=BUYER)
    monkeypatch.setattr(retailer.world.wiring.database, "write", broken)

    answer = _read_orders(retailer, OrderChanged(shop_id=SHOP, order_id="1001").model_dump_json())

    assert answer["batchItemFailures"]
    text = logged.text
    assert '"reason"' in text
    assert_silent(text, canaries(retailer, retailer.sold["CASH-500"].voucher_id))


def test_no_message_that_cannot_be_read_is_logged(retailer: Retailer, logged: Logged) -> None:
    for body in (EMAIL, json.dumps({"type": NAME, "version": 1}), json.dumps([PHONE]), json.dumps({"type": EMAIL})):
        _read_orders(retailer, body)

    assert_silent(logged.text, canaries(retailer, retailer.sold["CASH-500"].voucher_id))


def _with_canaries(retailer: Retailer) -> list[Callable[[], Reply]]:
    held, call = retailer.sold["CASH-500"], retailer.api.call
    webhook = shopify.raw(shopify.order(email=EMAIL, phone=PHONE))
    return [
        lambda: retailer.look_up(held.qr),
        lambda: retailer.look_up(held.code),
        lambda: retailer.redeem("c-1", held.qr),
        lambda: retailer.void("c-1"),
        lambda: retailer.order("c-1", ("CASH-500", 1), customer=BUYER),
        lambda: retailer.act("reissue", held.voucher_id, REASON),
        lambda: call("PUT", "/v1/customers/c", {"name": NAME, "email": EMAIL, "phone": PHONE}),
        lambda: call("PUT", f"/v1/shops/{SHOP}", shop_body(secrets=[SECRET])),
        lambda: call("POST", "/v1/terminals/enrol", {"enrolment_code": held.code}, token=None),
        lambda: call("POST", f"/webhooks/{SHOP}", webhook, token=None, headers=shopify.headers(webhook)),
    ]


def _read_orders(retailer: Retailer, body: str) -> dict[str, list[object]]:
    """What the queue's function answers to one message."""
    assert retailer.world.wiring.settings.orders_queue_url
    record = {
        "messageId": "m-1", "receiptHandle": "r-1", "body": body, "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:1:orders",
        "awsRegion": "us-east-1", "md5OfBody": "",
    }  # fmt: skip
    answer: dict[str, list[object]] = issue_order({"Records": [record]}, LambdaContext("issue_order", 1024))
    return answer
