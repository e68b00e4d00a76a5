"""A void and its original meet: whichever is first, nothing stays taken."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.support.stack import Held, Outsiders, Reply, all_at_once, money, reference

PAIRS = 20
pytestmark = pytest.mark.usefixtures("warm")


def test_once_its_void_is_answered_a_redemption_takes_nothing_any_more(
    everyone: Outsiders, stock: Iterator[Held]
) -> None:
    pairs = [(reference(), next(stock)) for _ in range(PAIRS)]

    def meet(ref: str, voucher: Held) -> list[partial[Reply]]:
        original = partial(everyone.redeem, ref, voucher.credential, money=money("200"))
        return [partial(everyone.patiently, call) for call in (original, partial(everyone.void, ref))]

    all_at_once([call for ref, voucher in pairs for call in meet(ref, voucher)])
    late = [everyone.redeem(ref, voucher.credential, money=money("200")) for ref, voucher in pairs]

    assert [everyone.left(voucher.voucher_id) for _, voucher in pairs] == ["500"] * PAIRS
    assert {(reply.status, reply.code) for reply in late} == {(409, "voided")}


def test_a_void_says_truly_whether_there_was_something_to_restore(everyone: Outsiders, stock: Iterator[Held]) -> None:
    pairs = [(reference(), next(stock)) for _ in range(PAIRS)]
    calls = [
        partial(everyone.patiently, call)
        for ref, voucher in pairs
        for call in (partial(everyone.void, ref), partial(everyone.redeem, ref, voucher.credential))
    ]

    voids = all_at_once(calls)[::2]

    kinds = [[row["kind"] for row in everyone.ledger(voucher.voucher_id)] for _, voucher in pairs]
    restored = {"none": ["issue"], "restored": ["issue", "redeem", "void"]}
    assert kinds == [restored[reply.json["effect"]] for reply in voids]


def test_many_voids_of_one_redemption_restore_it_once(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("200"))

    replies = all_at_once([partial(everyone.patiently, partial(everyone.void, ref))] * 20)

    assert {(reply.status, reply.content) for reply in replies} == {(200, replies[0].content)}
    assert [row["kind"] for row in everyone.ledger(voucher.voucher_id)] == ["issue", "redeem", "void"]
    assert everyone.left(voucher.voucher_id) == "500"


def test_many_voids_of_a_reference_never_seen_leave_one_tombstone(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()

    replies = all_at_once([partial(everyone.patiently, partial(everyone.void, ref))] * 20)

    assert {(reply.status, reply.content) for reply in replies} == {(200, replies[0].content)}
    assert everyone.redeem(ref, voucher.credential).code == "voided"
