"""What is on the stack outlives it."""

import json
from pathlib import Path

from infra.local.stack import local_stack
from tests.support.stack import Order, Outsiders, money, reference


def test_a_voucher_outlives_a_graceful_stop(tmp_path: Path) -> None:
    ref, order = reference(), Order()

    with local_stack(tmp_path / ".storebound") as first:
        before = Outsiders(json.loads(first.folder.local_json.read_text()))
        webhook = before.signed(order.body())
        before.deliver(webhook)
        (voucher_id,) = before.vouchers_of(order)
        held = before.held(voucher_id)
        redeemed = before.redeem(ref, held.credential, money=money("200"))
        before.close()
    with local_stack(tmp_path / ".storebound") as second:
        after = Outsiders(json.loads(second.folder.local_json.read_text()))
        repeated = after.redeem(ref, held.credential, money=money("200"))
        after.deliver(webhook)
        vouchers, page, messages = after.order(order)["vouchers"], after.get(held.page), after.messages(voucher_id)
        after.close()

    assert after.local == before.local
    assert (repeated.is_replayed, repeated.content) == (True, redeemed.content)
    assert (vouchers, page.status, len(messages)) == ([voucher_id], 200, 1)
