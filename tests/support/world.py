"""One deployment on moto, in one thread: real tables, queues and secrets, the app's own wiring, a clock to set.

moto loses writes under threads; nothing that runs at the same time may be tested here.
"""

import base64
import copy
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from moto import mock_aws
from moto.backends import get_backend
from nacl.signing import SigningKey

from functions.adapters import aws
from functions.adapters.dynamodb.marshal import dump_item, load_item
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring, using
from infra.cfn import read_template
from infra.layer import ROOT

TABLES = ("vouchers", "customers", "commerce", "sends")
QUEUES = ("orders", "line", "email", "sms")
SEED = bytes(range(32))
ADMIN_TOKEN = "admin-token-of-the-test-world"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # a Sunday, 12:00 in Taipei
_ACCOUNT, _REGION = "123456789012", "us-east-1"
# Table to DynamoDB's own form of its items.
Rows = dict[str, list[dict[str, Any]]]
State = Any  # moto's own, which it copies and puts back itself when a transaction fails


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """A deployment. `calls` lists every DynamoDB operation made since it was cleared.

    `actions` holds (table, action) of each, as a function's role would have to allow it.
    """

    wiring: Wiring
    clock: Clock
    calls: list[str] = field(default_factory=list)
    actions: set[tuple[str, str]] = field(default_factory=set)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        return [load_item(_row(item)) for item in _tables()[table].all_items()]

    def item(self, table: str, pk: str, sk: str) -> dict[str, Any]:
        """One item."""
        return next(item for item in self.items(table) if (item["pk"], item["sk"]) == (pk, sk))

    def rows(self) -> Rows:
        """All tables, to compare with."""
        return {name: sorted(map(_row, table.all_items()), key=_key_text) for name, table in _tables().items()}

    def state(self) -> State:
        """All tables, to go back to."""
        return copy.deepcopy(_moto().tables)

    def go_back(self, state: State) -> None:
        """Make the tables what they were."""
        _moto().tables.update(copy.deepcopy(state))

    def fill(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Make a table hold these rows, and nothing else."""
        for row in map(_row, _tables()[table].all_items()):
            _moto().delete_item(table, {part: row[part] for part in ("pk", "sk")})
        for row in rows:
            _moto().put_item(table, row)

    def put(self, table: str, pk: str, sk: str, **attributes: object) -> None:
        """Make a row by hand, as no code of ours does."""
        _moto().put_item(table, dump_item({"pk": pk, "sk": sk, **attributes}))

    def remove(self, table: str, pk: str, sk: str) -> None:
        """Take a row away by hand."""
        _moto().delete_item(table, dump_item({"pk": pk, "sk": sk}))

    def queued(self, queue: str) -> list[dict[str, Any]]:
        """The bodies of the messages in a queue, taken out of it."""
        sqs, url = _plain("sqs"), getattr(self.wiring.settings, f"{queue}_queue_url")
        bodies: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


@contextmanager
def world(monkeypatch: Any) -> Iterator[World]:
    """A fresh deployment; everything of it is gone afterwards."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", _REGION)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    # moto would set up thousands of patterns for calls that are not boto3's, longer than all else takes.
    monkeypatch.setattr("moto.core.models.RESPONSES_METHODS", [])
    with mock_aws():
        # moto forgets boto3's session, and with it every service's description; it brings its own back at the end.
        boto3.DEFAULT_SESSION = _session()
        aws.made.cache_clear()
        clock = Clock()
        made = World(Wiring(_settings(), clock), clock)
        _count(made)
        with using(made.wiring):
            yield made
    aws.made.cache_clear()


def _settings() -> Settings:
    sqs, secrets = _plain("sqs"), _plain("secretsmanager")
    _moto().tables.update(copy.deepcopy(_empty_tables()))
    ring = {"current": 1, "keys": {"1": base64.b64encode(SEED).decode()}}
    texts = {"signing": json.dumps(ring), "codes": "codes" * 8, "sealing": "sealing" * 8, "admin": ADMIN_TOKEN}
    for name, text in texts.items():
        secrets.create_secret(Name=name, SecretString=text)
    public_key = base64.b64encode(bytes(SigningKey(SEED).verify_key)).decode()
    urls = {f"{name}_queue_url": sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    dead = {f"{name}_dlq_url": sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"] for name in QUEUES}
    return Settings(
        **{f"{table}_table": table for table in TABLES},
        **{f"{name}_secret": name for name in texts},
        **urls,
        **dead,
        verify_keys=f"1:{public_key}",
        public_url="https://shop.example/api",
        email_from="vouchers@shop.example",
        max_receives=3,
    )


@cache
def _empty_tables() -> State:
    deployed = read_template(ROOT / "infra" / "data.yaml")["Resources"]
    for table in TABLES:
        properties = deployed[table.capitalize()]["Properties"]
        parts = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
        _plain("dynamodb").create_table(
            TableName=table, **{part: properties[part] for part in parts if part in properties}
        )
    return copy.deepcopy(_moto().tables)


def _count(made: World) -> None:
    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.calls.append(model.name)
        made.actions.update(_actions(model.name, params))

    # The first of botocore's events of a call: a fault that answers in AWS's stead comes after it.
    aws.client("dynamodb").meta.events.register("before-parameter-build.dynamodb", note)


def _actions(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """DynamoDB asks for the permissions of what is in a transaction, not for one of its own."""
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((kind, target),) = write.items()
            yield target["TableName"], "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
    elif operation == "BatchGetItem":
        yield from ((table, operation) for table in params["RequestItems"])
    else:
        # A query of an index is allowed on the index, and on nothing else.
        yield "/".join(filter(None, (params["TableName"], params.get("IndexName")))), operation


@cache
def _session() -> boto3.Session:
    return boto3.Session(region_name=_REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@cache
def _plain(service: Any) -> Any:
    """A client of our own, whose calls nobody counts."""
    return _session().client(service)


def _moto() -> Any:
    """moto's own tables, read and written without the cost of a call."""
    return get_backend("dynamodb")[_ACCOUNT][_REGION]


def _tables() -> Mapping[str, Any]:
    tables: Mapping[str, Any] = _moto().tables
    return tables


def _row(item: Any) -> dict[str, Any]:
    row: dict[str, Any] = item.to_json()["Attributes"]
    return row


def _key_text(row: dict[str, Any]) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]
