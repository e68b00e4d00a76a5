"""Many tills at one hold, over HTTP: it ends once, and what it kept is nobody's meanwhile."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from tests.support.stack import Held, Outsiders, Reply, all_at_once, money, reference

pytestmark = pytest.mark.usefixtures("warm")


def outcomes(replies: list[Reply]) -> Counter[str]:
    return Counter("done" if reply.status < 300 else reply.code for reply in replies)


def kinds(everyone: Outsiders, voucher: Held) -> list[str]:
    return [row["kind"] for row in everyone.ledger(voucher.voucher_id)]


def test_fifty_tills_that_want_to_hold_all_of_it(everyone: Outsiders, voucher: Held) -> None:
    replies = all_at_once([partial(everyone.once, everyone.hold, reference(), voucher.credential) for _ in range(50)])

    assert outcomes(replies) == {"done": 1, "held": 49}
    assert kinds(everyone, voucher) == ["issue", "hold"]


def test_a_hold_is_captured_released_or_voided_but_once(everyone: Outsiders, stock: Iterator[Held]) -> None:
    rounds = [(reference(), next(stock)) for _ in range(10)]
    for ref, voucher in rounds:
        assert everyone.hold(ref, voucher.credential, money=money("200")).status == 201
    ends = (everyone.capture, everyone.release, everyone.void)
    calls = [partial(everyone.patiently, partial(end, ref)) for ref, _ in rounds for end in ends * 2]

    replies = all_at_once(calls)

    for place, (_, voucher) in enumerate(rounds):
        story, mine = kinds(everyone, voucher)[2:], replies[place * 6 : place * 6 + 6]
        assert story in (["redeem"], ["release"], ["redeem", "void"])
        assert everyone.left(voucher.voucher_id) == ("300" if story == ["redeem"] else "500")
        captured = [reply for reply in mine[::3] if reply.status == 200 and reply.json["state"] == "captured"]
        assert bool(captured) == ("redeem" in story)
        assert len({reply.content for reply in captured}) <= 1


def test_what_is_held_is_no_other_till_s_until_it_is_over(everyone: Outsiders, voucher: Held) -> None:
    assert everyone.hold(reference(), voucher.credential, money=money("410")).status == 201

    parts = [
        partial(everyone.once, everyone.redeem, reference(), voucher.credential, money=money("30")) for _ in range(20)
    ]
    replies = all_at_once(parts)

    assert outcomes(replies) == {"done": 3, "held": 17}
    assert everyone.left(voucher.voucher_id) == "0"


def test_no_more_is_refunded_than_was_redeemed(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("100"))

    refunds = [
        partial(everyone.patiently, partial(everyone.refund, reference(), ref, money=money("30"))) for _ in range(20)
    ]
    replies = all_at_once(refunds)

    assert outcomes(replies) == {"done": 3, "insufficient": 17}
    assert everyone.left(voucher.voucher_id) == "490"


def test_a_void_and_refunds_at_once_give_back_what_was_taken_and_no_more(
    everyone: Outsiders, stock: Iterator[Held]
) -> None:
    rounds = [(reference(), next(stock)) for _ in range(10)]
    for ref, voucher in rounds:
        everyone.redeem(ref, voucher.credential, money=money("100"))

    def give_back(ref: str) -> list[partial[Reply]]:
        refunds = [partial(everyone.refund, reference(), ref, money=money("60")) for _ in range(3)]
        return [partial(everyone.patiently, call) for call in (*refunds, partial(everyone.void, ref))]

    all_at_once([call for ref, _ in rounds for call in give_back(ref)])

    assert [everyone.left(voucher.voucher_id) for _, voucher in rounds] == ["500"] * 10
