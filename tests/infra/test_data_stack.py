import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.layer import ROOT
from infra.roads import QUEUES, ROADS, SECRETS, TABLES

Template = dict[str, Any]
CONSUMERS = [road for road in ROADS if road.consumes]


def of_kind(template: Template, kind: str) -> dict[str, Template]:
    return {name: entry for name, entry in template["Resources"].items() if entry["Type"] == kind}


def properties(template: Template, name: str) -> Template:
    found: Template = template["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize("name", ["data.yaml", "artefacts.yaml"])
def test_linter_finds_nothing(name: str) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(ROOT / "infra" / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own interpreter

    assert done.returncode == 0, done.stdout


def test_there_is_a_table_for_each_that_a_function_may_use(data_template: Template) -> None:
    assert set(of_kind(data_template, "AWS::DynamoDB::Table")) == set(TABLES.values())


@pytest.mark.parametrize("table", TABLES.values())
def test_table_is_paid_by_request(data_template: Template, table: str) -> None:
    assert properties(data_template, table)["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("table", TABLES.values())
def test_table_is_encrypted(data_template: Template, table: str) -> None:
    assert properties(data_template, table)["SSESpecification"] == {"SSEEnabled": True}


@pytest.mark.parametrize("table", TABLES.values())
def test_table_can_be_taken_back_to_any_moment(data_template: Template, table: str) -> None:
    recovery = properties(data_template, table)["PointInTimeRecoverySpecification"]

    assert recovery == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("table", TABLES.values())
def test_table_refuses_to_be_deleted_unless_the_stage_is_thrown_away(data_template: Template, table: str) -> None:
    assert properties(data_template, table)["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert data_template["Parameters"]["DeletionProtection"]["Default"] == "true"


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"])
def test_what_holds_data_outlives_its_stack(data_template: Template, kind: str) -> None:
    policies = {
        (entry.get("DeletionPolicy"), entry.get("UpdateReplacePolicy"))
        for entry in of_kind(data_template, kind).values()
    }

    assert policies == {("Retain", "Retain")}


@pytest.mark.parametrize(
    ("table", "expires"), [("Commerce", True), ("Sends", True), ("Vouchers", False), ("Customers", False)]
)
def test_only_deliveries_and_sends_expire(data_template: Template, table: str, *, expires: bool) -> None:
    wanted = {"AttributeName": "expires_on", "Enabled": True} if expires else None

    assert properties(data_template, table).get("TimeToLiveSpecification") == wanted


@pytest.mark.parametrize("table", ["Vouchers", "Customers"])
def test_changes_can_be_followed_with_both_images(data_template: Template, table: str) -> None:
    assert properties(data_template, table)["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.mark.parametrize("stem", QUEUES.values())
def test_queue_gives_up_into_its_own_dead_letter_queue(data_template: Template, stem: str) -> None:
    redrive = properties(data_template, f"{stem}Queue")["RedrivePolicy"]

    assert redrive == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{stem}DeadLetters", "Arn"]},
        "maxReceiveCount": {"Ref": "MaxReceives"},
    }


@pytest.mark.parametrize("stem", QUEUES.values())
def test_dead_letters_are_kept_for_two_weeks(data_template: Template, stem: str) -> None:
    assert properties(data_template, f"{stem}DeadLetters")["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_every_queue_is_encrypted(data_template: Template) -> None:
    queues = of_kind(data_template, "AWS::SQS::Queue").values()

    assert all(queue["Properties"]["SqsManagedSseEnabled"] is True for queue in queues)


@pytest.mark.parametrize("road", CONSUMERS, ids=lambda road: road.function)
def test_message_stays_invisible_for_six_times_its_function_s_timeout(data_template: Template, road: Any) -> None:
    visibility = properties(data_template, f"{QUEUES[road.consumes]}Queue")["VisibilityTimeout"]

    assert visibility >= 6 * road.timeout


@pytest.mark.parametrize(
    ("metric", "suffix"),
    [("ApproximateNumberOfMessagesVisible", "DeadLetters"), ("ApproximateAgeOfOldestMessage", "Queue")],
)
def test_somebody_hears_of_dead_letters_and_of_messages_that_wait(
    data_template: Template, metric: str, suffix: str
) -> None:
    watched = {
        alarm["Properties"]["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in of_kind(data_template, "AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == metric
        and alarm["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    }

    assert watched == {f"{stem}{suffix}" for stem in QUEUES.values()}


@pytest.mark.parametrize("stem", SECRETS.values())
def test_secret_s_value_is_in_no_template(data_template: Template, stem: str) -> None:
    secret = properties(data_template, f"{stem}Secret")

    assert secret.get("SecretString", "{}") == "{}"


@pytest.mark.parametrize(("stem", "length"), [("Codes", 64), ("Sealing", 64), ("Admin", 48)])
def test_generated_secret_is_long_and_easy_to_carry(data_template: Template, stem: str, length: int) -> None:
    generated = properties(data_template, f"{stem}Secret")["GenerateSecretString"]

    assert generated == {"PasswordLength": length, "ExcludePunctuation": True}


def test_every_export_has_the_name_of_its_output(data_template: Template) -> None:
    exports = {name: entry["Export"]["Name"] for name, entry in data_template["Outputs"].items() if "Export" in entry}

    assert exports == {name: {"Fn::Sub": f"${{AWS::StackName}}-{name}"} for name in exports}


def test_nothing_that_may_change_is_exported(data_template: Template) -> None:
    """CloudFormation refuses to change an export that another stack imports."""
    exported = [entry["Value"] for entry in data_template["Outputs"].values() if "Export" in entry]

    assert [value for value in exported if value.get("Ref") in data_template["Parameters"]] == []


def test_an_index_of_settlements_holds_whole_rows_and_one_of_changes_the_least(data_template: Template) -> None:
    indexes = properties(data_template, "Vouchers")["GlobalSecondaryIndexes"]

    assert {index["IndexName"]: index["Projection"] for index in indexes} == {
        "settlements": {"ProjectionType": "ALL"},
        "changes": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["version"]},
    }
