"""The app's HTTP routes, called as API Gateway calls them."""

import json
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.test import Client

from functions.administration import entry as administration
from functions.checkout import entry as checkout
from functions.engagement import entry as engagement
from functions.redemption import entry as redemption
from tests.support.world import ADMIN_TOKEN


@dataclass(frozen=True)
class Reply:
    """An answer; `json` is its body."""

    status: int
    headers: dict[str, str]
    json: Any


class Api:
    """Speaks as an administrator unless told otherwise: `token=None` is nobody, any text is a bearer token."""

    def __init__(self) -> None:
        app = Chalice(app_name="storebound")
        for room in (checkout, redemption, administration, engagement):
            app.register_blueprint(room.bp)
        self._client = Client(app)

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
        answer = self._client.http.request(method, path, headers=sent, body=raw)
        return Reply(answer.status_code, dict(answer.headers), json.loads(answer.body))
