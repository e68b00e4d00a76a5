"""A message that can never be handled stands in nobody's way."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.stack import Stack
from infra.local.web import until
from tests.support.stack import Order, Outsiders

POISONS = {
    "malformed": "no JSON",
    "unknown_message": json.dumps({"type": "order.exploded", "version": 1}),
    "wrong_queue": json.dumps({"type": "send.requested", "version": 1, "message_id": "m", "channel": "line"}),
}


@pytest.mark.parametrize(("reason", "poison"), POISONS.items(), ids=POISONS)
def test_a_poison_message_is_put_aside_with_its_reason_while_nine_beside_it_are_handled(
    stack: Stack, everyone: Outsiders, settled: Callable[[], None], reason: str, poison: str
) -> None:
    orders = [Order() for _ in range(9)]
    changed = {"type": "order.changed", "version": 1, "shop_id": everyone.shop_id}

    for order in orders:
        everyone.report(order.body())
    send(stack, [poison, *(json.dumps(changed | {"order_id": order.order_id}) for order in orders)])
    dead = until("the dead letter", lambda: receive_dead(stack))
    settled()

    assert dead["Body"] == poison
    assert dead["MessageAttributes"]["reason"]["StringValue"] == reason
    assert dead["MessageAttributes"]["queue"]["StringValue"] == "orders"
    assert [len(everyone.order(order)["vouchers"]) for order in orders] == [1] * 9


def send(stack: Stack, bodies: list[str]) -> None:
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    stack.target.client("sqs").send_message_batch(QueueUrl=stack.outputs.queues["orders"], Entries=entries)


def receive_dead(stack: Stack) -> dict[str, Any] | None:
    """The next message of the orders' dead-letter queue, taken out of it."""
    sqs, url = stack.target.client("sqs"), stack.outputs.queues["orders-dlq"]
    found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found[0] if found else None
