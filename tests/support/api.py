"""The app's HTTP routes, called as API Gateway calls the Lambda function that a path leads to."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from chalice.local import LambdaContext, LambdaEventConverter, RouteMatcher

from app import app
from infra.roads import road_of_path
from tests.support.world import ADMIN_TOKEN

REQUEST_ID = "request-1"
_CONVERTER = LambdaEventConverter(RouteMatcher(list(app.routes)))


@dataclass(frozen=True)
class Reply:
    """An answer; `json` is its body, or None where that is something else, and `text` is what was sent."""

    status: int
    headers: dict[str, str]
    json: Any
    text: str = ""

    @property
    def is_replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.json["code"])


class Api:
    """Speaks as an administrator unless told otherwise: `token=None` is nobody, any text is a bearer token."""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = ADMIN_TOKEN,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request; `bytes` are sent as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        sent = {"Content-Type": "application/json", **bearer, **(headers or {})}
        answer = self.function(path)(_event(method, path, sent, raw), LambdaContext("a test", 1024))
        sent_back = base64.b64decode(answer["body"]).decode() if answer.get("isBase64Encoded") else answer["body"]
        read = json.loads(sent_back) if "json" in answer["headers"]["Content-Type"] else None
        return Reply(int(answer["statusCode"]), answer["headers"], read, sent_back)

    @staticmethod
    def function(path: str) -> Any:
        """The Lambda function that answers a path."""
        name = road_of_path(path.partition("?")[0]).function
        return app if name == "administration" else app.handler_map[name]


def _event(method: str, path: str, headers: dict[str, str], raw: bytes) -> dict[str, Any]:
    event: dict[str, Any] = _CONVERTER.create_lambda_event(method, path, headers, b"")
    event["requestContext"]["requestId"] = REQUEST_ID
    # Every type is a binary type to our API, so that a signature finds the exact bytes.
    return event | {"body": base64.b64encode(raw).decode() if raw else None, "isBase64Encoded": bool(raw)}
