"""Runs the deployed auditor by hand, and waits for it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.deploy import Outputs
from infra.errors import DeployError, UsageError
from infra.stacks import Say
from infra.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

# Shorter than botocore's patience with an answer (60 s): a call that it gave up on would be made again.
_SECONDS = 25


@dataclass(frozen=True)
class Audit:
    """What was found. `differences` are `{"voucher_id", "code", "says", "counted", "sequence"}`.

    All that changed before `watermark` (RFC 3339) was audited; None where no whole run has been made yet.
    """

    audited: int
    differences: list[dict[str, Any]]
    watermark: str | None


def audit(target: Target, outputs: Outputs, voucher_id: str | None, say: Say) -> Audit:
    """Audit one voucher, or, run after run, everything that changed and was not audited yet.

    Raises:
        UsageError: there is no such voucher.
        DeployError: the auditor itself fails.
    """
    function, audited, differences = outputs.functions["audit"], 0, list[dict[str, Any]]()
    while True:
        report = _run(target, function, voucher_id)
        audited += report["audited"]
        differences += report["differences"]
        if voucher_id is not None and not report["audited"]:
            raise UsageError(f"There is no voucher {voucher_id}.", "Take its id from an order: GET /v1/orders/...")
        if report["finished"]:
            return Audit(audited, differences, report["watermark"])
        say(f"{audited} vouchers audited; going on")


def _run(target: Target, function: str, voucher_id: str | None) -> dict[str, Any]:
    client: LambdaClient = target.client("lambda")
    answer = client.invoke(FunctionName=function, Payload=json.dumps(_event(voucher_id)))
    content: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        step = f"Its log says why: aws logs tail /storebound/{target.stage}/audit"
        raise DeployError(f"The auditor fails: {content.get('errorType', 'no reason given')}.", step)
    return content


def _event(voucher_id: str | None) -> dict[str, Any]:
    """An event of the shape that the schedule's have; what is wanted stands in its `detail`."""
    return {
        "version": "0",
        "id": f"storebound-audit-{datetime.now(UTC):%Y%m%dT%H%M%S%f}",
        "detail-type": "Audit by hand",
        "source": "storebound.cli",
        "account": "",
        "region": "",
        "time": datetime.now(UTC).isoformat(),
        "resources": [],
        "detail": {"seconds": _SECONDS} | ({"voucher_id": voucher_id} if voucher_id else {}),
    }
