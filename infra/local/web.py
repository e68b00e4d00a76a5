"""JSON over HTTP to the stack, as any outsider would speak it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import urllib3

from infra.errors import InfraError

Found = TypeVar("Found")

WHERE_TO_LOOK = "See the end of .storebound/functions.log, and of ministack.log beside it."
_SECONDS = 60.0


class UnexpectedError(InfraError):
    """The stack answered something else than its contract says, or did not do in time what it says."""


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body."""

    method: str
    path: str
    status: int
    body: Any
    headers: urllib3.HTTPHeaderDict

    @property
    def code(self) -> str:
        """The stable code of an error; empty where there is none."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    def expect(self, *statuses: int) -> "Answer":
        """This answer.

        Raises:
            UnexpectedError: its status is none of these.
        """
        if self.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            raise UnexpectedError(
                f"{self.method} {self.path} answered {self.status} {self.code or self.body}, not {wanted}.",
                WHERE_TO_LOOK,
            )
        return self


class Api:
    """The HTTP API, called with one bearer token."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = urllib3.PoolManager(retries=False, timeout=_SECONDS)

    def get(self, path: str) -> Answer:
        """A GET."""
        return self._send("GET", path)

    def put(self, path: str, body: object) -> Answer:
        """A PUT of JSON."""
        return self._send("PUT", path, json=body)

    def post(self, path: str, body: object = None) -> Answer:
        """A POST of JSON, or of nothing."""
        return self._send("POST", path) if body is None else self._send("POST", path, json=body)

    def post_raw(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """A POST of exactly these bytes."""
        return self._send("POST", path, body=body, headers=headers)

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **content: Any) -> Answer:  # noqa: ANN401 - json or body, as urllib3 takes them
        sent = self._headers | (headers or {}) | ({"Content-Type": "application/json"} if "json" in content else {})
        try:
            answer = self._http.request(method, self._base_url + path, headers=sent, **content)
        except urllib3.exceptions.HTTPError as error:
            raise UnexpectedError(f"{method} {path}: no answer ({type(error).__name__}).", WHERE_TO_LOOK) from error
        return Answer(method, path, answer.status, _json(answer), answer.headers)


def until(what: str, look: Callable[[], Found | None], seconds: float = 60.0) -> Found:
    """Look again and again for something that comes by a queue.

    Raises:
        UnexpectedError: it did not come in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise UnexpectedError(f"{what} did not come within {seconds:.0f} s.", WHERE_TO_LOOK)


def _json(answer: urllib3.BaseHTTPResponse) -> Any:  # noqa: ANN401 - JSON is any of them
    try:
        return answer.json()
    except ValueError:
        return answer.data.decode(errors="replace")
