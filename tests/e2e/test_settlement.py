"""The books of a running stack: settlements, what is owed, and the auditor behind both."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.local.stack import Stack
from infra.local.web import until
from tests.support.stack import Held, Order, Outsiders, Reply, money, reference


def today() -> str:
    return str(datetime.now(ZoneInfo("Asia/Taipei")).date())


def lines_of(everyone: Outsiders, *references: str) -> list[dict[str, Any]]:
    """The lines of these references in the first till's store, once the index has them all."""

    def found() -> list[dict[str, Any]] | None:
        page = everyone.till("GET", f"settlements/{today()}?limit=500").json
        lines = [line for line in page["lines"] if line["reference"] in references]
        return lines if {line["reference"] for line in lines} == set(references) else None

    return until("the lines of the settlement", found)


def storebound(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, as an operator types it."""
    command = [sys.executable, "-m", "infra.cli", *arguments]
    where = ["--stage", stack.target.stage, "--region", stack.target.region, "--endpoint-url", stack.endpoint_url]
    return subprocess.run([*command, *where], capture_output=True, text=True, check=False)  # noqa: S603 - our own words


@contextmanager
def written_past_the_rules(stack: Stack, voucher_id: str, **attributes: Any) -> Iterator[None]:
    """Somebody's hand in the table."""
    dynamodb, table = stack.target.client("dynamodb"), stack.outputs.tables["vouchers"]
    key = {"pk": {"S": f"VOUCHER#{voucher_id}"}, "sk": {"S": "VOUCHER"}}
    right = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    dynamodb.put_item(TableName=table, Item=right | attributes)
    try:
        yield
    finally:
        dynamodb.put_item(TableName=table, Item=right)


def test_a_till_closes_its_day_with_what_it_took_and_gave_back(everyone: Outsiders, voucher: Held) -> None:
    first, second = reference(), reference()
    everyone.redeem(first, voucher.credential, money=money("200"))
    everyone.redeem(second, voucher.credential, money=money("50"))
    everyone.void(second)

    lines = until(
        "both lines of the voided one",
        lambda: found if len(found := lines_of(everyone, first, second)) == 3 else None,
    )

    assert [(line["kind"], line["change"]["money"]) for line in lines] == [
        ("redeem", money("-200")),
        ("redeem", money("-50")),
        ("void", money("50")),
    ]


def test_a_table_comes_over_the_wire_as_it_was_made(everyone: Outsiders, voucher: Held) -> None:
    ref, store = reference(), everyone.local["terminals"][0]["store_id"]
    everyone.redeem(ref, voucher.credential, money=money("1"))
    lines_of(everyone, ref)

    reply: Reply = everyone.admin("GET", f"/v1/settlements/{store}/{today()}?format=csv")

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert reply.content.startswith(b"\xef\xbb\xbfrecord,store_id,date,")
    rows = csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"), newline=""))
    assert ref in {row["reference"] for row in rows}


def test_the_auditor_finds_nothing_and_knows_what_is_owed(stack: Stack, everyone: Outsiders, voucher: Held) -> None:
    everyone.redeem(reference(), voucher.credential, money=money("120"))

    done = storebound(stack, "audit", "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["differences"] == []
    liability = everyone.admin("GET", "/v1/liability?funding=prepaid&limit=500").json
    assert liability["as_of"] == found["watermark"]
    assert any(line["money"] and int(line["money"]["amount"]) >= 380 for line in liability["items"])


def test_a_planted_difference_is_told_with_exit_code_1_and_reaches_the_worklist(
    stack: Stack, everyone: Outsiders
) -> None:
    order = Order()
    everyone.report(order.body())
    (voucher_id,) = everyone.vouchers_of(order)

    with written_past_the_rules(
        stack, voucher_id, worth={"M": {"money": {"M": {"minor": {"N": "501"}, "currency": {"S": "TWD"}}}}}
    ):
        done = storebound(stack, "audit", "--voucher", voucher_id)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{voucher_id} worth\n  says     money TWD 501\n  counted  money TWD 500" in done.stdout
    cases = everyone.admin("GET", "/v1/exceptions?limit=100").json["items"]
    assert (voucher_id, "audit_difference", "worth") in {
        (case["voucher_id"], case["kind"], case["code"]) for case in cases
    }
    assert storebound(stack, "audit", "--voucher", voucher_id).returncode == 0


def test_a_voucher_that_is_none_is_told_apart_by_the_exit_code(stack: Stack) -> None:
    assert storebound(stack, "audit", "--voucher", "no-such-voucher").returncode == 2


def test_the_clock_starts_the_deployed_auditor(stack: Stack) -> None:
    events = stack.target.client("events")
    rules = {rule["Name"]: rule for rule in events.list_rules()["Rules"] if "Audit" in rule["Name"]}
    ((name, rule),) = rules.items()

    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]

    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    assert target["Arn"].endswith(stack.outputs.functions["audit"])


@pytest.mark.parametrize("index", ["settlements", "changes"])
def test_the_index_is_deployed(stack: Stack, index: str) -> None:
    table = stack.target.client("dynamodb").describe_table(TableName=stack.outputs.tables["vouchers"])["Table"]

    assert index in {each["IndexName"] for each in table["GlobalSecondaryIndexes"]}
