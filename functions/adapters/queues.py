"""Messages into queues."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.errors import UnavailableError
from functions.contracts.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # messages a SendMessageBatch may hold


class Queues:
    """`urls` by queue name: orders, dispatch-line, dispatch-email, dispatch-sms."""

    def __init__(self, client: "Callable[[], SQSClient]", urls: Mapping[str, str]) -> None:
        self._client, self._urls = client, urls

    def send(self, queue: str, *messages: Message) -> None:
        """Queue messages; any may come out more than once, and in any order.

        Raises:
            UnavailableError: not all of them were taken; send them all again.
        """
        for start in range(0, len(messages), BATCH):
            self._send_batch(queue, messages[start : start + BATCH])

    def _send_batch(self, queue: str, messages: Sequence[Message]) -> None:
        entries = [{"Id": str(place), "MessageBody": body.model_dump_json()} for place, body in enumerate(messages)]
        try:
            answer = self._client().send_message_batch(
                QueueUrl=self._urls[queue],
                Entries=entries,  # type: ignore[arg-type]  # plain dicts of the same shape
            )
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError("sqs") from error
        if answer.get("Failed"):
            raise UnavailableError("sqs refused part of a batch")
