"""The `orders` queue."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, SQSEvent

from functions.runtime.wiring import current

if TYPE_CHECKING:
    from functions.issuance.settle import Settling

bp = Blueprint("app")


@bp.on_sqs_message(queue="orders", name="issue_order", batch_size=10)
def issue_order(event: SQSEvent) -> dict[str, object]:
    """Vouchers follow what shops report."""
    from functions.contracts.messages import OrderChanged  # noqa: PLC0415 - no other function pays for these
    from functions.runtime.queue_consumer import consume_queue  # noqa: PLC0415 - as above

    return consume_queue(event, "orders", OrderChanged, settling().settle)


def settling() -> "Settling":
    """The use case, of this deployment."""
    from functions.issuance.settle import Settling  # noqa: PLC0415 - as above

    wiring = current()
    return Settling(
        orders=wiring.orders,
        shops=wiring.shops,
        products=wiring.products,
        customers=wiring.customers,
        issuing=wiring.issuing,
        sends=wiring.sends,
        queues=wiring.queues,
        codebook=wiring.codebook,
        clock=wiring.clock,
    )
