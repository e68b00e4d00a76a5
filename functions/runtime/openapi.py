"""`/openapi.json` (3.1), made of what the routes declare."""

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.contracts.problems import Problem
from functions.domain.identity import IDENTIFIER
from functions.domain.retail import Role
from functions.runtime.http import ENDPOINTS, JSON, PROBLEM, Endpoint
from functions.runtime.problems import every_code

# Parameters that are no identifiers.
FREE = frozenset({"token", "limit", "cursor", "lang", "state", "format", "funding", "store_ids"})
DAYS = frozenset({"date"})
_WHERE = "#/components/schemas/{model}"


@cache
def text() -> str:
    """The document as JSON."""
    return json.dumps(document(), ensure_ascii=False)


def document() -> dict[str, Any]:
    """The document."""
    endpoints = [ENDPOINTS[key] for key in sorted(ENDPOINTS, key=lambda key: (key[1], key[0]))]
    references, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Storebound", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(endpoints: list[Endpoint]) -> tuple[dict[tuple[type[BaseModel], str], Any], dict[str, Any]]:
    bodies = {(endpoint.body, "validation") for endpoint in endpoints if endpoint.body}
    answers = {(answer, "serialization") for endpoint in endpoints for answer in endpoint.answers}
    models = sorted(bodies | answers | {(Problem, "serialization")}, key=lambda model: (model[0].__name__, model[1]))
    references, definitions = models_json_schema(models, ref_template=_WHERE)  # type: ignore[arg-type]
    definitions["$defs"]["Problem"]["properties"]["code"]["examples"] = sorted(every_code())
    return references, definitions["$defs"]  # type: ignore[return-value]


def _operation(endpoint: Endpoint, references: dict[tuple[type[BaseModel], str], Any]) -> dict[str, Any]:
    problem = {"description": "A problem", "content": {PROBLEM: {"schema": references[Problem, "serialization"]}}}
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": {str(int(endpoint.status)): _success(endpoint, references), "default": problem},
        "security": [{"bearer": []}] if endpoint.roles else [],
    }
    if endpoint.roles:
        operation["description"] = "For: " + ", ".join(sorted(map(Role.__str__, endpoint.roles)))
    if endpoint.body:
        schema = references[endpoint.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation


def _success(endpoint: Endpoint, references: dict[tuple[type[BaseModel], str], Any]) -> dict[str, Any]:
    schemas = [references[answer, "serialization"] for answer in endpoint.answers]
    schema: dict[str, Any] = schemas[0] if len(schemas) == 1 else {"anyOf": schemas} if schemas else {}
    return {
        "description": HTTPStatus(endpoint.status).phrase,
        "content": {
            endpoint.content_type: {"schema": schema} if schema else {},
            **{content_type: {"schema": {"type": "string"}} for content_type in endpoint.also},
        },
    }


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    named = [(name, "path") for name in re.findall(r"\{(\w+)\}", endpoint.path)]
    named += [(name, "query") for name in endpoint.query] + [(name, "header") for name in endpoint.headers]
    return [
        {"name": name, "in": place, "required": place == "path", "schema": _parameter_schema(name)}
        for name, place in named
    ]


def _parameter_schema(name: str) -> dict[str, str]:
    if name in DAYS:
        return {"type": "string", "format": "date"}
    return {"type": "string"} if name in FREE else {"type": "string", "pattern": IDENTIFIER}
