import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from functions.contracts.problems import Problem
from functions.runtime.settings import Settings
from infra.layer import host_architecture
from infra.package import Package
from infra.policies import imported
from infra.roads import QUEUES, ROADS, Road, road_of_function, road_of_path

Template = dict[str, Any]
FOR_LIBRARIES = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME", "PYDANTIC_DISABLE_PLUGINS"}

every_road = pytest.mark.parametrize("road", ROADS, ids=lambda road: road.function)
every_consumer = pytest.mark.parametrize(
    "road", [road for road in ROADS if road.consumes], ids=lambda road: road.function
)


@pytest.fixture(scope="session")
def translated(app_template: Template) -> Template:
    """The plain resources that AWS makes of the template."""

    class NoManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
        copy = json.loads(json.dumps(app_template))
        resources: Template = transform(copy, {}, NoManagedPolicies())["Resources"]
    return resources


def of_kind(resources: Template, kind: str) -> dict[str, Template]:
    return {name: entry["Properties"] for name, entry in resources.items() if entry["Type"] == kind}


def function(template: Template, road: Road) -> Template:
    found: Template = template["Resources"][road.logical_id]["Properties"]
    return found


def definition(template: Template) -> Template:
    found: Template = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    return found


def test_linter_finds_nothing(package: Package) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(package.template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own interpreter

    assert done.returncode == 0, done.stdout


@every_consumer
def test_failed_message_comes_back_alone(translated: Template, road: Road) -> None:
    mappings = [
        mapping
        for mapping in of_kind(translated, "AWS::Lambda::EventSourceMapping").values()
        if mapping["FunctionName"] == {"Ref": road.logical_id}
    ]

    assert [mapping["FunctionResponseTypes"] for mapping in mappings] == [["ReportBatchItemFailures"]]


@every_consumer
def test_function_is_given_the_messages_of_its_queue(app_template: Template, road: Road) -> None:
    (event,) = function(app_template, road)["Events"].values()

    assert event["Properties"]["Queue"] == imported(f"{QUEUES[road.consumes or '']}QueueArn")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/webhooks/{shop_id}", "checkout"),
        ("/v1/pos/lookup", "till"),
        ("/v1/pos/redemptions/{reference}/void", "till"),
        ("/v/{token}", "pages"),
        ("/v/{token}/qr.png", "pages"),
        ("/scanner", "pages"),
        ("/console", "pages"),
        ("/v1/orders/{shop_id}/{order_id}", "administration"),
        ("/v1/postings", "administration"),
        ("/openapi.json", "administration"),
        ("/", "administration"),
    ],
)
def test_path_belongs_to_the_road_of_its_longest_prefix(path: str, name: str) -> None:
    assert road_of_path(path).function == name


def test_every_path_leads_to_the_function_of_its_road(app_template: Template) -> None:
    led = {
        (path, integration["uri"]["Fn::Sub"].rpartition("/functions/")[2])
        for path, operations in definition(app_template)["paths"].items()
        for operation in operations.values()
        if "uri" in (integration := operation["x-amazon-apigateway-integration"])
    }

    assert led == {(path, f"${{{road_of_path(path).logical_id}.Arn}}/invocations") for path, _ in led}


@pytest.mark.parametrize("road", [road for road in ROADS if road.paths], ids=lambda road: road.function)
def test_every_prefix_is_in_use(app_template: Template, road: Road) -> None:
    roads = [road_of_path(path).function for path in definition(app_template)["paths"]]

    assert road.function in roads


@pytest.mark.parametrize("road", [road for road in ROADS if road.is_called_by_http], ids=lambda road: road.function)
def test_api_may_call_the_function(translated: Template, road: Road) -> None:
    permissions = of_kind(translated, "AWS::Lambda::Permission").values()
    callers = [entry["Principal"] for entry in permissions if entry["FunctionName"] == {"Ref": road.logical_id}]

    assert "apigateway.amazonaws.com" in callers


def test_auditor_is_started_every_five_minutes_and_by_nobody_else(translated: Template) -> None:
    ((rule, schedule),) = of_kind(translated, "AWS::Events::Rule").items()
    permissions = of_kind(translated, "AWS::Lambda::Permission").values()
    callers = [entry for entry in permissions if entry["FunctionName"] == {"Ref": "Audit"}]

    assert (schedule["ScheduleExpression"], schedule.get("State", "ENABLED")) == ("rate(5 minutes)", "ENABLED")
    assert [target["Arn"] for target in schedule["Targets"]] == [{"Fn::GetAtt": ["Audit", "Arn"]}]
    assert [(entry["Principal"], entry["SourceArn"]) for entry in callers] == [
        ("events.amazonaws.com", {"Fn::GetAtt": [rule, "Arn"]})
    ]


def test_a_run_of_the_auditor_ends_before_the_next_begins() -> None:
    assert road_of_function("audit").timeout < 300


@pytest.mark.parametrize(
    ("name", "metric", "missing"),
    [
        ("AuditDifferences", ("Storebound", "AuditDifferences", "service"), "notBreaching"),
        ("AuditorStandsStill", ("AWS/Lambda", "Invocations", "FunctionName"), "breaching"),
    ],
)
def test_somebody_hears_of_a_difference_and_of_an_auditor_that_stands_still(
    app_template: Template, name: str, metric: tuple[str, str, str], missing: str
) -> None:
    alarm = app_template["Resources"][name]["Properties"]

    namespace, metric_name, dimension = metric
    assert (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric_name)
    assert alarm["Dimensions"] == [{"Name": dimension, "Value": {"Ref": "Audit"}}]
    assert (alarm["TreatMissingData"], alarm["AlarmActions"]) == (missing, [imported("AlarmTopicArn")])


