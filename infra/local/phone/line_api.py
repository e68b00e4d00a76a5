"""LINE's push endpoint as LINE answers it, with the retry key's promises and the trouble that was planted.

Retry keys: https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ - a key is any UUID, kept for a day;
a request whose key was accepted before is answered 409 with the first request's id, and delivers nothing.
"""

import hmac
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any, Protocol

from infra.local.phone.inbox import Inbox, Message, now
from infra.local.phone.line_rules import Fault, faults_of_messages, faults_of_push
from infra.local.phone.trouble import Line, Trouble

SLOW_SECONDS = 12.0
_KEY_LIFE = timedelta(hours=24)
_BODY_MAX = 2_000_000
_UNAUTHORISED = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."  # LINE's own words
)
_RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
_MONTHLY_LIMIT = "You have reached your monthly limit."
_ALREADY_ACCEPTED = "The retry key is already accepted"


class Headers(Protocol):
    """A request's headers, by name in any case."""

    def get(self, name: str, /) -> str | None:
        """The value, or None where there is none."""
        ...


@dataclass(frozen=True)
class Answer:
    """What goes back: status, JSON body, headers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class LineApi:
    """One LINE channel. `voucher_of` says which voucher a message brings; `closing` cuts slow answers short."""

    def __init__(
        self, token: str, inbox: Inbox, trouble: Trouble, voucher_of: Callable[[Any], str | None], closing: Event
    ) -> None:
        self._token = token
        self._inbox = inbox
        self._trouble = trouble
        self._voucher_of = voucher_of
        self._closing = closing
        self._one_by_one = Lock()
        self._accepted: dict[str, Message] = {}
        for message in inbox.list():
            self._remember(message)

    def validate(self, headers: Headers, raw: bytes) -> Answer:
        """`POST /v2/bot/message/validate/push`."""
        refused = self._refused(headers, raw)
        if refused:
            return _numbered(refused)
        body = _parsed(raw)
        faults = faults_of_messages(body.get("messages") if isinstance(body, dict) else None)
        return _numbered(_judged(faults) or Answer(200, {}))

    def push(self, headers: Headers, raw: bytes) -> Answer:
        """`POST /v2/bot/message/push`."""
        return _numbered(self._push(headers, raw))

    def _push(self, headers: Headers, raw: bytes) -> Answer:
        line = self._trouble.line
        if line is Line.DOWN:
            return Answer(500, {"message": "Internal server error"})
        refused = self._refused(headers, raw) or _judged(faults_of_push(_parsed(raw)))
        if refused:
            return refused
        if line in {Line.RATE_LIMITED, Line.MONTHLY_LIMIT}:
            return Answer(429, {"message": _RATE_LIMIT if line is Line.RATE_LIMITED else _MONTHLY_LIMIT})
        return self._late(line, self._deliver(headers.get("X-Line-Retry-Key"), json.loads(raw)))

    def _refused(self, headers: Headers, raw: bytes) -> Answer | None:
        given = headers.get("Authorization") or ""
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return Answer(401, {"message": _UNAUTHORISED})
        if (headers.get("Content-Type") or "").partition(";")[0].strip().lower() != "application/json":
            return Answer(415, {"message": "Unsupported media type"})
        if len(raw) > _BODY_MAX:
            return Answer(413, {"message": "Request exceeds the max size of 2MB"})
        key = headers.get("X-Line-Retry-Key")
        if key is not None and not _is_uuid(key):
            return Answer(400, {"message": "The retry key is invalid: it must be a UUID"})
        return None

    def _deliver(self, retry_key: str | None, body: dict[str, Any]) -> Answer:
        """Accept a request, once a retry key."""
        request_id = str(uuid.uuid4())
        with self._one_by_one:
            first = self._accepted.get(retry_key.lower()) if retry_key else None
            if first is not None and _is_young(first):
                return _already_accepted(first, request_id)
            message = self._message(request_id, retry_key, body)
            self._inbox.add(message)
            self._remember(message)
        return Answer(200, {"sentMessages": _receipt(message)["sent"]}, {"X-Line-Request-Id": request_id})

    def _message(self, request_id: str, retry_key: str | None, body: dict[str, Any]) -> Message:
        receipt = {
            "request_id": request_id,
            "retry_key": retry_key.lower() if retry_key else None,
            "sent": [_sent() for _ in body["messages"]],
        }
        content = {"messages": body["messages"]}
        voucher_id = self._voucher_of(content)
        return Message(f"line {request_id}", "line", body["to"], now(), content, voucher_id, receipt)

    def _remember(self, message: Message) -> None:
        key = _receipt(message).get("retry_key")
        if key:
            self._accepted[key] = message

    def _late(self, line: Line, answer: Answer) -> Answer:
        """The answer, as the planted trouble lets it through."""
        if line is Line.SLOW:
            self._closing.wait(SLOW_SECONDS)
        if line is Line.ACCEPT_THEN_500:
            return Answer(500, {"message": "Internal server error"}, answer.headers)
        return answer


def _already_accepted(first: Message, request_id: str) -> Answer:
    receipt = _receipt(first)
    headers = {"x-line-accepted-request-id": receipt["request_id"], "X-Line-Request-Id": request_id}
    return Answer(409, {"message": _ALREADY_ACCEPTED, "sentMessages": receipt["sent"]}, headers)


def _receipt(message: Message) -> dict[str, Any]:
    return message.receipt or {}


def _numbered(answer: Answer) -> Answer:
    """The answer with the id that LINE gives every request."""
    return replace(answer, headers={"X-Line-Request-Id": str(uuid.uuid4())} | answer.headers)


def _sent() -> dict[str, str]:
    number = uuid.uuid4().int
    return {"id": str(number % 10**18), "quoteToken": f"{number:032x}"}


def _parsed(raw: bytes) -> object:
    try:
        parsed: object = json.loads(raw)
    except ValueError:
        return None
    return parsed


def _judged(faults: list[Fault]) -> Answer | None:
    if not faults:
        return None
    message = f"The request body has {len(faults)} error(s)"
    return Answer(400, {"message": message, "details": [asdict(fault) for fault in faults]})


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_young(message: Message) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(message.received_at) < _KEY_LIFE
