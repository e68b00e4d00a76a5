"""Errors as `application/problem+json` (RFC 9457): a stable code, the facts, and a sentence in both languages."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from functions.contracts.available import Available
from functions.contracts.base import Instant, Wire, WireMoney, WireText, rfc3339
from functions.domain.money import Money
from functions.domain.refusal_texts import TEXTS
from functions.domain.refusals import Refusal
from functions.domain.text import Text
from functions.domain.worth import Worth


class FieldError(Wire):
    """One thing wrong with a body: where, and what."""

    path: str = Field(examples=["money.amount"])
    message: str


def field_errors(error: ValidationError) -> list[FieldError]:
    """Where a body does not fit its model, and why."""
    # Neither the input nor the context: they hold what a customer sent.
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [FieldError(path=".".join(map(str, each["loc"])) or "body", message=each["msg"]) for each in found[:20]]


class Problem(Wire):
    """An error. `code` never changes its meaning; further members are the facts of the case."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:storebound:problem:insufficient"])
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    message: WireText
    retryable: bool = False
    errors: list[FieldError] | None = None


class RefusalWire(Wire):
    """Why a voucher cannot be used, as a lookup tells it."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: WireText
    retryable: bool
    available: Available | None = None
    held_until: Instant | None = None
    redeemed_at: Instant | None = None
    store_id: str | None = None
    store: WireText | None = None

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalWire":
        """The wire form."""
        message = WireText.of(TEXTS[refusal.text])
        content = {"code": refusal.code, "message": message, "retryable": refusal.retryable, **facts_of(refusal)}
        # The facts are JSON already, with their times as text.
        return cls.model_validate(content, strict=False)


def facts_of(refusal: Refusal) -> dict[str, Any]:
    """The facts of a refusal, as JSON has them."""
    return {name: _json(fact) for name, fact in refusal.facts.items() if fact is not None}


def _json(fact: object) -> Any:  # noqa: ANN401 - JSON is any of them
    match fact:
        case Money():
            return WireMoney.of(fact).model_dump(mode="json")
        case Worth():
            return Available.of(fact).model_dump(mode="json", by_alias=True)
        case Text():
            return WireText.of(fact).model_dump(mode="json", by_alias=True)
        case datetime():
            return rfc3339(fact)
        case _:
            return fact


def problem(
    status: int,
    code: str,
    detail: str,
    message: Text,
    request_id: str,
    *,
    retryable: bool = False,
    errors: list[FieldError] | None = None,
    facts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of an error."""
    body = Problem(
        type=f"urn:storebound:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id,
        message=WireText.of(message),
        retryable=retryable,
        errors=errors,
        **(facts or {}),
    )
    return body.model_dump(mode="json", by_alias=True, exclude_none=True)
