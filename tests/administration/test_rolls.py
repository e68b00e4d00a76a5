"""A device changes its token without ever being without one."""

import json
from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.faults import answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, enrolled

PATH = "/v1/terminals/roll"
ORDER = "/v1/orders/qinghe/sold-0"


@pytest.fixture
def old(retailer: Retailer) -> str:
    """The token of the first till."""
    return retailer.tills["pos-1"]


def roll(api: Api, token: str | None) -> Reply:
    return api.call("POST", PATH, token=token)


def rolled(api: Api, token: str) -> str:
    """The token that follows another."""
    return str(roll(api, token).json["token"])


def works(api: Api, token: str) -> bool:
    """Whether a till is let in under this token. It is a use of it."""
    return api.call("GET", "/v1/pos/redemptions/none", token=token).status == 404


def test_a_device_gets_its_next_token(retailer: Retailer, old: str) -> None:
    answer = roll(retailer.api, old)

    token = answer.json.pop("token")
    assert (answer.status, answer.json) == (200, {"terminal_id": "pos-1", "store_id": XINYI})
    assert token != old
    assert works(retailer.api, token)


def test_the_old_token_works_until_the_next_one_is_used_and_then_no_more(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)
    assert works(retailer.api, old)

    assert works(retailer.api, new)

    assert (works(retailer.api, old), works(retailer.api, new)) == (False, True)


def test_a_roll_whose_answer_got_lost_is_rolled_again_with_the_old_token(retailer: Retailer, old: str) -> None:
    lost = rolled(retailer.api, old)

    new = rolled(retailer.api, old)

    assert not works(retailer.api, lost)
    assert works(retailer.api, new)


def test_after_the_next_one_was_used_the_old_token_rolls_nothing(retailer: Retailer, old: str) -> None:
    works(retailer.api, rolled(retailer.api, old))

    assert_problem(roll(retailer.api, old), 401, "unauthorized")


def test_a_token_is_rolled_again_and_again(retailer: Retailer, old: str) -> None:
    tokens = [old]
    for _ in range(3):
        tokens.append(rolled(retailer.api, tokens[-1]))

    assert [works(retailer.api, token) for token in tokens] == [False, False, True, True]
    assert not works(retailer.api, tokens[2])


def test_the_next_token_is_used_by_rolling_it(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    newest = rolled(retailer.api, new)

    assert (works(retailer.api, old), works(retailer.api, new), works(retailer.api, newest)) == (False, True, True)


def test_the_next_token_is_used_by_an_order_too(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    assert retailer.api.call("GET", ORDER, token=new).status == 200

    assert_problem(retailer.api.call("GET", ORDER, token=old), 401, "unauthorized")
    assert not works(retailer.api, old)


def test_what_was_done_under_the_old_token_is_replayed_under_the_next(retailer: Retailer, old: str) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)
    retailer.tills["pos-1"] = rolled(retailer.api, old)

    assert retailer.redeem("r-1", held.qr).is_replayed


def test_neither_token_lies_in_a_table(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)
    works(retailer.api, new)

    stored = json.dumps(retailer.world.rows())

    assert not [token for token in (old, new) if token in stored]


@pytest.mark.parametrize("role", ["admin", "marketer", "clerk"])
def test_only_a_device_rolls_its_token(retailer: Retailer, role: str) -> None:
    assert_problem(roll(retailer.api, retailer.token(role)), 403, "forbidden")


def test_a_revoked_terminal_has_neither_token(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert (works(retailer.api, old), works(retailer.api, new)) == (False, False)
    assert_problem(roll(retailer.api, old), 401, "unauthorized")


def test_a_terminal_that_moves_has_neither_token(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": ZHONGSHAN})

    assert (works(retailer.api, old), works(retailer.api, new)) == (False, False)


def test_a_terminal_that_is_enrolled_again_has_its_newest_token_alone(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)
    works(retailer.api, new)

    newest = enrolled(retailer.api, "pos-1", XINYI)

    assert [works(retailer.api, token) for token in (old, new, newest)] == [False, False, True]


def test_an_invitation_leaves_both_tokens_alone(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI})

    assert (works(retailer.api, old), works(retailer.api, new)) == (True, True)


# What a rolled token costs.


def test_the_first_use_is_written_once(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    assert cost(retailer, new) == ["BatchGetItem", "UpdateItem"]
    assert cost(retailer, new) == ["BatchGetItem"]


def cost(retailer: Retailer, token: str) -> list[str]:
    retailer.world.calls.clear()
    works(retailer.api, token)
    return list(retailer.world.calls)


def test_a_first_use_that_cannot_be_written_is_none(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    with answering("UpdateItem", "InternalServerError", times=10):
        answer = retailer.api.call("GET", "/v1/pos/redemptions/none", token=new)

    assert_problem(answer, 503, "unavailable")
    assert works(retailer.api, old)


def test_a_first_use_whose_answer_got_lost_is_one(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)

    with lost_reply("UpdateItem"):
        assert_problem(retailer.api.call("GET", "/v1/pos/redemptions/none", token=new), 503, "unavailable")

    assert (works(retailer.api, old), works(retailer.api, new)) == (False, True)


# At one moment.


def test_two_first_uses_at_once_are_both_let_in(retailer: Retailer, old: str) -> None:
    new = rolled(retailer.api, old)
    let_in: list[bool] = []

    with rival(lambda: let_in.append(works(retailer.api, new)), before="UpdateItem"):
        let_in.append(works(retailer.api, new))

    assert let_in == [True, True]
    assert not works(retailer.api, old)


def test_a_roll_with_the_old_token_that_the_next_ones_first_use_overtakes_is_refused(
    retailer: Retailer, old: str
) -> None:
    new = rolled(retailer.api, old)

    with rival(lambda: works(retailer.api, new)):
        answer = roll(retailer.api, old)

    assert_problem(answer, 401, "unauthorized")
    assert (works(retailer.api, old), works(retailer.api, new)) == (False, True)


def test_a_first_use_that_a_roll_overtakes_does_not_bring_the_replaced_token_back(retailer: Retailer, old: str) -> None:
    replaced, newest = rolled(retailer.api, old), []

    def roll_and_use() -> None:
        newest.append(rolled(retailer.api, old))
        assert works(retailer.api, newest[0])

    with rival(roll_and_use, before="UpdateItem"):
        answer = retailer.api.call("PUT", ORDER, {}, token=replaced)

    assert_problem(answer, 401, "unauthorized")
    assert [works(retailer.api, token) for token in (old, replaced, *newest)] == [False, False, True]


def test_of_two_rolls_at_once_the_later_one_counts(retailer: Retailer, old: str) -> None:
    tokens: list[Any] = []

    with rival(lambda: tokens.append(rolled(retailer.api, old)), before="PutItem"):
        tokens.append(rolled(retailer.api, old))

    assert [works(retailer.api, token) for token in tokens] == [False, True]


def test_a_terminal_revoked_while_it_is_rolled_stays_revoked(retailer: Retailer, old: str) -> None:
    with rival(lambda: retailer.api.call("DELETE", "/v1/terminals/pos-1"), before="PutItem"):
        answer = roll(retailer.api, old)

    assert_problem(answer, 401, "unauthorized")
    assert not works(retailer.api, old)


def test_a_terminal_rolled_while_it_is_revoked_is_revoked_with_both_tokens(retailer: Retailer, old: str) -> None:
    tokens = [old]

    with rival(lambda: tokens.append(rolled(retailer.api, old))):
        retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert [works(retailer.api, token) for token in tokens] == [False, False]
