"""One logger. A log line carries names of rows and kinds of trouble; never a code, token, phone, email or name."""

import traceback
from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The function's logger; its level and service name come from Powertools' own variables."""
    return Logger()


def where(error: BaseException) -> list[str]:
    """The way an error took, without its message: what an exception says may hold what a customer sent."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def measure(name: str, value: int, function: str) -> None:
    """A number for an alarm to watch, in CloudWatch's embedded metric format: one line of the function's log."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415 - no other function pays for it

    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace="Storebound") as metric:
        # Powertools would add the function's short name under `service`, which every stage of an account has.
        metric.add_dimension(name="service", value=function)
