"""The phone's server: LINE's addresses for Storebound, `/messages` and `/control` for programs, a page for people."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.phone.inbox import Inbox, Message
from infra.local.phone.line_api import Answer, LineApi
from infra.local.phone.trouble import Line, Trouble
from infra.local.phone.vouchers import Lookup, voucher_in_link, voucher_of

HOST = "127.0.0.1"
_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/phone.css": ("phone.css", "text/css; charset=utf-8"),
    "/phone.js": ("phone.js", "text/javascript; charset=utf-8"),
    "/flex.js": ("flex.js", "text/javascript; charset=utf-8"),
}
# Mail brings its own styles and pictures; nothing that arrives may bring a script.
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src * data:; base-uri 'self'; form-action 'none'"
_BODY_MAX = 4_000_000


def _knows_no_codes(_code: str) -> None:
    return None


@dataclass
class Retailer:
    """What the phone learns of the retailer once there is one: who its customers are, and how to ask a till."""

    people: list[dict[str, Any]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    lookup: Lookup = _knows_no_codes


class Phone:
    """The phone: its inbox, LINE's side of it, and what the page shows besides.

    `fetch` gives the email and text messages that were sent so far. Slow answers end when `closing` is set.
    """

    def __init__(self, inbox: Inbox, fetch: Callable[[], list[Message]], line_token: str) -> None:
        self.trouble = Trouble()
        self.retailer = Retailer()
        self.closing = Event()
        self._inbox = inbox
        self._fetch = fetch
        self._collecting = Lock()
        self.line = LineApi(line_token, inbox, self.trouble, voucher_in_link, self.closing)

    def collect(self) -> None:
        """Bring in email and text messages, and find out which vouchers they bring."""
        with self._collecting:
            for message in self._fetch():
                self._inbox.add(message)
            self._inbox.name_vouchers(lambda message: voucher_of(message, self.retailer.lookup))

    def messages(self, **wanted: str) -> list[dict[str, Any]]:
        """What arrived, oldest first; `wanted` are values of `channel`, `to` or `voucher_id`."""
        self.collect()
        listed = [message.public for message in self._inbox.list()]
        return [message for message in listed if all(message[name] == value for name, value in wanted.items())]

    def control(self, order: object) -> Answer:
        """Plant trouble: `{"line": ..., "for_seconds"?: ...}`."""
        if not isinstance(order, dict) or set(order) - {"line", "for_seconds"}:
            return Answer(400, {"message": 'Send {"line": "...", "for_seconds": ...}'})
        if order.get("line") not in set(Line):
            return Answer(400, {"message": f"line is one of {', '.join(Line)}"})
        seconds = order.get("for_seconds")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0):
            return Answer(400, {"message": "for_seconds is a number above 0"})
        self.trouble.plant(Line(order["line"]), seconds)
        return self.state()

    def state(self) -> Answer:
        """What the page needs besides the messages."""
        known = {"people": self.retailer.people, "links": self.retailer.links}
        return Answer(200, {"line": self.trouble.line, "modes": list(Line), **known})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A sender that was told to wait must not keep the stack from ending.
    block_on_close = False

    def __init__(self, port: int, phone: Phone) -> None:
        self.phone = phone
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if not self._is_ours():
            return
        if address.path in _FILES:
            self._send_file(*_FILES[address.path])
            return
        match address.path:
            case "/messages":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                wanted = {name: asked[name] for name in ("channel", "to", "voucher_id") if name in asked}
                self._send_json(200, self.server.phone.messages(**wanted))
            case "/state" | "/control":
                self._answer(self.server.phone.state())
            case _:
                self._answer(Answer(404, {"message": "Not found"}))

    def do_POST(self) -> None:
        raw = self._body()
        if raw is None or not self._is_ours():
            return
        phone = self.server.phone
        match urlsplit(self.path).path:
            case "/v2/bot/message/push":
                self._answer(phone.line.push(self.headers, raw))
            case "/v2/bot/message/validate/push":
                self._answer(phone.line.validate(self.headers, raw))
            case "/control" if self.headers.get_content_type() == "application/json":
                self._answer(phone.control(_json(raw)))
            case "/control":
                # A page of another origin can post forms and plain text here, but not JSON.
                self._answer(Answer(415, {"message": "Send application/json"}))
            case _:
                self._answer(Answer(404, {"message": "Not found"}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing: what arrived is in the inbox, and addresses hold live vouchers."""

    def _is_ours(self) -> bool:
        """Whether the caller meant this host: no page of a foreign name that resolves to this machine may read."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in {HOST, "localhost"}:
            self._answer(Answer(421, {"message": "Call this server by its address, 127.0.0.1"}))
            return False
        return True

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > _BODY_MAX:
            self.close_connection = True
            self._answer(Answer(413, {"message": "Request exceeds the max size of 2MB"}))
            return None
        return self.rfile.read(int(length))

    def _answer(self, answer: Answer) -> None:
        self._send_json(answer.status, answer.body, answer.headers)

    def _send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self._send(status, content, "application/json; charset=utf-8", headers or {})

    def _send_file(self, name: str, kind: str) -> None:
        self._send(200, (_PAGE / name).read_bytes(), kind, {"Content-Security-Policy": _POLICY})

    def _send(self, status: int, content: bytes, kind: str, headers: dict[str, str]) -> None:
        # Whoever asked may be gone by now: a slow answer outlives its sender's patience.
        with suppress(ConnectionError):
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)


def _json(raw: bytes) -> object:
    try:
        parsed: object = json.loads(raw)
    except ValueError:
        return None
    return parsed


@dataclass(frozen=True)
class RunningPhone:
    """A phone that answers at `url`."""

    url: str
    port: int
    phone: Phone


@contextmanager
def running_phone(phone: Phone, preferred_port: int | None = None) -> Iterator[RunningPhone]:
    """Serve the phone on its loopback address, on the preferred port if it is free."""
    server = _bind(phone, preferred_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield RunningPhone(f"http://{HOST}:{port}", port, phone)
    finally:
        phone.closing.set()
        server.shutdown()
        server.server_close()


def _bind(phone: Phone, preferred_port: int | None) -> _Server:
    if preferred_port:
        with suppress(OSError):
            return _Server(preferred_port, phone)
    return _Server(0, phone)
