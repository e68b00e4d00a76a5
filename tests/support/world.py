"""One deployment on moto, in one thread: real tables, queues and secrets, the app's own wiring, a clock to set.

moto loses writes under threads; nothing that runs at the same time may be tested here.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto import mock_aws
from nacl.signing import SigningKey

from functions.adapters import aws
from functions.adapters.dynamodb.marshal import load_item
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring, using

TABLES = ("vouchers", "customers", "commerce", "sends")
QUEUES = ("orders", "line", "email", "sms")
SEED = bytes(range(32))
ADMIN_TOKEN = "admin-token-of-the-test-world"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # a Sunday, 12:00 in Taipei


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
    """A deployment. `calls` lists every DynamoDB operation made since it was cleared."""

    wiring: Wiring
    clock: Clock
    calls: list[str] = field(default_factory=list)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return [load_item(item) for page in pages for item in page["Items"]]

    def queued(self, queue: str) -> list[dict[str, Any]]:
        """The bodies of the messages in a queue, taken out of it."""
        sqs, url = boto3.client("sqs"), getattr(self.wiring.settings, f"{queue}_queue_url")
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
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        aws.made.cache_clear()
        clock = Clock()
        made = World(Wiring(_settings(), clock), clock)
        _count(made)
        with using(made.wiring):
            yield made
    aws.made.cache_clear()


def _settings() -> Settings:
    database, sqs, secrets = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("secretsmanager")
    for table in TABLES:
        database.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
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


def _count(made: World) -> None:
    def note(model: Any, **_: Any) -> None:
        made.calls.append(model.name)

    aws.client("dynamodb").meta.events.register("before-call.dynamodb", note)
