"""`/openapi.json` is made of what the routes declare, and the routes keep to it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from functions.runtime import openapi
from functions.runtime.http import ENDPOINTS
from tests.support.api import Api
from tests.support.endpoints import JSON_ENDPOINTS, requests
from tests.support.retail import Retailer, money


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(openapi.text())


def schema_of(document: Any, method: str, template: str, answer: str) -> dict[str, Any]:
    """The schema of an answer, able to find the others it refers to."""
    content = document["paths"][template][method.lower()]["responses"][answer]["content"]
    media = content["application/problem+json" if answer == "default" else "application/json"]
    return {**media.get("schema", {}), "components": document["components"]}


def assert_fits(document: Any, method: str, template: str, answer: str, body: Any) -> None:
    """A body fits the schema its endpoint declares."""
    errors = list(Draft202012Validator(schema_of(document, method, template, answer)).iter_errors(body))
    assert not errors, (template, [(list(error.path), error.message) for error in errors])


def test_the_document_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_document_is_served_to_anybody(api: Api, document: Any) -> None:
    assert api.call("GET", "/openapi.json", token=None).json == document


def test_every_endpoint_is_in_the_document_and_no_other(document: Any) -> None:
    documented = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}

    assert documented == set(ENDPOINTS)


def test_every_route_of_the_app_is_an_endpoint() -> None:
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}

    assert routes == set(ENDPOINTS)


def test_every_operation_has_a_name_of_its_own_and_a_summary(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"] for operation in operations)


def test_only_public_endpoints_ask_for_no_token(document: Any) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert bool(operation["security"]) == bool(ENDPOINTS[method.upper(), path].roles)


def test_there_is_a_request_for_every_endpoint(retailer: Retailer) -> None:
    assert {(each.method, each.template) for each in requests(retailer)} == set(JSON_ENDPOINTS)


def test_every_answer_and_every_body_fits_its_schema(retailer: Retailer, document: Any) -> None:
    admin, till = retailer.token("admin"), retailer.tills["pos-1"]

    for request in requests(retailer):
        endpoint = ENDPOINTS[request.method, request.template]
        answer = request.send(retailer, till if request.is_a_tills else admin)

        assert answer.status == endpoint.status, (request.template, answer.json)
        assert answer.headers["Content-Type"] == "application/json"
        assert_fits(document, request.method, request.template, str(int(endpoint.status)), answer.json)
        if endpoint.body is not None:
            operation = document["paths"][request.template][request.method.lower()]
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": document["components"]}).validate(request.body)


def test_answers_of_every_kind_of_voucher_fit_their_schema(retailer: Retailer, document: Any) -> None:
    path, voucher = "/v1/pos/redemptions/{reference}", "/v1/vouchers/{voucher_id}"
    basket = {"total": money("900")}

    for sku, held in retailer.sold.items():
        looked = retailer.look_up(held.qr, at="pos-9", basket=basket)
        taken = retailer.redeem(sku, held.qr, at="pos-9", **({"basket": basket} if sku == "COFFEE-10" else {}))
        voided = retailer.void(sku, at="pos-9")
        asked = retailer.till("GET", f"redemptions/{sku}", at="pos-9")
        read = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}")
        ledger = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger")

        assert_fits(document, "POST", "/v1/pos/lookup", "200", looked.json)
        assert_fits(document, "PUT", path, "201" if taken.status == 201 else "default", taken.json)
        assert_fits(document, "POST", f"{path}/void", "200", voided.json)
        assert_fits(document, "GET", path, "200", asked.json)
        assert_fits(document, "GET", voucher, "200", read.json)
        assert_fits(document, "GET", f"{voucher}/ledger", "200", ledger.json)


def test_a_problem_fits_its_schema(retailer: Retailer, document: Any) -> None:
    problems = [
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("501")),
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("-1")),
        retailer.redeem("r-1", "nothing"),
        retailer.api.call("PUT", "/v1/pos/redemptions/r-1", {}, token=None),
    ]

    assert [problem.status for problem in problems] == [409, 422, 404, 401]
    for problem in problems:
        assert_fits(document, "PUT", "/v1/pos/redemptions/{reference}", "default", problem.json)


def test_a_list_that_may_be_a_table_says_so(document: Any) -> None:
    tables = [
        path
        for path, operations in document["paths"].items()
        if "text/csv; charset=utf-8" in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    ]

    assert tables == [
        "/v1/liability",
        "/v1/pos/settlements/{date}",
        "/v1/settlements",
        "/v1/settlements/{store_id}/{date}",
    ]


def test_what_a_body_must_not_hold_is_in_its_schema(document: Any) -> None:
    schema = document["components"]["schemas"]["RedemptionRequest"]

    assert schema["additionalProperties"] is False
    assert schema["required"] == ["credential"]


def test_the_names_of_the_wire_are_in_the_schema(document: Any) -> None:
    texts = [schema for name, schema in document["components"]["schemas"].items() if name.startswith("WireText")]

    assert texts
    assert all(set(schema["properties"]) == {"zh-Hant", "en"} for schema in texts)
