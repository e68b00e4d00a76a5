"""Many tills at one voucher, over HTTP: the money is there once."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from tests.support.stack import Held, Outsiders, Reply, all_at_once, money, reference

pytestmark = pytest.mark.usefixtures("warm")


def take(everyone: Outsiders, voucher: Held, references: list[str], **ask: Any) -> list[Reply]:
    """All references at once, at both tills by turns; each till insists while it is told that this may help."""
    return all_at_once(
        [
            partial(everyone.patiently, partial(everyone.redeem, ref, voucher.credential, at=place % 2, **ask))
            for place, ref in enumerate(references)
        ]
    )


def outcomes(replies: list[Reply]) -> Counter[str]:
    return Counter("taken" if reply.status == 201 else reply.code for reply in replies)


def taken(everyone: Outsiders, voucher: Held) -> list[int]:
    """What the ledger says that each redemption took."""
    rows = everyone.ledger(voucher.voucher_id)
    return [-int(row["change"]["money"]["amount"]) for row in rows if row["kind"] == "redeem"]


def test_fifty_tills_that_want_all_of_it(everyone: Outsiders, voucher: Held) -> None:
    replies = take(everyone, voucher, [reference() for _ in range(50)])

    assert outcomes(replies) == {"taken": 1, "exhausted": 49}
    assert taken(everyone, voucher) == [500]
    assert everyone.left(voucher.voucher_id) == "0"


def test_fifty_times_the_same_request(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()

    replies = all_at_once(
        [partial(everyone.patiently, partial(everyone.redeem, ref, voucher.credential, money=money("200")))] * 50
    )

    assert {(reply.status, reply.content) for reply in replies} == {(201, replies[0].content)}
    assert Counter(reply.is_replayed for reply in replies) == {False: 1, True: 49}
    assert taken(everyone, voucher) == [200]


def test_a_hundred_parts_of_which_sixteen_are_there(everyone: Outsiders, voucher: Held) -> None:
    replies = take(everyone, voucher, [reference() for _ in range(100)], money=money("30"))

    assert outcomes(replies) == {"taken": 16, "insufficient": 84}
    assert taken(everyone, voucher) == [30] * 16
    assert everyone.left(voucher.voucher_id) == "20"


def test_services_are_there_as_often_as_they_were_sold(everyone: Outsiders) -> None:
    (voucher,) = everyone.buy("SPA-3")

    replies = take(everyone, voucher, [reference() for _ in range(20)], items=[{"sku": "spa-hour", "quantity": 1}])

    assert outcomes(replies) == {"taken": 3, "exhausted": 17}


def test_a_discount_is_used_once(everyone: Outsiders) -> None:
    (voucher,) = everyone.buy("COFFEE-10")

    replies = take(everyone, voucher, [reference() for _ in range(20)], basket={"total": money("100")})

    assert outcomes(replies) == {"taken": 1, "exhausted": 19}


def test_a_redemption_refused_for_a_revocation_took_nothing(everyone: Outsiders, voucher: Held) -> None:
    parts = [partial(everyone.redeem, reference(), voucher.credential, money=money("30")) for _ in range(10)]
    revoke = partial(everyone.admin, "POST", f"/v1/vouchers/{voucher.voucher_id}/revoke", {})

    replies = all_at_once([partial(everyone.patiently, call) for call in (*parts[:5], revoke, *parts[5:])])

    tills = [*replies[:5], *replies[6:]]
    assert outcomes(tills).keys() <= {"taken", "revoked"}
    assert taken(everyone, voucher) == [30] * outcomes(tills)["taken"]
    assert everyone.voucher(voucher.voucher_id)["state"] == "revoked"
