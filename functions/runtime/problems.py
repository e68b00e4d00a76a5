"""From an exception to an answer: one table, consulted in one place."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from functions.adapters.errors import ConflictError, ThrottledError, UnavailableError
from functions.contracts.problems import FieldError, facts_of, problem
from functions.domain import refusals
from functions.domain.errors import DomainError, InvalidValueError
from functions.domain.refusal_texts import TEXTS
from functions.domain.text import Text
from functions.domain.voucher import StateConflictError

T = TypeVar("T")


class RequestError(Exception):
    """A request that never reached a rule."""

    status: HTTPStatus
    code: str
    text: Text

    def __init__(self, detail: str, errors: list[FieldError] | None = None) -> None:
        super().__init__(detail)
        self.detail, self.errors = detail, errors


class MalformedError(RequestError):
    """The body cannot be read at all."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed"
    text = Text(
        "無法讀取請求內容。請以 UTF-8 傳送 JSON 物件。", "The body cannot be read. Send a JSON object in UTF-8."
    )


class InvalidError(RequestError):
    """The body can be read, and is wrong."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid"
    text = Text(
        "請求內容有誤。請修正 errors 所列欄位後重送。", "The request is wrong. Mend the fields in errors and resend."
    )


class TooLargeError(RequestError):
    """More than this road takes."""

    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"
    text = Text("請求內容過大。請減少內容後重送。", "The request is too large. Send less.")


class BadSignatureError(RequestError):
    """A webhook that none of the shop's active secrets signed."""

    status, code = HTTPStatus.UNAUTHORIZED, "bad_signature"
    text = Text(
        "簽章不符。請確認商店的密鑰，並原樣傳送內容。",
        "The signature does not match. Check the shop's secret, and send the body unchanged.",
    )


class UnauthorizedError(RequestError):
    """No token, or not a valid one."""

    status, code = HTTPStatus.UNAUTHORIZED, "unauthorized"
    text = Text(
        "憑證無效。請重新註冊裝置或使用有效的權杖。", "No valid token. Enrol the device again or use a valid token."
    )


class ForbiddenError(RequestError):
    """A valid token of a role that may not do this."""

    status, code = HTTPStatus.FORBIDDEN, "forbidden"
    text = Text("權限不足。請使用具備權限的權杖。", "Not allowed with this token. Use one whose role is.")


class NotFoundError(RequestError):
    """Nothing by this name."""

    status, code = HTTPStatus.NOT_FOUND, "not_found"
    text = Text("查無資料。請確認編號。", "Nothing by this name. Check the id.")


def found(thing: T | None, kind: str) -> T:
    """What a name was looked up for.

    Raises:
        NotFoundError: there is no such thing.
    """
    if thing is None:
        raise NotFoundError(f"no {kind} of this name")
    return thing


class IdempotencyError(RequestError):
    """The same idempotency key for another request."""

    status, code = HTTPStatus.CONFLICT, "reference_reused"
    text = TEXTS["reference_reused"]


# Refusals are 409 but for these; CONTRACT: 404 unknown, 422 well-formed but wrong, 429 throttled.
REFUSAL_STATUS: dict[type[refusals.Refusal], HTTPStatus] = {
    refusals.UnknownVoucher: HTTPStatus.NOT_FOUND,
    refusals.CurrencyMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    refusals.CodesLocked: HTTPStatus.TOO_MANY_REQUESTS,
}
UNAVAILABLE = Text("服務暫時無法使用。請稍候再試。", "The service is not available. Try again in a moment.")
INTERNAL = Text(
    "系統發生錯誤。請稍候再試，或提供 request_id 給客服。",
    "Something broke. Try again, or give support the request_id.",
)
STATE_CONFLICT = Text(
    "票券目前的狀態不允許此操作。請先確認狀態。", "The voucher's state does not allow this. Check it first."
)


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """An error's status, body and headers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def answer_to(error: Exception, request_id: str) -> ProblemAnswer | None:
    """How an exception is answered, or None where it is a fault of ours that nobody foresaw."""
    match error:
        case ThrottledError():
            return answer_to(refusals.Throttled(), request_id)
        case ConflictError():
            return answer_to(refusals.InProgress(), request_id)
        case refusals.Refusal():
            return _refusal(error, request_id)
        case InvalidValueError():
            return answer_to(InvalidError(str(error), [FieldError(path=error.field, message=error.reason)]), request_id)
        case RequestError():
            body = problem(error.status, error.code, error.detail, error.text, request_id, errors=error.errors)
            headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}
            return ProblemAnswer(error.status, body, headers)
        case StateConflictError():
            facts = {"state": error.state}
            body = problem(HTTPStatus.CONFLICT, error.code, str(error), STATE_CONFLICT, request_id, facts=facts)
            return ProblemAnswer(HTTPStatus.CONFLICT, body)
        case UnavailableError():
            detail = "a service behind this one did not answer"
            status = HTTPStatus.SERVICE_UNAVAILABLE
            body = problem(status, "unavailable", detail, UNAVAILABLE, request_id, retryable=True)
            return ProblemAnswer(status, body, {"Retry-After": "2"})
        case _:
            return None


def internal(request_id: str) -> ProblemAnswer:
    """The answer to a fault of ours; what it was stands in the log alone."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return ProblemAnswer(status, problem(status, "internal", "unexpected error", INTERNAL, request_id, retryable=True))


def every_code() -> set[str]:
    """All codes an answer may carry, for the catalogue."""
    return {error.code for error in (*_subclasses(RequestError), *_subclasses(DomainError))} | {
        "unavailable",
        "internal",
    }


def _refusal(error: refusals.Refusal, request_id: str) -> ProblemAnswer:
    status = REFUSAL_STATUS.get(type(error), HTTPStatus.CONFLICT)
    text = TEXTS[error.text]
    facts = facts_of(error)
    body = problem(status, error.code, text.en, text, request_id, retryable=error.retryable, facts=facts)
    return ProblemAnswer(status, body, {"Retry-After": str(facts["retry_after"])} if "retry_after" in facts else {})


def _subclasses(kind: type[Any]) -> set[type[Any]]:
    below = {leaf for child in kind.__subclasses__() for leaf in _subclasses(child)}
    return below or {kind}
