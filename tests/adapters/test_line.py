"""What becomes of each answer of LINE's, over a real socket."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from functions.adapters.line import LineMessaging
from functions.domain.sending import Accepted, Lost, Outcome, Refused, TryLater

KEY = "0f9d1b7e-52b1-5c1e-8f77-3c0de1a2b417"
BODY = b'{"to":"U1","messages":[]}'


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Line:
    """A server that answers as told, and keeps what it was sent. A `None` status is no answer at all."""

    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    requests: list[Request] = field(default_factory=list)
    url: str = ""


@contextmanager
def _served(line: Line) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            line.requests.append(Request(self.path, dict(self.headers), body))
            if line.status is None:
                self.close_connection = True
                return
            self.send_response(line.status)
            for name, value in {**line.headers, "Content-Length": str(len(line.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(line.body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        line.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    with _served(line):
        yield line


@pytest.fixture
def push(line: Line) -> Iterator[Callable[[], Outcome]]:
    messaging = LineMessaging(line.url)
    yield lambda: messaging.push(BODY, KEY, "channel-token")
    messaging._pool.clear()


def _limit(message: str) -> bytes:
    return f'{{"message":"{message}"}}'.encode()


def test_the_first_request_carries_the_retry_key_the_token_and_the_exact_body(
    line: Line, push: Callable[[], Outcome]
) -> None:
    push()

    (request,) = line.requests
    assert request.path == "/v2/bot/message/push"
    assert request.headers["X-Line-Retry-Key"] == KEY
    assert request.headers["Authorization"] == "Bearer channel-token"
    assert request.headers["Content-Type"] == "application/json"
    assert request.body == BODY


def test_200_is_accepted_under_lines_request_id(line: Line, push: Callable[[], Outcome]) -> None:
    line.headers = {"X-Line-Request-Id": "r-1"}

    assert push() == Accepted("r-1")


def test_409_is_accepted_under_the_id_of_the_request_that_was(line: Line, push: Callable[[], Outcome]) -> None:
    line.status, line.headers = 409, {"X-Line-Request-Id": "r-2", "X-Line-Accepted-Request-Id": "r-1"}

    assert push() == Accepted("r-1")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_leaves_it_open_whether_the_message_was_taken(
    status: int, line: Line, push: Callable[[], Outcome]
) -> None:
    line.status = status

    assert push() == Lost(f"line_{status}")


def test_a_time_out_leaves_it_open_whether_the_message_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.adapters.line._READ_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        messaging = LineMessaging(f"http://127.0.0.1:{silent.getsockname()[1]}")

        outcome = messaging.push(BODY, KEY, "channel-token")

    assert outcome == Lost("line_answer_lost")


def test_a_connection_that_breaks_after_the_request_leaves_it_open(line: Line, push: Callable[[], Outcome]) -> None:
    line.status = None

    assert push() == Lost("line_answer_lost")


def test_a_refused_connection_surely_took_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    assert LineMessaging(f"http://127.0.0.1:{port}").push(BODY, KEY, "t") == TryLater("line_unreachable")


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("The API rate limit has been exceeded. Try again later.", TryLater("line_rate_limit")),
        ("There are too many concurrent requests.", TryLater("line_concurrency")),
        ("You have reached your monthly limit.", Refused("line_monthly_limit")),
    ],
    ids=["rate", "concurrency", "month"],
)
def test_the_three_meanings_of_429_are_kept_apart(
    message: str, outcome: Outcome, line: Line, push: Callable[[], Outcome]
) -> None:
    line.status, line.body = 429, _limit(message)

    assert push() == outcome


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"message":null}', b"\xff"])
def test_a_429_that_says_nothing_is_tried_later(body: bytes, line: Line, push: Callable[[], Outcome]) -> None:
    line.status, line.body = 429, body

    assert isinstance(push(), TryLater)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 413, 415, 422])
def test_what_line_will_never_take_is_refused(status: int, line: Line, push: Callable[[], Outcome]) -> None:
    line.status = status

    assert push() == Refused(f"line_{status}")


def test_a_rejected_channel_token_waits_for_a_person(line: Line, push: Callable[[], Outcome]) -> None:
    line.status = 401

    assert push() == TryLater("line_token_rejected")


def test_a_redirect_is_not_followed(line: Line, push: Callable[[], Outcome]) -> None:
    line.status, line.headers = 302, {"Location": f"{line.url}/elsewhere"}

    push()

    assert len(line.requests) == 1


def test_nothing_is_tried_twice_on_its_own(line: Line, push: Callable[[], Outcome]) -> None:
    line.status = 503

    push()

    assert len(line.requests) == 1
