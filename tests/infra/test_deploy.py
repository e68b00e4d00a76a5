import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra import cli
from infra.deploy import DeployOptions, Outputs, Target, deploy, plan
from infra.errors import DeployError, UsageError
from infra.roads import ROADS, road_of_path
from infra.stacks import Change, Stacks, Wanted

pytestmark = pytest.mark.stack

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    },
}


def silent(text: str) -> None:
    del text


def small(name: str, template: dict[str, Any] | None, **values: str) -> Wanted:
    return Wanted(f"small-{name}", "test", template, values)


def topic(**properties: str) -> dict[str, Any]:
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}}


def broken() -> dict[str, Any]:
    """A template that CloudFormation accepts, with a policy for a role that is not there."""
    allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:ap-northeast-1:000000000000:none"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    policy = {"PolicyName": "broken", "PolicyDocument": document, "Roles": ["nobody"]}
    return {"Resources": topic()["Resources"] | {"Broken": {"Type": "AWS::IAM::Policy", "Properties": policy}}}


def test_stage_is_called_by_the_names_of_the_project(deployed: Outputs) -> None:
    assert sorted(deployed.tables) == ["commerce", "customers", "sends", "vouchers"]
    assert sorted(deployed.functions) == sorted(road.function for road in ROADS)


def test_address_of_a_local_stack_is_that_of_its_api(local_aws: Target, deployed: Outputs) -> None:
    assert deployed.api_url.startswith(f"{local_aws.endpoint_url}/_aws/execute-api/")
    assert deployed.api_url.endswith("/api")


def test_customers_are_sent_to_the_address_of_the_api(local_aws: Target, deployed: Outputs) -> None:
    sender = local_aws.client("lambda").get_function_configuration(FunctionName=deployed.functions["send_line"])

    assert sender["Environment"]["Variables"]["PUBLIC_URL"] == deployed.api_url


def test_api_calls_the_function_of_each_path_s_road(local_aws: Target, deployed: Outputs) -> None:
    client = local_aws.client("apigateway")
    api = deployed.api_url.split("/")[-2]
    resources = client.get_resources(restApiId=api, limit=500, embed=["methods"])["items"]

    called = {
        resource["path"]: method["methodIntegration"]["uri"].split(":function:")[1].split("/")[0]
        for resource in resources
        for method in resource.get("resourceMethods", {}).values()
        if "uri" in method.get("methodIntegration", {})
    }

    assert called == {path: deployed.functions[road_of_path(path).function] for path in called}


def test_second_deployment_finds_nothing_to_change(
    local_aws: Target, options: DeployOptions, deployed: Outputs
) -> None:
    said: list[str] = []

    again = deploy(local_aws, options, said.append)

    assert (again, [line.rpartition(" ")[2] for line in said]) == (deployed, ["unchanged"] * 3)


def test_option_left_out_keeps_what_the_stage_has(local_aws: Target, options: DeployOptions, deployed: Outputs) -> None:
    again = deploy(local_aws, replace(options, email_from=None, api_origin=None), silent)

    assert again == deployed


def test_sender_of_emails_can_be_changed(local_aws: Target, options: DeployOptions, deployed: Outputs) -> None:
    deploy(local_aws, replace(options, email_from="other@example.com"), silent)

    sender = local_aws.client("lambda").get_function_configuration(FunctionName=deployed.functions["send_email"])
    assert sender["Environment"]["Variables"]["EMAIL_FROM"] == "other@example.com"


