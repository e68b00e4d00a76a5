"""Brings CloudFormation stacks to a template, by change sets: what will change is known before anything does."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.errors import DeployError, UsageError
from infra.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, TagTypeDef

Say = Callable[[str], None]

# CloudFormation takes a larger template only from S3.
INLINE_TEMPLATE_LIMIT = 51_200
_UNCHANGED = ("didn't contain changes", "No updates are to be performed")
_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
_HOLDS_DATA = {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"}
_PATIENCE_SECONDS = 1800


@dataclass(frozen=True)
class Stack:
    """A stack as it is."""

    name: str
    stack_id: str
    status: str
    outputs: dict[str, str]
    parameters: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """A stack as it should be.

    `template` is `None` for the template that the stack has. A parameter that is not among `values`, or is `None`
    there, keeps its value, or takes the template's default. `template_url` is where the template lies in S3, needed
    if it is larger than `INLINE_TEMPLATE_LIMIT`.
    """

    name: str
    stage: str
    template: Mapping[str, Any] | None
    values: Mapping[str, str | None] = field(default_factory=dict)
    template_url: str | None = None

    @property
    def text(self) -> str:
        """The template as text, as short as it can be."""
        return json.dumps(self.template, sort_keys=True, separators=(",", ":"))

    @property
    def is_large(self) -> bool:
        """Whether CloudFormation takes the template only from S3."""
        return len(self.text.encode()) > INLINE_TEMPLATE_LIMIT


@dataclass(frozen=True)
class Change:
    """One resource that a change set adds, modifies or removes."""

    action: str
    logical_id: str
    kind: str
    replaces: bool

    @property
    def endangers_data(self) -> bool:
        """Whether a table, queue or secret would be left behind, and an empty one or none used in its place."""
        return self.kind in _HOLDS_DATA and (self.replaces or self.action == "Remove")

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.action:<7} {self.kind:<36} {self.logical_id}{'  (replacement)' if self.replaces else ''}"


class Stacks:
    """The stacks of one target."""

    def __init__(self, target: Target, say: Say) -> None:
        self._client: CloudFormationClient = target.client("cloudformation")
        self._say = say
        self._pause = 0.1 if target.local else 3.0

    def find(self, name: str) -> Stack | None:
        """The stack, or `None` where there is none or it was never brought to life."""
        found = self._describe(name)
        return None if found is None or found.status in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"} else found

    def bring(self, wanted: Wanted, *, may_endanger_data: bool = False) -> Stack:
        """Bring the stack to what is wanted, and wait for it.

        Raises:
            DeployError: the stack cannot be changed now, data would be left behind, or a resource fails.
        """
        before = self.find(wanted.name)
        _refuse_if_stuck(before, wanted.name)
        change_set = self._create_change_set(wanted, before)
        if change_set is None:
            self._say(f"{wanted.name}: unchanged")
            return _existing(before)
        changes = self._changes(change_set)
        if not may_endanger_data:
            self._refuse_endangered(changes, change_set)
        self._say(f"{wanted.name}: {'changing' if before else 'creating'} {len(changes)} resources")
        stack_id = self._execute(change_set)
        return self._wait(wanted.name, stack_id)

    def plan(self, wanted: Wanted) -> list[Change]:
        """What bringing the stack to what is wanted would change; nothing of it is left behind."""
        before = self.find(wanted.name)
        _refuse_if_stuck(before, wanted.name)
        change_set = self._create_change_set(wanted, before)
        if change_set is None:
            return []
        try:
            return self._changes(change_set)
        finally:
            self._client.delete_change_set(ChangeSetName=change_set)
            if before is None:
                self._client.delete_stack(StackName=wanted.name)

    def _describe(self, name: str) -> Stack | None:
        try:
            (found,) = self._client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return Stack(
            name=found["StackName"],
            stack_id=found["StackId"],
            status=found["StackStatus"],
            outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
            parameters=frozenset(parameter["ParameterKey"] for parameter in found.get("Parameters", [])),
        )

    def _create_change_set(self, wanted: Wanted, before: Stack | None) -> str | None:
        """Make a change set and return its ARN, or `None` if there is nothing to change."""
        request: dict[str, Any] = {
            "StackName": wanted.name,
            "ChangeSetName": f"storebound-{time.time_ns()}",
            "ChangeSetType": "UPDATE" if before else "CREATE",
            "Parameters": _parameters(wanted, before),
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Tags": _tags(wanted),
            **_template(wanted),
        }
        if before is None:
            # A first attempt that fails leaves no dead stack in the way of the second.
            request["OnStackFailure"] = "DELETE"
        arn = self._client.create_change_set(**request)["Id"]
        return self._await_change_set(arn, wanted.name)

    def _await_change_set(self, arn: str, name: str) -> str | None:
        while True:
            found = self._client.describe_change_set(ChangeSetName=arn)
            if found["Status"] == "CREATE_COMPLETE":
                return arn
            if found["Status"] == "FAILED":
                break
            time.sleep(self._pause)
        self._client.delete_change_set(ChangeSetName=arn)
        reason = found.get("StatusReason", "")
        if any(phrase in reason for phrase in _UNCHANGED):
            return None
        raise DeployError(f"{name}: CloudFormation refuses the template: {reason}", "Correct infra/ and deploy again.")

    def _changes(self, change_set: str) -> list[Change]:
        changes: list[Change] = []
        request: dict[str, Any] = {"ChangeSetName": change_set}
        while True:
            page = self._client.describe_change_set(**request)
            changes += [_change(entry["ResourceChange"]) for entry in page["Changes"]]
            if not page.get("NextToken"):
                return changes
            request["NextToken"] = page["NextToken"]

    def _refuse_endangered(self, changes: list[Change], change_set: str) -> None:
        endangered = [str(change) for change in changes if change.endangers_data]
        if endangered:
            self._client.delete_change_set(ChangeSetName=change_set)
            raise DeployError(
                "This would leave data behind:\n  " + "\n  ".join(endangered),
                "Undo the change in infra/data.yaml, or, having moved the data, deploy with --allow-replacement.",
            )

    def _execute(self, change_set: str) -> str:
        stack_id = self._client.describe_change_set(ChangeSetName=change_set)["StackId"]
        self._client.execute_change_set(ChangeSetName=change_set)
        return stack_id

    def _wait(self, name: str, stack_id: str) -> Stack:
        started = time.monotonic()
        while time.monotonic() - started < _PATIENCE_SECONDS:
            stack = self._describe(stack_id)
            status = stack.status if stack else "DELETE_COMPLETE"
            if stack and status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
                self._say(f"{name}: {status.lower().replace('_', ' ')} in {time.monotonic() - started:.1f} s")
                return stack
            if not status.endswith("_IN_PROGRESS"):
                raise self._failure(name, stack_id, status)
            time.sleep(self._pause)
        raise DeployError(f"{name} is still changing after half an hour.", "See how it ends: storebound status")

    def _failure(self, name: str, stack_id: str, status: str) -> DeployError:
        reason = self._first_failure(stack_id) or "CloudFormation gives no reason"
        return DeployError(f"{name}: {status}. {reason}", "Correct the cause and run storebound deploy again.")

    def _first_failure(self, stack_id: str) -> str | None:
        """The reason of the resource that failed first in the last operation; the others failed because of it."""
        first = None
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        for event in chain.from_iterable(page["StackEvents"] for page in pages):  # newest first
            status, reason = event.get("ResourceStatus", ""), event.get("ResourceStatusReason", "")
            if status.endswith("_FAILED") and "cancelled" not in reason:
                first = f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"
            if event["StackId"] == event.get("PhysicalResourceId") and reason == "User Initiated":
                break
        return first


def _refuse_if_stuck(stack: Stack | None, name: str) -> None:
    if stack is None or stack.status in _SETTLED:
        return
    if stack.status.endswith("_IN_PROGRESS"):
        raise DeployError(f"{name} is being changed ({stack.status}).", "Wait for it to end: storebound status")
    step = {
        "ROLLBACK_COMPLETE": f"It never lived; delete it: aws cloudformation delete-stack --stack-name {name}",
        "UPDATE_ROLLBACK_FAILED": f"aws cloudformation continue-update-rollback --stack-name {name}",
    }.get(stack.status, "See its events in the CloudFormation console.")
    raise DeployError(f"{name} cannot be changed while it is {stack.status}.", step)


def _existing(stack: Stack | None) -> Stack:
    if stack is None:
        raise DeployError("CloudFormation calls a new stack unchanged.", "Run storebound deploy again.")
    return stack


def _parameters(wanted: Wanted, before: Stack | None) -> "list[ParameterTypeDef]":
    """Every parameter, named: CloudFormation resets one that is left out to its default."""
    known = before.parameters if before else frozenset[str]()
    declared = {name: {} for name in known} if wanted.template is None else wanted.template.get("Parameters", {})
    unknown = sorted(name for name, value in wanted.values.items() if value is not None and name not in declared)
    if unknown:
        raise UsageError(f"{wanted.name} has no parameter {unknown}.", "Its parameters are in infra/ and docs/.")
    parameters: list[ParameterTypeDef] = []
    for name, declaration in declared.items():
        value = wanted.values.get(name)
        if value is not None:
            parameters.append({"ParameterKey": name, "ParameterValue": value})
        elif name in known:
            parameters.append({"ParameterKey": name, "UsePreviousValue": True})
        elif "Default" not in declaration:
            raise UsageError(f"The first deployment of {wanted.name} needs {name}.", f"Add --{_flag(name)} to it.")
    return parameters


def _flag(parameter: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in parameter).removeprefix("-")


def _template(wanted: Wanted) -> dict[str, Any]:
    if wanted.template is None:
        return {"UsePreviousTemplate": True}
    return {"TemplateURL": wanted.template_url} if wanted.is_large else {"TemplateBody": wanted.text}


def _tags(wanted: Wanted) -> "list[TagTypeDef]":
    tags = {"project": "storebound", "stage": wanted.stage}
    return [{"Key": key, "Value": value} for key, value in tags.items() if value]


def _change(entry: Mapping[str, Any]) -> Change:
    return Change(
        action=entry["Action"],
        logical_id=entry["LogicalResourceId"],
        kind=entry["ResourceType"],
        replaces=entry.get("Replacement") == "True",
    )
