"""Text messages through Amazon SNS."""

from typing import TYPE_CHECKING

from functions.adapters.one_try import outcome_of
from functions.domain.sending import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_REFUSALS = {
    "InvalidParameter": "bad_request",
    "InvalidParameterValue": "bad_request",
    "EndpointDisabled": "opted_out",
    "OptedOut": "opted_out",
}
# A voucher somebody paid for: carriers deliver it at any hour, unlike promotions.
_TRANSACTIONAL: "dict[str, MessageAttributeValueTypeDef]" = {
    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
}


class SnsText:
    """`client` makes one try a call: SNS knows no token that would make two tries one text message."""

    def __init__(self, client: "Callable[[], SNSClient]") -> None:
        self._client = client

    def send(self, text: str, to: str) -> Outcome:
        """Send `text` to a phone number in E.164."""
        return outcome_of(lambda: self._send(text, to), "sms", _REFUSALS)

    def _send(self, text: str, to: str) -> str:
        return self._client().publish(PhoneNumber=to, Message=text, MessageAttributes=_TRANSACTIONAL)["MessageId"]
