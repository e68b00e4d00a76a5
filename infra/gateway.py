"""What API Gateway answers by itself, before or instead of a function: the same problem+json as the functions give."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from functions.domain.refusal_texts import TEXTS
from functions.domain.text import Text

_UNKNOWN_ROUTE = Text("查無此網址。請確認路徑與方法。", "Nothing is at this address. Check the path and the method.")
_REFUSED = Text("無法處理此請求。請確認內容後再試。", "The request was refused. Check it and try again.")
_FORBIDDEN = Text("不允許此操作。", "This is not allowed.")
_TOO_LARGE = Text("內容過大。請減少後再試。", "The request is too large. Send less at once.")
_MEDIA_TYPE = Text("不支援此內容格式。", "This content type is not taken here.")
# The function may have done its work before the gateway lost it.
_NO_ANSWER = Text(
    "系統未回應，結果未知。請以相同編號再試一次。",
    "No answer, so the outcome is not known. Repeat the same request with the same reference.",
)


@dataclass(frozen=True)
class _Answer:
    status: HTTPStatus
    code: str
    message: Text
    retry_after: int | None = None


# By API Gateway's response types. It lists REQUEST_TOO_LARGE among them but does not let its own 413 be customised.
_ANSWERS = {
    "DEFAULT_4XX": _Answer(HTTPStatus.BAD_REQUEST, "malformed", _REFUSED),
    "DEFAULT_5XX": _Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "unavailable", _NO_ANSWER, 1),
    "ACCESS_DENIED": _Answer(HTTPStatus.FORBIDDEN, "forbidden", _FORBIDDEN),
    "WAF_FILTERED": _Answer(HTTPStatus.FORBIDDEN, "forbidden", _FORBIDDEN),
    # What API Gateway says of a path or method that it does not know.
    "MISSING_AUTHENTICATION_TOKEN": _Answer(HTTPStatus.NOT_FOUND, "not_found", _UNKNOWN_ROUTE),
    "RESOURCE_NOT_FOUND": _Answer(HTTPStatus.NOT_FOUND, "not_found", _UNKNOWN_ROUTE),
    "REQUEST_TOO_LARGE": _Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _TOO_LARGE),
    "UNSUPPORTED_MEDIA_TYPE": _Answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", _MEDIA_TYPE),
    "THROTTLED": _Answer(HTTPStatus.TOO_MANY_REQUESTS, "throttled", TEXTS["throttled"], 1),
    "QUOTA_EXCEEDED": _Answer(HTTPStatus.TOO_MANY_REQUESTS, "throttled", TEXTS["throttled"], 60),
    "INTEGRATION_FAILURE": _Answer(HTTPStatus.BAD_GATEWAY, "unavailable", _NO_ANSWER, 1),
    "INTEGRATION_TIMEOUT": _Answer(HTTPStatus.GATEWAY_TIMEOUT, "unavailable", _NO_ANSWER, 1),
}
# Their default status is that of the case at hand (400, 401, 403 ...): only the body is ours.
_KEEP_STATUS = {"DEFAULT_4XX", "DEFAULT_5XX"}


def gateway_responses() -> dict[str, Any]:
    """The `x-amazon-apigateway-gateway-responses` of the API's definition, by response type."""
    return {kind: _response(kind, answer) for kind, answer in _ANSWERS.items()}


def _response(kind: str, answer: _Answer) -> dict[str, Any]:
    # A template is chosen by the request's Accept, and this key is the only one that every request falls back to.
    headers = {"Content-Type": "'application/problem+json'"}
    if answer.retry_after is not None:
        headers["Retry-After"] = f"'{answer.retry_after}'"
    response: dict[str, Any] = {
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
        "responseTemplates": {"application/json": _body(kind, answer)},
    }
    if kind not in _KEEP_STATUS:
        response["statusCode"] = str(int(answer.status))
    return response


def _body(kind: str, answer: _Answer) -> str:
    """The problem as ASCII: CloudFormation turns other characters into question marks."""
    return json.dumps(
        {
            "type": f"urn:storebound:problem:{answer.code}",
            "title": answer.status.phrase,
            "status": int(answer.status),
            "detail": f"{answer.message.en} ({kind})",
            "code": answer.code,
            "request_id": "$context.requestId",
            "message": {"zh-Hant": answer.message.zh_hant, "en": answer.message.en},
            "retryable": answer.retry_after is not None,
        }
    )
