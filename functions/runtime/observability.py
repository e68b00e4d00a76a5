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
