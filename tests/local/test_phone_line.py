"""The phone answers as LINE's Messaging API does."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from infra.local.phone.inbox import Inbox
from infra.local.phone.server import Phone, running_phone

TOKEN = "channel-token"
MEI = "U" + "0123456789abcdef" * 2
CREDENTIAL = "AEAW6" + "A" * 131

Push = Callable[..., urllib3.BaseHTTPResponse]


def text(words: str = "您的禮券") -> dict[str, Any]:
    return {"type": "text", "text": words}


def image(url: str) -> dict[str, Any]:
    return {"type": "image", "url": url}


def flex(*parts: dict[str, Any], **extra: object) -> dict[str, Any]:
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": list(parts)}}
    return {"type": "flex", "altText": "禮券", "contents": bubble} | extra


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox.jsonl"


@pytest.fixture
def phone(inbox: Path) -> Phone:
    return Phone(Inbox(inbox), list, TOKEN)


@pytest.fixture
def url(phone: Phone) -> Iterator[str]:
    with running_phone(phone) as running:
        yield running.url


@pytest.fixture
def push(url: str) -> Push:
    http = urllib3.PoolManager(retries=False)

    def send(
        *messages: object, to: str = MEI, key: str | None = None, token: str = TOKEN, **extra: object
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"X-Line-Retry-Key": key} if key else {}
        body = json.dumps({"to": to, "messages": list(messages)} | extra)
        return http.request("POST", f"{url}/v2/bot/message/push", body=body, headers=headers)

    return send


def listed(phone: Phone) -> list[dict[str, Any]]:
    return phone.messages()


def faults(answer: urllib3.BaseHTTPResponse) -> list[str]:
    return [detail["property"] for detail in answer.json()["details"]]


def is_uuid(given: str) -> bool:
    return str(uuid.UUID(given)) == given


def test_an_accepted_push_names_the_messages_sent(push: Push) -> None:
    answer = push(text(), text())

    assert answer.status == 200
    assert len({sent["id"] for sent in answer.json()["sentMessages"]}) == 2


def test_every_answer_names_its_request(push: Push) -> None:
    assert is_uuid(push(text()).headers["X-Line-Request-Id"])


def test_even_a_refusal_names_its_request(push: Push) -> None:
    assert is_uuid(push({"type": "hologram"}).headers["X-Line-Request-Id"])


def test_an_accepted_push_is_in_the_inbox(push: Push, phone: Phone) -> None:
    push(text("hello"))

    (message,) = listed(phone)
    assert (message["channel"], message["to"]) == ("line", MEI)
    assert message["body"] == {"messages": [text("hello")]}


def test_another_channels_token_is_unauthorised(push: Push, phone: Phone) -> None:
    answer = push(text(), token="another")

    assert answer.status == 401
    assert listed(phone) == []


def test_a_retry_key_already_accepted_is_a_conflict_that_names_the_first_request(push: Push) -> None:
    key = str(uuid.uuid4())
    first = push(text(), key=key)

    second = push(text(), key=key)

    assert second.status == 409
    assert second.headers["x-line-accepted-request-id"] == first.headers["X-Line-Request-Id"]
    assert second.json()["sentMessages"] == first.json()["sentMessages"]


def test_a_retry_key_already_accepted_delivers_nothing(push: Push, phone: Phone) -> None:
    key = str(uuid.uuid4())
    push(text(), key=key)

    push(text(), key=key.upper())

    assert len(listed(phone)) == 1


def test_a_retry_key_that_is_no_uuid_is_refused(push: Push, phone: Phone) -> None:
    assert push(text(), key="once-please").status == 400
    assert listed(phone) == []


def test_a_refused_request_leaves_its_retry_key_unused(push: Push) -> None:
    key = str(uuid.uuid4())
    push({"type": "hologram"}, key=key)

    assert push(text(), key=key).status == 200


def test_a_retry_key_outlives_a_restart(push: Push, inbox: Path) -> None:
    key = str(uuid.uuid4())
    push(text(), key=key)
    restarted = Phone(Inbox(inbox), list, TOKEN)

    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "X-Line-Retry-Key": key}
    answer = restarted.line.push(headers, json.dumps({"to": MEI, "messages": [text()]}).encode())

    assert answer.status == 409


@pytest.mark.parametrize(
    ("message", "place"),
    [
        pytest.param({"type": "hologram"}, "messages[0].type", id="unknown type"),
        pytest.param({"text": "hello"}, "messages[0].type", id="no type"),
        pytest.param(text(""), "messages[0].text", id="empty text"),
        pytest.param(text("字" * 5001), "messages[0].text", id="too long a text"),
        pytest.param({"type": "text", "text": 5}, "messages[0].text", id="text that is a number"),
        pytest.param(text() | {"colour": "red"}, "messages[0].colour", id="unknown property"),
        pytest.param(flex(altText=""), "messages[0].altText", id="empty altText"),
        pytest.param({"type": "flex", "altText": "禮券"}, "messages[0].contents", id="no contents"),
        pytest.param({"type": "flex", "contents": flex()["contents"]}, "messages[0].altText", id="no altText"),
        pytest.param(
            flex({"type": "text", "text": ""}), "messages[0].contents.body.contents[0].text", id="empty flex text"
        ),
        pytest.param(
            flex({"type": "text", "text": "a", "glow": True}),
            "messages[0].contents.body.contents[0].glow",
            id="unknown property of a part",
        ),
        pytest.param(
            flex({"type": "text", "text": "a", "color": "red"}),
            "messages[0].contents.body.contents[0].color",
            id="colour by name",
        ),
        pytest.param(
            flex(image("http://shop.example/qr.png")), "messages[0].contents.body.contents[0].url", id="plain HTTP"
        ),
        pytest.param(
            flex(image("data:image/png;base64,AA==")), "messages[0].contents.body.contents[0].url", id="data address"
        ),
        pytest.param(
            flex(image("https://shop.example/" + "q" * 2000)),
            "messages[0].contents.body.contents[0].url",
            id="too long an address",
        ),
        pytest.param(flex({"type": "text", "text": "字" * 11_000}), "messages[0].contents", id="too large a bubble"),
        pytest.param("hello", "messages[0]", id="not an object"),
    ],
)
def test_what_line_refuses_is_refused_where_it_stands(push: Push, message: object, place: str) -> None:
    answer = push(message)

    assert answer.status == 400
    assert place in faults(answer)


@pytest.mark.parametrize("count", [0, 6])
def test_a_push_holds_one_to_five_messages(push: Push, count: int) -> None:
    assert push(*[text()] * count).status == 400


def test_a_receiver_must_be_an_id_that_line_gives(push: Push) -> None:
    assert faults(push(text(), to="mei@example.com")) == ["to"]


@pytest.mark.parametrize("address", ["https://shop.example/qr.png", "http://127.0.0.1:4566/v/A/qr.png"])
def test_an_image_may_be_fetched_by_https_or_from_this_machine(push: Push, address: str) -> None:
    assert push(flex(image(address))).status == 200


def test_validating_delivers_nothing(url: str, phone: Phone) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    body = json.dumps({"messages": [text()]})

    answer = urllib3.request("POST", f"{url}/v2/bot/message/validate/push", body=body, headers=headers)

    assert (answer.status, answer.json(), listed(phone)) == (200, {}, [])


def test_validating_finds_what_a_push_would_be_refused_for(url: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    body = json.dumps({"messages": [flex(image("http://shop.example/qr.png"))]})

    answer = urllib3.request("POST", f"{url}/v2/bot/message/validate/push", body=body, headers=headers)

    assert answer.status == 400
