"""Completes Chalice's template with what Chalice cannot say, from the table of functions in `infra/roads.py`."""

from dataclasses import dataclass
from typing import Any

from infra.errors import BuildError
from infra.gateway import gateway_responses
from infra.policies import imported, role
from infra.roads import QUEUES, ROADS, SECRETS, TABLES, Road, road_of_function, road_of_path

Json = dict[str, Any]

_NO_VALUE = {"Ref": "AWS::NoValue"}
_METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


@dataclass(frozen=True)
class Artefacts:
    """What the template points at: keys in the artefact bucket, and what the layer was built for."""

    code_key: str
    layer_key: str
    architecture: str
    runtime: str


def weave(template: Json, artefacts: Artefacts) -> Json:
    """Complete `template`, in place, and return it.

    Raises:
        BuildError: the app and the table of functions disagree.
    """
    _expect_the_same_functions(template)
    template["Outputs"] = _outputs(template)
    for road in ROADS:
        _weave_function(template, road, artefacts)
    _weave_layer(template["Resources"]["Dependencies"], artefacts)
    _weave_api(template["Resources"]["RestAPI"]["Properties"])
    return template


def functions_of(template: Json) -> dict[str, Json]:
    """The functions in a template, by logical id."""
    kinds = {"AWS::Serverless::Function", "AWS::Lambda::Function"}
    return {name: entry for name, entry in template["Resources"].items() if entry["Type"] in kinds}


def _expect_the_same_functions(template: Json) -> None:
    declared, known = set(functions_of(template)), {road.logical_id for road in ROADS}
    if declared != known:
        missing, strange = sorted(known - declared), sorted(declared - known)
        raise BuildError(
            f"app.py and infra/roads.py disagree: only the table has {missing}, only the app has {strange}.",
            "Declare the function in app.py and give it a row in infra/roads.py.",
        )


def _outputs(template: Json) -> Json:
    names = {f"{road.stem}Function": {"Value": {"Ref": road.logical_id}} for road in ROADS}
    return {"ApiUrl": template["Outputs"]["ApiUrl"], "RestApiId": {"Value": {"Ref": "RestAPI"}}, **names}


def _weave_function(template: Json, road: Road, artefacts: Artefacts) -> None:
    resources = template["Resources"]
    properties = resources[road.logical_id]["Properties"]
    properties |= {
        "FunctionName": {"Fn::Sub": f"storebound-${{Stage}}-{road.function}"},
        "CodeUri": {"Bucket": {"Ref": "ArtefactBucket"}, "Key": artefacts.code_key},
        "Layers": [{"Ref": "Dependencies"}],
        "Role": {"Fn::GetAtt": [f"{road.stem}Role", "Arn"]},
        "Timeout": road.timeout,
        "MemorySize": road.memory,
        "LoggingConfig": {"LogGroup": {"Ref": f"{road.stem}Logs"}},
        "Environment": {"Variables": _variables(road, template["Outputs"]["ApiUrl"]["Value"])},
    }
    resources[f"{road.stem}Role"] = role(road)
    resources[f"{road.stem}Logs"] = _log_group(road)
    resources |= {f"{road.stem}{metric}": _alarm(road, metric) for metric in ("Errors", "Throttles")}
    if road.paths:
        resources[f"{road.stem}InvokePermission"] = _invoke_permission(road)
    _weave_limit(template, road)


def _variables(road: Road, public_url: Json) -> Json:
    every = {
        "LOG_LEVEL": {"Ref": "LogLevel"},
        "POWERTOOLS_SERVICE_NAME": road.function,
        # Pydantic otherwise searches every installed distribution for plugins, at each cold start.
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
    possible = {
        "PUBLIC_URL": public_url,
        "VERIFY_KEYS": {"Ref": "VerifyKeys"},
        "LINE_API_URL": {"Ref": "LineApiUrl"},
        "EMAIL_FROM": {"Ref": "EmailFrom"},
        "TERMINAL_RATE": {"Ref": "TerminalRequestsPerSecond"},
    }
    tables = {f"{table.upper()}_TABLE": imported(f"{TABLES[table]}Table") for table in road.tables}
    secrets = {f"{secret.upper()}_SECRET": imported(f"{SECRETS[secret]}SecretArn") for secret in road.secrets}
    chosen = {name: possible[name] for name in road.variables}
    return every | tables | _queue_variables(road) | secrets | chosen


def _queue_variables(road: Road) -> Json:
    own = (road.consumes,) if road.consumes else ()
    variables: Json = {
        f"{_short(queue)}_QUEUE_URL": imported(f"{QUEUES[queue]}QueueUrl") for queue in (*road.sends_to, *own)
    }
    for queue in own:
        variables[f"{_short(queue)}_DLQ_URL"] = imported(f"{QUEUES[queue]}DeadLettersUrl")
        variables["MAX_RECEIVES"] = {"Ref": "MaxReceives"}
    return variables


def _short(queue: str) -> str:
    return queue.removeprefix("dispatch-").upper()


def _log_group(road: Road) -> Json:
    name = {"Fn::Sub": f"/storebound/${{Stage}}/{road.function}"}
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": name, "RetentionInDays": {"Ref": "LogRetentionDays"}},
    }


