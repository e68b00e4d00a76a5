"""LINE's Messaging API: push messages, each at most once by its retry key.

https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
"""

import json
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from functions.domain.sending import Accepted, Lost, Outcome, Refused, TryLater

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

TOKEN_REJECTED = "line_token_rejected"  # noqa: S105 - the name of an error
_CONNECT_SECONDS = 2.0
# A time-out costs little here, since the next try carries the same key; a slow batch costs the whole batch.
_READ_SECONDS = 5.0
# Only the message tells the three kinds of 429 apart.
_MONTHLY_LIMIT = "monthly limit"
_RATE_LIMIT = "rate limit"


class LineMessaging:
    """Pushes to users of any LINE account whose channel access token is given. `base_url` is LINE's, or a stand-in."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url.rstrip('/')}/v2/bot/message/push"

    def push(self, body: bytes, retry_key: str, token: str) -> Outcome:
        """Push `body`, a PushMessageRequest. Every try of one message has the same body and the same `retry_key`."""
        from urllib3 import exceptions  # noqa: PLC0415 - only the function that sends by LINE pays for it

        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-Line-Retry-Key": retry_key,
        }
        try:
            answer = self._pool.request("POST", self._url, body=body, headers=headers, redirect=False)
        except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.SSLError):
            return TryLater("line_unreachable")
        except exceptions.HTTPError:
            return Lost("line_answer_lost")
        return _outcome(answer)

    @cached_property
    def _pool(self) -> "PoolManager":
        from urllib3 import PoolManager, Timeout  # noqa: PLC0415 - as above

        return PoolManager(timeout=Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS), retries=False)


def _outcome(answer: "BaseHTTPResponse") -> Outcome:
    match answer.status:
        case status if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Accepted(answer.headers.get("X-Line-Request-Id"))
        case HTTPStatus.CONFLICT:
            return Accepted(answer.headers.get("X-Line-Accepted-Request-Id"))
        case HTTPStatus.UNAUTHORIZED:
            return TryLater(TOKEN_REJECTED)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _over_a_limit(answer.data)
        case status if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Refused(f"line_{status}")
        case status:
            return Lost(f"line_{status}")


def _over_a_limit(body: bytes) -> Outcome:
    try:
        message = str(json.loads(body)["message"]).lower()
    except (ValueError, LookupError, TypeError):
        message = ""
    if _MONTHLY_LIMIT in message:
        return Refused("line_monthly_limit")
    return TryLater("line_rate_limit" if _RATE_LIMIT in message else "line_concurrency")
