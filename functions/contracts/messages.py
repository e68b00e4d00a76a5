"""Queue messages. They carry names of rows and nothing else: no address, code or token can leak from a queue.

Every version ever sent stays readable: `events/samples` holds one of each.
"""

from typing import Literal

from pydantic import ConfigDict

from functions.contracts.base import Id, Wire
from functions.domain.sending import Channel


class Message(Wire):
    """Base of all messages. A reader of today tolerates the fields of tomorrow; a sender says type and version."""

    model_config = ConfigDict(extra="ignore", json_schema_serialization_defaults_required=True)


class OrderChanged(Message):
    """checkout to issuance: an order has facts that its vouchers may not follow yet."""

    type: Literal["order.changed"] = "order.changed"
    version: Literal[1] = 1
    shop_id: Id
    order_id: Id


class SendRequested(Message):
    """issuance to dispatch: a send row waits to be sent on a channel."""

    type: Literal["send.requested"] = "send.requested"
    version: Literal[1] = 1
    message_id: Id
    channel: Channel


MESSAGES: dict[tuple[str, int], type[Message]] = {
    ("order.changed", 1): OrderChanged,
    ("send.requested", 1): SendRequested,
}
