"""Trouble can be planted, and is LINE's own."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from infra.local.phone import line_api
from infra.local.phone.inbox import Inbox
from infra.local.phone.server import Phone, running_phone

TOKEN = "channel-token"
BODY = json.dumps({"to": "U" + "0123456789abcdef" * 2, "messages": [{"type": "text", "text": "禮券"}]})

Call = Callable[..., urllib3.BaseHTTPResponse]


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    return Phone(Inbox(tmp_path / "inbox.jsonl"), list, TOKEN)


@pytest.fixture
def call(phone: Phone) -> Iterator[Call]:
    with running_phone(phone) as running:
        http = urllib3.PoolManager(retries=False)

        def post(path: str, body: str, **headers: str) -> urllib3.BaseHTTPResponse:
            sent = {"Content-Type": "application/json"} | headers
            return http.request("POST", running.url + path, body=body, headers=sent)

        yield post


def control(call: Call, **order: object) -> urllib3.BaseHTTPResponse:
    return call("/control", json.dumps(order))


def push(call: Call, key: str | None = None) -> urllib3.BaseHTTPResponse:
    headers = {"Authorization": f"Bearer {TOKEN}"} | ({"X-Line-Retry-Key": key} if key else {})
    return call("/v2/bot/message/push", BODY, **headers)


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("down", 500, "Internal server error"),
        ("rate_limited", 429, "The API rate limit has been exceeded. Try again later."),
        ("monthly_limit", 429, "You have reached your monthly limit."),
    ],
)
def test_trouble_that_delivers_nothing(call: Call, phone: Phone, line: str, status: int, message: str) -> None:
    control(call, line=line)

    answer = push(call)

    assert (answer.status, answer.json()["message"]) == (status, message)
    assert phone.messages() == []


def test_a_push_that_was_accepted_and_answered_500_is_delivered_once(call: Call, phone: Phone) -> None:
    key = str(uuid.uuid4())
    control(call, line="accept_then_500")
    lost = push(call, key)
    control(call, line="ok")

    again = push(call, key)

    assert (lost.status, again.status) == (500, 409)
    assert len(phone.messages()) == 1


def test_a_slow_push_is_delivered_before_it_is_answered(
    call: Call, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_api, "SLOW_SECONDS", 0.3)
    control(call, line="slow")
    started = time.monotonic()

    answer = push(call)

    assert answer.status == 200
    assert time.monotonic() - started >= 0.3
    assert len(phone.messages()) == 1


def test_trouble_passes_after_its_time(call: Call) -> None:
    control(call, line="down", for_seconds=0.05)
    time.sleep(0.1)

    assert push(call).status == 200


@pytest.mark.parametrize(
    "order", [{}, {"line": "grumpy"}, {"line": "down", "for_seconds": -1}, {"line": "down", "email": "down"}]
)
def test_an_order_that_is_not_understood_is_refused(call: Call, phone: Phone, order: dict[str, object]) -> None:
    assert control(call, **order).status == 400
    assert phone.trouble.line == "ok"


def test_a_form_of_another_page_cannot_plant_trouble(call: Call, phone: Phone) -> None:
    answer = call("/control", '{"line": "down"}', **{"Content-Type": "text/plain"})

    assert answer.status == 415
    assert phone.trouble.line == "ok"


def test_a_foreign_name_for_this_machine_is_not_served(call: Call) -> None:
    assert call("/control", '{"line": "down"}', Host="evil.example:80").status == 421
