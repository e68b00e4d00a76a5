"""The app's routes, called in this process without API Gateway's and Chalice's share of the work.

What a route declares (who may call it, what it reads, how it answers an error) runs as deployed; only the packing of
Lambda events is left out, which has tests of its own and costs more than all else here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app import app

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """What travels. `path` is a route as it was declared, `parameters` what stands for its braces."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        said = "" if self.body is None else f" {_short(self.body)}"
        return f"{self.method} {self.path.format_map(self.parameters)}{said}"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    text: str
    replayed: bool = False

    @cached_property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem; nothing where it is none."""
        return str(self.json.get("code", "")) if self.status >= 400 else ""

    @property
    def is_ok(self) -> bool:
        return self.status < 300

    @property
    def may_be_tried_again(self) -> bool:
        """Whether whoever sent the request is told to send it again, because nothing was decided."""
        return self.status >= 400 and self.code in {"in_progress", "throttled", "unavailable", "internal"}


class _Request:
    """A request, as far as a route looks at it."""

    def __init__(self, request: Request) -> None:
        body = request.body
        self.raw_body = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        bearer = {"authorization": f"Bearer {request.token}"} if request.token else {}
        self.headers = {"content-type": JSON, **bearer, **request.headers}
        self.query_params = dict(request.query) or None
        self.context = {"requestId": "simulated"}

    def to_dict(self) -> dict[str, Any]:
        return {"headers": self.headers, "query_params": self.query_params}


def call(request: Request) -> Reply:
    """One request, answered. Another may be answered in the middle of it."""
    view = app.routes[request.path][request.method].view_function
    outer = getattr(app, "current_request", None)
    made: Any = _Request(request)
    app.current_request = made
    try:
        response = view(**request.parameters)
    finally:
        app.current_request = outer
    return Reply(int(response.status_code), response.body, response.headers.get("Idempotent-Replayed") == "true")


def _short(body: Any) -> str:
    """A body for a reader: a credential is long, and says nothing."""
    if isinstance(body, bytes):
        return f"<{len(body)} bytes>"
    shown = {name: "…" + str(value)[-6:] if name == "credential" else value for name, value in body.items()}
    return json.dumps(shown, ensure_ascii=False)
