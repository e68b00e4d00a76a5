import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.keys import Key
from infra.policies import statements
from infra.roads import ROADS, TABLES, Road, road_of_function

Template = dict[str, Any]

MAY_NAME_NO_RESOURCE = {
    # Telephone numbers have no ARN; a second statement refuses every topic.
    ("send_sms", "sns:Publish"),
    # A shop may write under an address of its own, which is verified in the account.
    ("send_email", "ses:SendEmail"),
    ("send_email", "ses:SendRawEmail"),
}


def allowed(road: Road) -> list[tuple[str, Any]]:
    return [
        (action, statement["Resource"])
        for statement in statements(road)
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    ]


def table_actions(road: Road, table: str) -> set[str]:
    arn = {"Fn::ImportValue": {"Fn::Sub": f"${{DataStack}}-{TABLES[table]}TableArn"}}
    return {action for action, resource in allowed(road) if resource == arn}


every_road = pytest.mark.parametrize("road", ROADS, ids=lambda road: road.function)


@every_road
def test_every_action_is_named(road: Road) -> None:
    assert [action for action, _ in allowed(road) if "*" in action] == []


@every_road
def test_every_resource_is_named_but_for_a_reason(road: Road) -> None:
    nameless = {(road.function, action) for action, resource in allowed(road) if "*" in json.dumps(resource)}

    assert nameless <= MAY_NAME_NO_RESOURCE


def test_text_messages_cannot_go_to_topics() -> None:
    denied = [entry for entry in statements(road_of_function("send_sms")) if entry["Effect"] == "Deny"]

    assert [(entry["Action"], entry["Resource"]) for entry in denied] == [
        (["sns:Publish"], {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"})
    ]


@every_road
def test_nobody_can_delete_from_vouchers(road: Road) -> None:
    assert "dynamodb:DeleteItem" not in table_actions(road, "vouchers")


def test_only_administration_can_delete_anything() -> None:
    deleting = {road.function for road in ROADS for action, _ in allowed(road) if action == "dynamodb:DeleteItem"}

    assert deleting == {"administration"}


def writable(road: Road, key: Key) -> bool:
    """Whether a condition lets the function write this key."""
    arn = {"Fn::ImportValue": {"Fn::Sub": f"${{DataStack}}-{TABLES[key.table]}TableArn"}}
    (statement,) = (
        entry for entry in statements(road) if entry["Resource"] == arn and "dynamodb:PutItem" in entry["Action"]
    )
    patterns = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    return any(fnmatchcase(key.pk, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("checkout", keys.order("shop", "1")),
        ("checkout", keys.delivery("shop", "digest")),
        ("issue_order", keys.order("shop", "1")),
        ("till", keys.voucher("1")),
        ("till", keys.operation("store", "1")),
        ("till", keys.conflict("store", "1", "digest")),
        ("till", keys.case(keys.OPEN, "1")),
    ],
)
def test_function_can_write_what_its_road_writes(name: str, key: Key) -> None:
    assert writable(road_of_function(name), key)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("checkout", keys.token("1")),
        ("checkout", keys.terminal("1")),
        ("checkout", keys.shop("shop")),
        ("issue_order", keys.token("1")),
        ("till", keys.code("digest")),
        ("till", keys.standing("time")),
    ],
)
def test_function_cannot_write_its_way_to_more(name: str, key: Key) -> None:
    assert not writable(road_of_function(name), key)


@pytest.mark.parametrize("key", [keys.audit("1"), keys.auditor(), keys.liability("prepaid#1"), keys.case("open", "1")])
def test_auditor_can_write_what_it_found(key: Key) -> None:
    assert writable(road_of_function("audit"), key)


@pytest.mark.parametrize("key", [keys.voucher("1"), keys.operation("store", "1"), keys.code("digest"), keys.token("1")])
def test_auditor_cannot_write_what_it_audits_or_its_way_to_more(key: Key) -> None:
    assert not writable(road_of_function("audit"), key)


@pytest.mark.parametrize(
    ("name", "index"), [("till", "settlements"), ("administration", "settlements"), ("audit", "changes")]
)
def test_index_is_queried_by_its_own_name(name: str, index: str) -> None:
    queried = [
        resource["Fn::Join"][1][1:]
        for action, resource in allowed(road_of_function(name))
        if action == "dynamodb:Query" and "Fn::Join" in resource
    ]

    assert queried == [["index", index]]


@every_road
def test_nobody_can_scan_a_table(road: Road) -> None:
    assert "dynamodb:Scan" not in {action for action, _ in allowed(road)}


def test_webhooks_cannot_reach_vouchers_or_customers() -> None:
    checkout = road_of_function("checkout")

    assert table_actions(checkout, "vouchers") | table_actions(checkout, "customers") == set()


def test_pages_can_only_read() -> None:
    actions = {action for action, _ in allowed(road_of_function("pages")) if action.startswith("dynamodb:")}

    assert actions == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


@pytest.mark.parametrize(
    ("secret", "readers"),
    [
        ("admin", {"administration"}),
        ("signing", {"send_line", "send_email", "send_sms"}),
    ],
)
def test_secret_is_read_only_by_those_who_need_it(secret: str, readers: set[str]) -> None:
    assert {road.function for road in ROADS if secret in road.secrets} == readers


@every_road
def test_what_a_policy_names_exists(road: Road, data_template: Template) -> None:
    exports = {f"${{DataStack}}-{name}" for name, entry in data_template["Outputs"].items() if "Export" in entry}
    resources = [resource for _, resource in allowed(road)]
    flat = [entry for resource in resources for entry in (resource if isinstance(resource, list) else [resource])]
    imports = {entry["Fn::ImportValue"]["Fn::Sub"] for entry in flat if "Fn::ImportValue" in entry}

    assert imports <= exports


@every_road
def test_function_writes_its_own_log_and_no_other(road: Road) -> None:
    logs = {action: resource for action, resource in allowed(road) if action.startswith("logs:")}

    assert set(map(json.dumps, logs.values())) == {json.dumps({"Fn::GetAtt": [f"{road.stem}Logs", "Arn"]})}
