"""What a deployed stage is doing: its stacks, functions, queues and alarms."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.deploy import Outputs, app_stack, data_stack
from infra.stacks import Say, Stacks
from infra.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True)
class FunctionStatus:
    """A function: `Active` where it can be called, and since when its code is as it is (RFC 3339)."""

    state: str
    last_modified: str
    code_sha256: str


@dataclass(frozen=True)
class QueueStatus:
    """How many messages wait, are being worked on, and are put off; all approximate, as SQS has them."""

    waiting: int
    in_work: int
    delayed: int


@dataclass(frozen=True)
class Status:
    """A stage at a moment. `alarms` maps the name of each alarm of the stage to its state."""

    stacks: dict[str, str]
    functions: dict[str, FunctionStatus]
    queues: dict[str, QueueStatus]
    alarms: dict[str, str]

    @property
    def given_up(self) -> dict[str, int]:
        """How many messages lie in each dead-letter queue that is not empty."""
        return {
            name: queue.waiting for name, queue in self.queues.items() if name.endswith("-dlq") and queue.waiting > 0
        }

    @property
    def ringing(self) -> list[str]:
        """The alarms that are on."""
        return sorted(name for name, state in self.alarms.items() if state == "ALARM")


def status(target: Target, outputs: Outputs, say: Say) -> Status:
    """Ask AWS for the status of a deployed stage."""
    stacks = Stacks(target, say)
    found = {name: stacks.find(name) for name in (data_stack(target), app_stack(target))}
    return Status(
        stacks={name: stack.status if stack else "MISSING" for name, stack in found.items()},
        functions={function: _function(target, name) for function, name in outputs.functions.items()},
        queues={queue: _queue(target, url) for queue, url in outputs.queues.items()},
        alarms=_alarms(target),
    )


def _function(target: Target, name: str) -> FunctionStatus:
    client: LambdaClient = target.client("lambda")
    found = client.get_function_configuration(FunctionName=name)
    return FunctionStatus(found.get("State", "Active"), found["LastModified"], found["CodeSha256"])


def _queue(target: Target, url: str) -> QueueStatus:
    client: SQSClient = target.client("sqs")
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return QueueStatus(
        waiting=int(found["ApproximateNumberOfMessages"]),
        in_work=int(found["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(found["ApproximateNumberOfMessagesDelayed"]),
    )


def _alarms(target: Target) -> dict[str, str]:
    # CloudFormation names an alarm after its stack.
    pages = target.client("cloudwatch").get_paginator("describe_alarms")
    found = pages.paginate(AlarmNamePrefix=f"storebound-{target.stage}-")
    return {alarm["AlarmName"]: alarm["StateValue"] for page in found for alarm in page["MetricAlarms"]}
