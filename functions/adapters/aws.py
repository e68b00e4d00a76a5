"""Clients of AWS, made at first use."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

# A till waits for an answer: three quick tries beat one long one. All calls made through these clients are repeatable,
# or (SES, SNS) are made by a client without retries. Requests are built in one place, tested, and checked by the
# service: botocore's own check of every attribute would add a fifth to a redemption's CPU (docs/performance.md).
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=10,
    parameter_validation=False,
)
_ONE_TRY = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
def client(service: str) -> Any:
    """The client of a service whose calls may be repeated; region and address come from the environment."""
    return made(service, once=False)


@overload
def one_try_client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def one_try_client(service: Literal["sns"]) -> "SNSClient": ...
def one_try_client(service: str) -> Any:
    """The client of a service that would do the same thing twice: a lost answer is ours to judge, not botocore's."""
    return made(service, once=True)


@cache
def made(service: Any, *, once: bool) -> Any:  # noqa: ANN401 - any client of boto3's
    """A client, made at its first use and kept while the function is warm."""
    return boto3.client(service, config=_ONE_TRY if once else _CONFIG)
