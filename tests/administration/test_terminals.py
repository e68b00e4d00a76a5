"""A device becomes a till, once, and ceases to be one at once."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, enrolled, money, text
from tests.support.world import World

PATH = "/v1/terminals/pos-7"
BY_DEFAULT = {"floor_limit": money("1000"), "voucher_cap": money("1000"), "units": 10, "hours": 24}


@pytest.fixture
def stores(api: Api) -> None:
    for store_id in (XINYI, ZHONGSHAN):
        api.call("PUT", f"/v1/stores/{store_id}", {"name": text(store_id)})


def invite(api: Api, store_id: str = XINYI) -> Any:
    return api.call("PUT", PATH, {"store_id": store_id}).json


def enrol(api: Api, code: object) -> Reply:
    return api.call("POST", "/v1/terminals/enrol", {"enrolment_code": code}, token=None)


def works(api: Api, token: str) -> bool:
    """Whether a till is let in under this token."""
    return api.call("GET", "/v1/pos/redemptions/none", token=token).status == 404


@pytest.mark.usefixtures("stores")
def test_a_terminal_is_invited_with_a_code_that_lasts_ten_minutes(api: Api) -> None:
    answer = api.call("PUT", PATH, {"store_id": XINYI})

    code = answer.json.pop("enrolment_code")
    assert answer.status == 200
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert answer.json == {
        "terminal_id": "pos-7",
        "store_id": XINYI,
        "enrolled_at": None,
        "revoked_at": None,
        "offline": BY_DEFAULT,
        "enrolment_expires_at": "2026-11-22T04:10:00.000Z",
    }


@pytest.mark.usefixtures("stores")
def test_the_code_makes_a_terminal_and_gives_its_token_once(api: Api) -> None:
    answer = enrol(api, invite(api)["enrolment_code"])

    assert (answer.status, answer.json.keys()) == (200, {"terminal_id", "store_id", "token"})
    assert (answer.json["terminal_id"], answer.json["store_id"]) == ("pos-7", XINYI)
    assert works(api, answer.json["token"])


@pytest.mark.usefixtures("stores")
def test_the_terminal_is_read_without_its_code_and_token(api: Api, world: World) -> None:
    code = invite(api)["enrolment_code"]
    world.clock.forward(minutes=1)
    token = enrol(api, code).json["token"]

    answer = api.call("GET", PATH)

    assert answer.json == {
        "terminal_id": "pos-7",
        "store_id": XINYI,
        "enrolled_at": "2026-11-22T04:01:00.000Z",
        "revoked_at": None,
        "offline": BY_DEFAULT,
        "enrolment_code": None,
        "enrolment_expires_at": None,
    }
    stored = json.dumps(world.rows())
    assert not [text for text in (code, code.replace("-", ""), token) if text in stored]


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_may_be_typed_as_people_type(api: Api, typed: Callable[[str], str]) -> None:
    assert enrol(api, typed(invite(api)["enrolment_code"])).status == 200


@pytest.mark.usefixtures("stores")
def test_a_code_works_once(api: Api) -> None:
    code = invite(api)["enrolment_code"]
    token = enrol(api, code).json["token"]

    assert_problem(enrol(api, code), 401, "unauthorized")
    assert works(api, token)


@pytest.mark.usefixtures("stores")
def test_a_code_works_until_its_last_second(api: Api, world: World) -> None:
    code = invite(api)["enrolment_code"]
    world.clock.forward(minutes=9, seconds=59)

    assert enrol(api, code).status == 200


@pytest.mark.usefixtures("stores")
def test_a_code_that_has_expired_is_refused(api: Api, world: World) -> None:
    code = invite(api)["enrolment_code"]
    world.clock.forward(minutes=10)

    assert_problem(enrol(api, code), 401, "unauthorized")


@pytest.mark.usefixtures("stores")
def test_a_code_that_was_replaced_is_refused(api: Api) -> None:
    old, new = (invite(api)["enrolment_code"] for _ in range(2))

    assert_problem(enrol(api, old), 401, "unauthorized")
    assert enrol(api, new).status == 200


@pytest.mark.usefixtures("stores")
def test_a_code_that_was_withdrawn_is_refused(api: Api) -> None:
    code = invite(api)["enrolment_code"]
    api.call("DELETE", PATH)

    assert_problem(enrol(api, code), 401, "unauthorized")


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize("code", ["2222-2222-2222-2222", "2222-2222-2222-2223", "x", "票" * 16, " "])
def test_a_wrong_code_is_refused_like_every_other(api: Api, code: str) -> None:
    used = invite(api)["enrolment_code"]
    enrol(api, used)

    assert enrol(api, code).json == enrol(api, used).json


@pytest.mark.parametrize("code", ["", None, 1234, "2" * 65])
def test_what_is_no_code_is_invalid(api: Api, code: object) -> None:
    assert_problem(enrol(api, code), 422, "invalid")


@pytest.mark.usefixtures("stores")
def test_of_two_devices_with_one_code_one_becomes_the_till(api: Api) -> None:
    code = invite(api)["enrolment_code"]
    answers: list[Reply] = []

    with rival(lambda: answers.append(enrol(api, code))):
        answers.append(enrol(api, code))

    assert [answer.status for answer in answers] == [200, 401]
    assert works(api, answers[0].json["token"])


@pytest.mark.usefixtures("stores")
def test_a_code_that_is_replaced_while_it_is_used_makes_no_till(api: Api) -> None:
    code = invite(api)["enrolment_code"]

    with rival(lambda: invite(api)):
        answer = enrol(api, code)

    assert_problem(answer, 401, "unauthorized")
    assert api.call("GET", PATH).json["enrolled_at"] is None


@pytest.mark.usefixtures("stores")
def test_a_terminal_that_is_invited_again_works_until_it_is_enrolled(api: Api) -> None:
    old = enrolled(api, "pos-7", XINYI)
    code = invite(api)["enrolment_code"]
    assert works(api, old)

    new = enrol(api, code).json["token"]

    assert (works(api, old), works(api, new)) == (False, True)


@pytest.mark.usefixtures("stores")
def test_a_terminal_that_is_invited_to_another_store_stops_at_once(api: Api) -> None:
    old = enrolled(api, "pos-7", XINYI)

    code = invite(api, ZHONGSHAN)["enrolment_code"]

    assert not works(api, old)
    assert enrol(api, code).json["store_id"] == ZHONGSHAN


@pytest.mark.usefixtures("stores")
def test_a_terminal_that_is_invited_away_and_back_does_not_get_its_old_token_back(api: Api) -> None:
    old = enrolled(api, "pos-7", XINYI)

    invite(api, ZHONGSHAN)
    invite(api, XINYI)

    assert not works(api, old)


@pytest.mark.usefixtures("stores")
def test_a_terminal_stands_in_one_store_only(api: Api, world: World) -> None:
    invite(api, XINYI)
    invite(api, ZHONGSHAN)

    stands = [item["pk"] for item in world.items("commerce") if item["sk"] == "TERMINAL#pos-7"]

    assert stands == [f"STORE#{ZHONGSHAN}"]


def test_a_revoked_terminal_is_refused_on_its_next_request(retailer: Retailer) -> None:
    retailer.world.clock.forward(minutes=1)

    answer = retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert (answer.status, answer.json["revoked_at"], answer.is_replayed) == (200, "2026-11-22T04:01:00.000Z", False)
    assert_problem(retailer.look_up(retailer.sold["CASH-500"].qr), 401, "unauthorized")
    assert retailer.look_up(retailer.sold["CASH-500"].qr, at="pos-2").status == 200


def test_revoking_twice_answers_the_same(retailer: Retailer) -> None:
    first = retailer.api.call("DELETE", "/v1/terminals/pos-1")
    retailer.world.clock.forward(minutes=1)

    again = retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert (again.status, again.json, again.is_replayed) == (200, first.json, True)


def test_a_revoked_terminal_may_be_enrolled_again(retailer: Retailer) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    token = enrolled(retailer.api, "pos-1", XINYI)

    assert works(retailer.api, token)
    assert retailer.api.call("GET", "/v1/terminals/pos-1").json["revoked_at"] is None


def test_a_till_revoked_while_it_is_invited_stays_revoked(retailer: Retailer) -> None:
    with rival(lambda: retailer.api.call("DELETE", "/v1/terminals/pos-1")):
        answer = retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI})

    assert answer.json["revoked_at"] == "2026-11-22T04:00:00.000Z"
    assert not works(retailer.api, retailer.tills["pos-1"])


def test_a_till_enrolled_while_it_is_invited_again_keeps_its_token(retailer: Retailer) -> None:
    code = retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI}).json["enrolment_code"]
    answers: list[Reply] = []

    with rival(lambda: answers.append(enrol(retailer.api, code))):
        retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI})

    assert works(retailer.api, answers[0].json["token"])


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_terminal_that_is_not_there_is_not_found(api: Api, method: str) -> None:
    assert_problem(api.call(method, PATH), 404, "not_found")


def test_a_terminal_needs_a_store_that_is_there(api: Api, world: World) -> None:
    answer = api.call("PUT", PATH, {"store_id": "nowhere"})

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == ["store_id"]
    assert world.items("commerce") == []


@pytest.mark.usefixtures("stores")
def test_codes_that_were_never_used_leave_the_table_by_themselves(api: Api, world: World) -> None:
    invite(api)

    (row,) = [item for item in world.items("commerce") if item["sk"] == "ENROLMENT"]

    assert row["expires_on"] > world.clock.now.timestamp() + 600


# What it may take offline.


def policy(api: Api, **body: Any) -> Any:
    """What a terminal may take offline after it is written."""
    return api.call("PUT", PATH, {"store_id": XINYI, **body}).json["offline"]


@pytest.mark.usefixtures("stores")
def test_a_policy_for_the_time_offline_is_written_and_read(api: Api) -> None:
    wanted = {"floor_limit": money("300"), "voucher_cap": None, "units": 0, "hours": 8}

    assert policy(api, offline=wanted) == wanted
    assert api.call("GET", PATH).json["offline"] == wanted


@pytest.mark.usefixtures("stores")
def test_what_a_policy_leaves_out_is_without_limit_or_by_default(api: Api) -> None:
    assert policy(api, offline={"floor_limit": money("0")}) == BY_DEFAULT | {
        "floor_limit": money("0"),
        "voucher_cap": None,
    }


@pytest.mark.usefixtures("stores")
def test_a_terminal_that_may_take_nothing_offline_stays_so_until_it_is_told_otherwise(api: Api) -> None:
    assert policy(api, offline=None) is None
    assert policy(api) is None
    assert policy(api, offline={}) == BY_DEFAULT | {"floor_limit": None, "voucher_cap": None}


@pytest.mark.usefixtures("stores")
def test_an_invitation_that_says_nothing_of_it_leaves_the_policy_as_it_was(api: Api) -> None:
    policy(api, offline={"hours": 2})

    assert policy(api)["hours"] == 2


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize(
    ("offline", "path"),
    [
        ({"floor_limit": money("-1")}, "offline.floor_limit"),
        ({"floor_limit": 1000}, "offline.floor_limit"),
        ({"units": -1}, "offline.units"),
        ({"hours": 0}, "offline.hours"),
        ({"hours": 169}, "offline.hours"),
        ({"floor": None}, "offline.floor"),
        (False, "offline"),
    ],
)
def test_a_policy_that_is_none_is_refused(api: Api, offline: object, path: str) -> None:
    answer = api.call("PUT", PATH, {"store_id": XINYI, "offline": offline})

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == [path]