def _alarm(road: Road, metric: str) -> Json:
    topic = [imported("AlarmTopicArn")]
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": f"{metric} of {road.function}. Its log group says why.",
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": road.logical_id}}],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0,
            "TreatMissingData": "notBreaching",
            "AlarmActions": topic,
            "OKActions": topic,
        },
    }


def _invoke_permission(road: Road) -> Json:
    api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestAPI}/*"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": road.logical_id},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": api},
        },
    }


def _weave_limit(template: Json, road: Road) -> None:
    """A parameter for how many copies of the function may run at once; 0, its default, sets no limit."""
    name, condition = f"{road.stem}Concurrency", f"Limits{road.stem}"
    template["Parameters"][name] = {
        "Type": "Number",
        "Default": 0,
        "MinValue": 0,
        "MaxValue": 1000,
        "Description": f"At most so many copies of {road.function} at once (0 sets no limit; a queue's least is 2).",
    }
    template["Conditions"][condition] = {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, 0]}]}
    if road.consumes:
        _weave_mapping(template, road, {"Fn::If": [condition, {"MaximumConcurrency": {"Ref": name}}, _NO_VALUE]})
    else:
        properties = template["Resources"][road.logical_id]["Properties"]
        properties["ReservedConcurrentExecutions"] = {"Fn::If": [condition, {"Ref": name}, _NO_VALUE]}


def _weave_mapping(template: Json, road: Road, scaling: Json) -> None:
    """The queue's mapping. Its limit lies here and not on the function: a throttled function would use up tries."""
    events = template["Resources"][road.logical_id]["Properties"].get("Events", {})
    if [event["Type"] for event in events.values()] != ["SQS"]:
        raise BuildError(
            f"{road.function} must be declared with one on_sqs_message, and has {sorted(events)}.",
            "Correct its declaration in app.py.",
        )
    (event,) = events.values()
    event["Properties"] |= {
        "Queue": imported(f"{QUEUES[road.consumes or '']}QueueArn"),
        # Without it AWS deletes the failed messages of a batch along with the others.
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": scaling,
    }


def _weave_layer(layer: Json, artefacts: Artefacts) -> None:
    layer["Properties"] |= {
        "ContentUri": {"Bucket": {"Ref": "ArtefactBucket"}, "Key": artefacts.layer_key},
        "CompatibleArchitectures": [artefacts.architecture],
        "CompatibleRuntimes": [artefacts.runtime],
    }


def _weave_api(api: Json) -> None:
    body = api["DefinitionBody"]
    # In the definition and not as resources: a deployment made before the resource would answer without it.
    body["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    for path, operations in body["paths"].items():
        road = road_of_path(path)
        for operation in operations.values():
            _point(operation["x-amazon-apigateway-integration"], road)
        if road is road_of_function("checkout"):
            api["MethodSettings"] += [_webhook_limit(path, method) for method in sorted(_METHODS & set(operations))]


def _point(integration: Json, road: Road) -> None:
    if "uri" in integration:
        uri = integration["uri"]["Fn::Sub"]
        integration["uri"] = {"Fn::Sub": uri.replace("${APIHandler.Arn}", f"${{{road.logical_id}.Arn}}")}


def _webhook_limit(path: str, method: str) -> Json:
    return {
        "HttpMethod": method.upper(),
        "ResourcePath": "/" + path.replace("/", "~1"),
        "ThrottlingRateLimit": {"Ref": "WebhooksPerSecond"},
        "ThrottlingBurstLimit": {"Ref": "WebhookBurst"},
    }