@pytest.mark.usefixtures("deployed")
def test_any_parameter_of_the_app_stack_can_be_set(local_aws: Target, options: DeployOptions) -> None:
    deploy(local_aws, replace(options, parameters={"LogRetentionDays": "7"}), silent)

    groups = local_aws.client("logs").describe_log_groups(logGroupNamePrefix="/storebound/test/till")["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [7]


@pytest.mark.usefixtures("deployed")
def test_plan_names_what_would_change(local_aws: Target, options: DeployOptions) -> None:
    planned = plan(local_aws, replace(options, log_level="DEBUG"), silent)

    changes = planned["storebound-test-app"]

    assert changes
    assert Change("Modify", "Till", "AWS::Lambda::Function", replaces=False) in changes


@pytest.mark.usefixtures("deployed")
def test_plan_leaves_nothing_behind(local_aws: Target, options: DeployOptions) -> None:
    before = _everything(local_aws)

    plan(local_aws, replace(options, log_level="DEBUG"), silent)

    assert _everything(local_aws) == before


def test_plan_of_a_new_stage_leaves_no_stack_behind(local_aws: Target, options: DeployOptions) -> None:
    planned = plan(replace(local_aws, stage="unborn"), options, silent)

    assert planned["storebound-unborn-app"] is None
    assert Stacks(local_aws, silent).find("storebound-unborn-data") is None


def _everything(target: Target) -> tuple[object, object]:
    cloudformation, s3 = target.client("cloudformation"), target.client("s3")
    stacks = ("storebound-test-data", "storebound-test-app")
    sets = [cloudformation.list_change_sets(StackName=name)["Summaries"] for name in stacks]
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    objects = [s3.list_objects_v2(Bucket=bucket).get("Contents") for bucket in buckets]
    return sets, objects


def test_first_deployment_asks_for_what_only_the_operator_knows(local_aws: Target, options: DeployOptions) -> None:
    stage = replace(local_aws, stage="nameless")

    with pytest.raises(UsageError, match="needs EmailFrom") as refused:
        deploy(stage, replace(options, email_from=None), silent)

    assert refused.value.next_step == "Add --email-from to it."


def test_parameter_that_does_not_exist_is_refused(local_aws: Target) -> None:
    with pytest.raises(UsageError, match=r"no parameter \['Colour'\]"):
        Stacks(local_aws, silent).bring(small("colour", topic(), Colour="red"))


def test_failure_names_the_resource_that_failed_first(local_aws: Target) -> None:
    with pytest.raises(DeployError, match=r"Broken \(AWS::IAM::Policy\)"):
        Stacks(local_aws, silent).bring(small("broken", broken()))


def test_first_attempt_that_failed_is_not_in_the_way_of_the_second(local_aws: Target) -> None:
    stacks = Stacks(local_aws, silent)
    with pytest.raises(DeployError):
        stacks.bring(small("again", broken()))

    assert stacks.bring(small("again", topic())).status == "CREATE_COMPLETE"


def test_deployment_that_would_leave_a_table_behind_is_refused(local_aws: Target) -> None:
    stacks = Stacks(local_aws, silent)
    stacks.bring(small("data", {"Resources": {"Kept": TABLE} | topic()["Resources"]}))

    with pytest.raises(DeployError, match=r"Remove  AWS::DynamoDB::Table +Kept"):
        stacks.bring(small("data", topic()))


def test_operator_may_let_go_of_a_table(local_aws: Target) -> None:
    stacks = Stacks(local_aws, silent)
    stacks.bring(small("moved", {"Resources": {"Kept": TABLE} | topic()["Resources"]}))

    stack = stacks.bring(small("moved", topic()), may_endanger_data=True)

    assert stack.status == "UPDATE_COMPLETE"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["storebound", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    code = end.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def at(local_aws: Target, deployed: Outputs, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command line's way to the local AWS, as root of its account."""
    del deployed
    monkeypatch.setattr(cli, "Target", lambda stage, region, url: Target(stage, region, url, "000000000000", "test"))
    return ["--stage", "test", "--endpoint-url", local_aws.endpoint_url or ""]


def test_outputs_can_be_read_by_a_program(
    at: list[str], deployed: Outputs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(monkeypatch, "outputs", "--json", *at)

    assert (code, json.loads(capsys.readouterr().out)["api_url"]) == (0, deployed.api_url)


def test_status_counts_messages_that_were_given_up_on(
    at: list[str],
    local_aws: Target,
    deployed: Outputs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_aws.client("sqs").send_message(QueueUrl=deployed.queues["dispatch-sms-dlq"], MessageBody="{}")

    run(monkeypatch, "status", "--json", *at)

    assert json.loads(capsys.readouterr().out)["given_up"] == {"dispatch-sms-dlq": 1}


def test_rotation_by_hand_gives_every_function_the_new_key(
    at: list[str], local_aws: Target, deployed: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = run(monkeypatch, "keys", "rotate", *at)

    till = local_aws.client("lambda").get_function_configuration(FunctionName=deployed.functions["till"])
    assert (code, till["Environment"]["Variables"]["VERIFY_KEYS"].count(":")) == (0, 2)


def test_stage_that_is_not_there_is_told_apart_by_its_exit_code(at: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "status", *at, "--stage", "nowhere") == 3


def test_nothing_but_data_is_written_to_stdout(
    at: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "status", *at, "--stage", "nowhere")

    assert capsys.readouterr().out == ""


def test_key_is_not_retired_without_somebody_s_consent(
    at: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/null").open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        code = run(monkeypatch, "keys", "retire", "1", *at)

    assert (code, "Run it again with --yes." in capsys.readouterr().err) == (2, True)
