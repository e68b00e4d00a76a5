"""Mail through Amazon SES, API version 2."""

from typing import TYPE_CHECKING

from functions.adapters.one_try import outcome_of
from functions.domain.sending import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sesv2 import SESV2Client

# Of this message. SES's other errors are of the account, the sender or the hour, and pass.
_REFUSALS = {"MessageRejected": "rejected", "BadRequestException": "bad_request"}


class SesMail:
    """`client` makes one try a call: SES knows no token that would make two tries one message."""

    def __init__(self, client: "Callable[[], SESV2Client]") -> None:
        self._client = client

    def send(self, mail: bytes, to: str, message_id: str) -> Outcome:
        """Hand over a whole MIME message, whose From is the sender. `message_id` comes back in SES's events."""
        return outcome_of(lambda: self._send(mail, to, message_id), "email", _REFUSALS)

    def _send(self, mail: bytes, to: str, message_id: str) -> str:
        answer = self._client().send_email(
            Destination={"ToAddresses": [to]},
            Content={"Raw": {"Data": mail}},
            EmailTags=[{"Name": "message_id", "Value": message_id}],
        )
        return answer["MessageId"]
