"""The `orders` queue."""

from chalice.app import Blueprint, SQSEvent

from functions.contracts.messages import OrderChanged
from functions.issuance.settle import Settling
from functions.runtime.queue_consumer import consume_queue
from functions.runtime.wiring import current

bp = Blueprint("app")


@bp.on_sqs_message(queue="orders", name="issue_order", batch_size=10)
def issue_order(event: SQSEvent) -> dict[str, object]:
    """Vouchers follow what shops report."""
    return consume_queue(event, "orders", OrderChanged, settling().settle)


def settling() -> Settling:
    """The use case, of this deployment."""
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
