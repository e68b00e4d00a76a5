"""The queues of messages to people, one a channel: what stops one channel leaves the others going."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, SQSEvent

from functions.runtime.wiring import Wiring, current

if TYPE_CHECKING:
    from functions.dispatch.ports import Carrier

bp = Blueprint("app")
# Small, because messages that time out stand in line within a batch (runtime/queue_consumer.py).
BATCH = 5
# A call to a channel may take twelve seconds (connect 2, read 10). One that is cut off is a lost answer, and outside
# LINE a lost answer is never sent again.
SECONDS_NEEDED = 14.0


@bp.on_sqs_message(queue="dispatch-line", name="send_line", batch_size=BATCH)
def send_line(event: SQSEvent) -> dict[str, object]:
    """Messages to people on LINE."""
    from functions.dispatch import by_line  # noqa: PLC0415 - a function pays for its own channel alone

    return _send(event, by_line.carrier(current()), current())


@bp.on_sqs_message(queue="dispatch-email", name="send_email", batch_size=BATCH)
def send_email(event: SQSEvent) -> dict[str, object]:
    """Messages by mail."""
    from functions.dispatch import by_email  # noqa: PLC0415 - as above

    return _send(event, by_email.carrier(current()), current())


@bp.on_sqs_message(queue="dispatch-sms", name="send_sms", batch_size=BATCH)
def send_sms(event: SQSEvent) -> dict[str, object]:
    """Messages by SMS."""
    from functions.dispatch import by_sms  # noqa: PLC0415 - as above

    return _send(event, by_sms.carrier(current()), current())


def _send(event: SQSEvent, carrier: "Carrier", wiring: Wiring) -> dict[str, object]:
    from functions.contracts.messages import SendRequested  # noqa: PLC0415 - as above
    from functions.dispatch.courier import Courier  # noqa: PLC0415 - as above
    from functions.runtime.queue_consumer import consume_queue  # noqa: PLC0415 - as above

    courier = Courier(
        carrier=carrier,
        sends=wiring.sends,
        vouchers=wiring.vouchers,
        shops=wiring.shops,
        queues=wiring.queues,
        clock=wiring.clock,
    )
    queue = f"dispatch-{carrier.channel}"
    return consume_queue(event, queue, SendRequested, courier.deliver, seconds_needed=SECONDS_NEEDED)