@every_road
def test_log_is_kept_for_a_limited_time(app_template: Template, road: Road) -> None:
    logs = function(app_template, road)["LoggingConfig"]["LogGroup"]["Ref"]

    assert app_template["Resources"][logs]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@every_road
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_somebody_hears_of_errors_and_throttles(app_template: Template, road: Road, metric: str) -> None:
    alarm = app_template["Resources"][f"{road.stem}{metric}"]["Properties"]

    assert (alarm["MetricName"], alarm["Dimensions"][0]["Value"], alarm["AlarmActions"]) == (
        metric,
        {"Ref": road.logical_id},
        [imported("AlarmTopicArn")],
    )


@every_road
def test_function_has_a_role_of_its_own(app_template: Template, road: Road) -> None:
    assert function(app_template, road)["Role"] == {"Fn::GetAtt": [f"{road.stem}Role", "Arn"]}


@every_road
def test_every_variable_is_one_that_the_settings_read(app_template: Template, road: Road) -> None:
    variables = set(function(app_template, road)["Environment"]["Variables"]) - FOR_LIBRARIES

    assert {name.lower() for name in variables} <= set(Settings.model_fields)


@every_road
def test_only_those_behind_the_queues_know_the_public_address(app_template: Template, road: Road) -> None:
    variables = function(app_template, road)["Environment"]["Variables"]

    assert ("PUBLIC_URL" in variables) == (road.consumes is not None)


@every_road
def test_handler_is_a_callable_of_app(app_template: Template, road: Road) -> None:
    module, _, name = function(app_template, road)["Handler"].rpartition(".")

    assert module == "app"
    assert callable(getattr(importlib.import_module(module), name))


@every_road
def test_function_and_layer_are_of_one_architecture(app_template: Template, road: Road) -> None:
    layer = app_template["Resources"]["Dependencies"]["Properties"]

    assert function(app_template, road)["Architectures"] == layer["CompatibleArchitectures"] == [host_architecture()]


def test_bytes_are_sent_as_bytes_whatever_is_asked_for(translated: Template) -> None:
    (api,) = of_kind(translated, "AWS::ApiGateway::RestApi").values()

    assert api["BinaryMediaTypes"] == ["*/*"]
    assert api["Body"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]


@pytest.mark.parametrize("road", [road for road in ROADS if not road.consumes], ids=lambda road: road.function)
def test_number_of_requests_at_once_can_be_limited(app_template: Template, road: Road) -> None:
    name, limit = f"{road.stem}Concurrency", function(app_template, road)["ReservedConcurrentExecutions"]

    assert limit == {"Fn::If": [f"Limits{road.stem}", {"Ref": name}, {"Ref": "AWS::NoValue"}]}
    assert app_template["Parameters"][name]["Default"] == 0


@every_consumer
def test_number_of_batches_at_once_is_limited_without_using_up_tries(app_template: Template, road: Road) -> None:
    (event,) = function(app_template, road)["Events"].values()

    assert event["Properties"]["ScalingConfig"]["Fn::If"][1] == {
        "MaximumConcurrency": {"Ref": f"{road.stem}Concurrency"}
    }
    assert "ReservedConcurrentExecutions" not in function(app_template, road)


def test_flood_of_webhooks_leaves_room_for_tills(translated: Template) -> None:
    (stage,) = of_kind(translated, "AWS::ApiGateway::Stage").values()
    limits = {entry["ResourcePath"]: entry["ThrottlingRateLimit"] for entry in stage["MethodSettings"]}

    assert limits == {"/*": {"Ref": "RequestsPerSecond"}, "/~1webhooks~1{shop_id}": {"Ref": "WebhooksPerSecond"}}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        ("REQUEST_TOO_LARGE", 413, "too_large"),
        ("THROTTLED", 429, "throttled"),
        ("ACCESS_DENIED", 403, "forbidden"),
        ("INTEGRATION_TIMEOUT", 504, "unavailable"),
    ],
)
def test_gateway_s_own_refusal_is_a_problem_like_any_other(
    app_template: Template, kind: str, status: int, code: str
) -> None:
    response = definition(app_template)["x-amazon-apigateway-gateway-responses"][kind]

    problem = Problem.model_validate_json(response["responseTemplates"]["application/json"])

    assert (problem.status, response["statusCode"], problem.code) == (status, str(status), code)


def test_gateway_s_own_refusal_says_what_it_is(app_template: Template) -> None:
    responses = definition(app_template)["x-amazon-apigateway-gateway-responses"].values()
    types = {response["responseParameters"]["gatewayresponse.header.Content-Type"] for response in responses}

    assert types == {"'application/problem+json'"}


def test_throttled_caller_is_told_when_to_come_again(app_template: Template) -> None:
    response = definition(app_template)["x-amazon-apigateway-gateway-responses"]["THROTTLED"]

    assert response["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"


def test_template_is_plain_ascii(package: Package) -> None:
    """CloudFormation stores other characters as question marks."""
    assert package.template.read_text().isascii()
