"""HTTP, once: who calls, what they sent, what they get. A route is declared with `endpoint` and stays five lines.

What is declared is also what `/openapi.json` is made of, so that the two cannot part.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import uuid4

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ValidationError

from functions.contracts.problems import field_errors
from functions.domain.identity import checked_identifier
from functions.domain.retail import Role
from functions.runtime import auth, problems
from functions.runtime.observability import logger, where

B_co = TypeVar("B_co", covariant=True)
M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
PROBLEM = "application/problem+json"
# A till's largest request is a credential and a basket; API Gateway itself ends at ten megabytes.
BODY_MAX = 262_144
Headers = dict[str, str | list[str]]
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Call(Generic[B_co]):
    """A request that got as far as its route: `body` is read and checked, `caller` is who may do this."""

    body: B_co
    caller: auth.Caller
    raw: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers. A `replayed` write had been carried out before."""

    body: BaseModel | str | bytes
    status: int = HTTPStatus.OK
    replayed: bool = False
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A route as it was declared."""

    method: str
    path: str
    summary: str
    roles: tuple[Role, ...]
    body: type[BaseModel] | None
    answers: tuple[type[BaseModel], ...]
    status: int
    name: str
    content_type: str
    also: tuple[str, ...]
    query: tuple[str, ...]
    headers: tuple[str, ...]


View = Callable[..., Answer]
OnError = Callable[[problems.ProblemAnswer, Mapping[str, Any]], Answer]
ENDPOINTS: dict[tuple[str, str], Endpoint] = {}


def endpoint(  # noqa: PLR0913 - a declaration says all there is to say of a route
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    summary: str,
    roles: tuple[Role, ...] = (),
    body: type[BaseModel] | None = None,
    answers: tuple[type[BaseModel], ...] = (),
    status: int = HTTPStatus.OK,
    content_type: str = JSON,
    also: tuple[str, ...] = (),
    body_max: int = BODY_MAX,
    on_error: OnError | None = None,
    name: str | None = None,
    query: tuple[str, ...] = (),
    headers: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Declare a route: who may call it, what it reads and what it answers.

    `also` are content types that it answers on demand, as `?format=csv`. The view gets a `Call` and its path
    parameters, each of which must be an identifier (but for `token`). Whatever it raises is answered by the table in
    `problems`, or by `on_error` where people look at the answer.
    """

    def declare(view: View) -> View:
        known_as = name or view.__name__
        ENDPOINTS[method, path] = Endpoint(
            method=method, path=path, summary=summary, roles=roles, body=body, answers=answers, status=status,
            name=known_as, content_type=content_type, also=also, query=query, headers=headers,
        )  # fmt: skip

        @wraps(view)
        def routed(**parameters: str) -> Response:
            request = blueprint.current_request
            request_id = str(request.context.get("requestId") or uuid4())
            try:
                raw = _raw_body(request, body_max)
                _check_names(parameters)
                caller = auth.caller(request.headers.get("authorization"), roles)
                call = Call(_read(body, raw), caller, raw, request.headers, request.query_params or {})
                return _response(view(call, **parameters), request_id)
            except Exception as error:  # noqa: BLE001 - the one place where every error becomes an answer
                found = problems.answer_to(error, request_id) or _unforeseen(error, request_id, known_as)
                if on_error is not None:
                    return _response(on_error(found, request.to_dict()), request_id)
                return _problem(found, request_id)

        # Chalice answers 415 to a content type it was not told of: what counts is what the body says.
        blueprint.route(path, methods=[method], content_types=["*/*"], name=known_as)(routed)
        return view

    return declare


def parse_json(raw: bytes) -> Any:  # noqa: ANN401 - JSON is any of them
    """JSON without the traps: UTF-8 only, no byte-order mark, no key twice, no NaN, no depth that breaks the reader.

    Raises:
        MalformedError: it is anything else.
    """
    try:
        return json.loads(raw.decode(), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise problems.MalformedError("the body is not valid JSON in UTF-8") from error


def parse_model(model: type[M], raw: bytes) -> M:
    """JSON as a model.

    Raises:
        InvalidError: it does not fit, and where.
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise problems.InvalidError("the body does not fit", field_errors(error)) from error


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice")
    return read


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _read(model: type[BaseModel] | None, raw: bytes) -> Any:  # noqa: ANN401 - an instance of the model
    if model is None:
        return None
    if not isinstance(parse_json(raw or b"{}"), dict):
        raise problems.MalformedError("the body is not a JSON object")
    return parse_model(model, raw or b"{}")


def _raw_body(request: Any, body_max: int) -> bytes:  # noqa: ANN401 - Chalice's request
    raw: bytes = request.raw_body
    if len(raw) > body_max:
        raise problems.TooLargeError(f"at most {body_max} bytes are taken here")
    return raw


def _check_names(parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        if name != "token":
            checked_identifier(name, value)


def _response(answer: Answer, request_id: str) -> Response:
    headers: Headers = {**_NO_STORE, "Content-Type": answer.content_type, "X-Request-Id": request_id, **answer.headers}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    body = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json(by_alias=True)
    return Response(body=body, status_code=answer.status, headers=headers)


def _problem(found: problems.ProblemAnswer, request_id: str) -> Response:
    headers: Headers = {**_NO_STORE, "Content-Type": PROBLEM, "X-Request-Id": request_id, **found.headers}
    return Response(body=json.dumps(found.body, ensure_ascii=False), status_code=found.status, headers=headers)


def _unforeseen(error: Exception, request_id: str, name: str) -> problems.ProblemAnswer:
    facts = {"endpoint": name, "request_id": request_id, "error": type(error).__name__, "where": where(error)}
    logger().error("unforeseen error", extra=facts)
    return problems.internal(request_id)
