"""Takes a batch of queue messages: part of it may fail, and the rest must not suffer.

A failed message comes back after a growing pause, so that an outage of minutes only delays. A message that can never be
handled, or has failed as often as the queue allows, goes to the dead-letter queue with the reason beside it; the
queue's own redrive, which knows no reasons, stays behind it for when a worker dies.

Reasons are codes. Nothing of a message or of an exception's text gets into a log or an attribute.
"""

import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import ValidationError

from functions.adapters import aws
from functions.contracts.base import rfc3339
from functions.contracts.messages import MESSAGES, Message
from functions.runtime.observability import logger, where
from functions.runtime.queue_errors import GiveUpError, MessageError, RetryLaterError
from functions.runtime.settings import Settings
from functions.runtime.wiring import QUEUES, current

if TYPE_CHECKING:
    from datetime import datetime

    from aws_lambda_powertools.utilities.batch.base import FailureResponse, SuccessResponse
    from aws_lambda_powertools.utilities.batch.exceptions import ExceptionInfo
    from chalice.app import SQSEvent

M = TypeVar("M", bound=Message)

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 900.0
# A message begun with less time left would be cut off, and the whole batch with it.
SECONDS_NEEDED = 1.0


class Sqs(Protocol):
    """What is asked of SQS, in boto3's words."""

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> object:  # noqa: N803 - boto3's names
        """Set when a received message comes back."""

    def send_message(self, *, QueueUrl: str, MessageBody: str, MessageAttributes: Any) -> object:  # noqa: ANN401, N803 - boto3's names and shapes
        """Queue a message."""


@dataclass(frozen=True, slots=True)
class SourceQueue:
    """The queue that is read, and the one behind it. `max_receives` is that of its redrive policy."""

    name: str
    url: str
    dead_letters_url: str
    max_receives: int

    @classmethod
    def of(cls, settings: Settings, name: str) -> "SourceQueue":
        """The queue by our name of it (`orders`, `dispatch-line`), where the settings say."""
        short = QUEUES[name]
        url, dead_letters_url = settings.needed(f"{short}_queue_url"), settings.needed(f"{short}_dlq_url")
        return cls(name, url, dead_letters_url, settings.max_receives)


def consume_queue(
    event: "SQSEvent",
    name: str,
    kind: type[M],
    handle: Callable[[M], None],
    *,
    seconds_needed: float = SECONDS_NEEDED,
) -> dict[str, object]:
    """`consume` with this function's own queue, clock and deadline."""
    wiring = current()
    context: Any = event.context  # Lambda's own, which Chalice types as a mapping
    return consume(
        event.to_dict(),
        kind,
        handle,
        queue=SourceQueue.of(wiring.settings, name),
        sqs=aws.client("sqs"),
        clock=wiring.clock,
        has_time=lambda: context.get_remaining_time_in_millis() >= seconds_needed * 1000,
    )


def consume(
    event: dict[str, Any],
    kind: type[M],
    handle: Callable[[M], None],
    *,
    queue: SourceQueue,
    sqs: Sqs,
    clock: "Callable[[], datetime]",
    has_time: Callable[[], bool],
) -> dict[str, object]:
    """Give every message of an SQS event to `handle`, and answer which of them SQS must keep.

    `handle` may raise `RetryLaterError` or `GiveUpError`; any other exception is tried again.
    """

    def process(record: SQSRecord) -> None:
        if not has_time():
            raise RetryLaterError("out_of_time")
        handle(read_message(record.body, kind))

    processor = _Processor(queue, sqs, clock)
    with processor(records=event["Records"], handler=process):
        processor.process()
    return dict(processor.response())


def read_message(body: str, kind: type[M]) -> M:
    """The message in a queue record.

    Raises:
        GiveUpError: it cannot be read, is of no known type and version, or does not belong here.
    """
    try:
        head = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GiveUpError("malformed") from error
    if not isinstance(head, dict):
        raise GiveUpError("malformed")
    name, version = head.get("type"), head.get("version")
    model = MESSAGES.get((name, version)) if isinstance(name, str) and isinstance(version, int) else None
    if model is None:
        raise GiveUpError("unknown_message")
    if not issubclass(model, kind):
        raise GiveUpError("wrong_queue")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise GiveUpError("malformed") from error


def pause_seconds(receives: int) -> int:
    """How long a message stays away after its n-th failure: 5 s, doubling to 15 minutes, a quarter more or less."""
    pause = min(math.ldexp(FIRST_PAUSE, receives - 1), LONGEST_PAUSE)
    # So that what failed together does not come back together. Not a secret, so no CSPRNG.
    return round(min(pause * random.uniform(0.75, 1.25), LONGEST_PAUSE))  # noqa: S311 - see above


class _Processor(BatchProcessor):
    """Settles each failure as it happens: put aside, or back with a pause."""

    def __init__(self, queue: SourceQueue, sqs: Sqs, clock: "Callable[[], datetime]") -> None:
        # Failures are reported one by one: an error of the whole function would say nothing more.
        super().__init__(EventType.SQS, raise_on_entire_batch_failure=False)
        self._queue, self._sqs, self._clock = queue, sqs, clock

    def failure_handler(self, record: SQSRecord, exception: "ExceptionInfo") -> "SuccessResponse | FailureResponse":
        error = exception[1]
        reason, receives = _reason(error), int(record.attributes.approximate_receive_count or 1)
        is_over = isinstance(error, GiveUpError) or receives >= self._queue.max_receives
        facts = {"queue": self._queue.name, "sqs_message_id": record.message_id, "receives": receives, "reason": reason}
        unforeseen = {} if error is None or isinstance(error, MessageError) else {"where": where(error)}
        report = logger().error if is_over or unforeseen else logger().warning
        report("message failed", extra=facts | unforeseen)
        if is_over and self._put_aside(record, reason):
            return self.success_handler(record, None)
        if not is_over:
            self._postpone(record, pause_seconds(receives))
        self.exceptions.append(exception)
        self.fail_messages.append(record)
        return "fail", reason, record

    def _put_aside(self, record: SQSRecord, reason: str) -> bool:
        """Whether the message is safe in the dead-letter queue. If not, the queue's own redrive will put it there."""
        attributes = {"reason": reason, "failed_at": rfc3339(self._clock()), "queue": self._queue.name}
        try:
            self._sqs.send_message(
                QueueUrl=self._queue.dead_letters_url,
                MessageBody=record.body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()
                },
            )
        except Exception as error:  # noqa: BLE001 - whatever it was, the message must not be counted as handled
            logger().error("dead-letter queue not reached", extra={"error": type(error).__name__})
            return False
        return True

    def _postpone(self, record: SQSRecord, seconds: int) -> None:
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue.url, ReceiptHandle=record.receipt_handle, VisibilityTimeout=seconds
            )
        except Exception as error:  # noqa: BLE001 - the message then comes back after the queue's own time-out
            logger().warning("pause not set", extra={"error": type(error).__name__})


def _reason(error: BaseException | None) -> str:
    return error.reason if isinstance(error, MessageError) else type(error).__name__
