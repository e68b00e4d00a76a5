"""PUT and DELETE /v1/tokens/{token_id}: tokens of people and programs."""

import base64
import json

import pytest

from tests.support.api import Api
from tests.support.problem import assert_problem
from tests.support.world import ADMIN_TOKEN, World

PATH = "/v1/tokens/mei-office"
BODY = {"role": "admin", "name": "Mei, office"}


def make(api: Api, role: str = "admin") -> str:
    return str(api.call("PUT", PATH, BODY | {"role": role}).json["token"])


def works(api: Api, token: str | None) -> bool:
    return api.call("GET", "/v1/stores/none", token=token).status == 404


def test_a_token_is_shown_once_and_works(api: Api) -> None:
    answer = api.call("PUT", PATH, BODY)

    token = answer.json.pop("token")
    assert (answer.status, token[:4]) == (200, "sbk_")
    assert answer.json == {
        "token_id": "mei-office",
        "role": "admin",
        "name": "Mei, office",
        "created_at": "2026-11-22T04:00:00.000Z",
        "revoked_at": None,
    }
    assert works(api, token)


def test_a_token_lies_in_no_table(api: Api, world: World) -> None:
    token = make(api)

    assert token not in json.dumps(world.rows())


def test_a_new_token_under_the_same_id_kills_the_old(api: Api) -> None:
    old, new = make(api), make(api)

    assert (works(api, old), works(api, new)) == (False, True)


def test_a_revoked_token_is_dead_at_once(api: Api) -> None:
    token = make(api)

    answer = api.call("DELETE", PATH)

    assert (answer.json["revoked_at"], answer.json["token"]) == ("2026-11-22T04:00:00.000Z", None)
    assert not works(api, token)


def test_revoking_twice_answers_the_same(api: Api, world: World) -> None:
    make(api)
    first = api.call("DELETE", PATH)
    world.clock.forward(minutes=1)

    again = api.call("DELETE", PATH)

    assert (again.json, again.is_replayed) == (first.json, True)


def test_a_token_that_is_not_there_is_not_found(api: Api) -> None:
    assert_problem(api.call("DELETE", PATH), 404, "not_found")


def test_a_terminals_token_is_not_made_here(api: Api) -> None:
    assert_problem(api.call("PUT", PATH, BODY | {"role": "terminal"}), 422, "invalid")


def test_the_first_administrators_token_makes_the_others(api: Api) -> None:
    assert works(api, ADMIN_TOKEN)


@pytest.mark.parametrize(
    "token", [None, "", "x", ADMIN_TOKEN + "x", ADMIN_TOKEN[:-1], ADMIN_TOKEN.upper(), "sbk_", "票"]
)
def test_what_is_no_token_is_refused(api: Api, token: str | None) -> None:
    assert_problem(api.call("GET", "/v1/stores/none", token=token), 401, "unauthorized")


@pytest.mark.parametrize("made_of", ["mei-office", "mei-office/x", "mei-office/x/y", "/", "nobody/x"])
def test_a_token_that_names_a_row_without_its_secret_is_refused(api: Api, made_of: str) -> None:
    make(api)
    forged = "sbk_" + base64.urlsafe_b64encode(made_of.encode()).decode().rstrip("=")

    assert_problem(api.call("GET", "/v1/stores/none", token=forged), 401, "unauthorized")


def test_one_token_does_not_work_for_another_role(api: Api) -> None:
    marketer = make(api, "marketer")

    assert_problem(api.call("PUT", "/v1/stores/x", {}, token=marketer), 403, "forbidden")
