"""Who may stand at a till. A token's claim is checked in the till's one read."""

import base64

import pytest

from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, enrolled
from tests.support.world import ADMIN_TOKEN


def every_call(retailer: Retailer, token: str | None) -> list[Reply]:
    """All that a till can do, under a token."""
    body, path = {"credential": retailer.sold["CASH-500"].qr}, "/v1/pos/redemptions/r-1"
    return [
        retailer.api.call("POST", "/v1/pos/lookup", body, token=token),
        retailer.api.call("PUT", path, body, token=token),
        retailer.api.call("GET", path, token=token),
        retailer.api.call("POST", f"{path}/void", token=token),
    ]


def assert_all(retailer: Retailer, token: str | None, status: int, code: str) -> None:
    """Every call is refused alike, and nothing is written."""
    before = retailer.world.rows()
    for answer in every_call(retailer, token):
        assert_problem(answer, status, code)
    assert retailer.world.rows() == before


def forged(
    token: str, *, store_id: str | None = None, terminal_id: str | None = None, secret: str | None = None
) -> str:
    """A terminal's token with one of its three parts exchanged."""
    body = token.removeprefix("sbt_")
    parts = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode().split("/")
    changed = "/".join(new or old for new, old in zip((store_id, terminal_id, secret), parts, strict=True))
    return "sbt_" + base64.urlsafe_b64encode(changed.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token", [None, "guessed", "sbt_", "sbt_guessed", "sbk_guessed", "sbt_" + "A" * 600, "票", "sbt_票"]
)
def test_without_a_terminals_token_nothing_is_done(retailer: Retailer, token: str | None) -> None:
    assert_all(retailer, token, 401, "unauthorized")


def test_another_scheme_than_bearer_is_no_token(retailer: Retailer) -> None:
    answer = retailer.api.call(
        "GET", "/v1/pos/redemptions/r-1", token=None, headers={"Authorization": f"Basic {retailer.tills['pos-1']}"}
    )

    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_may_be_written_in_any_case(retailer: Retailer) -> None:
    answer = retailer.api.call(
        "GET", "/v1/pos/redemptions/r-1", token=None, headers={"Authorization": f"bearer {retailer.tills['pos-1']}"}
    )

    assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize(
    "changed",
    [{"store_id": ZHONGSHAN}, {"terminal_id": "pos-2"}, {"terminal_id": "nobody"}, {"secret": "guessed"}],
    ids=["another store", "another terminal", "no terminal", "another secret"],
)
def test_a_token_that_claims_something_else_is_refused(retailer: Retailer, changed: dict[str, str]) -> None:
    assert_all(retailer, forged(retailer.tills["pos-1"], **changed), 401, "unauthorized")


def test_a_token_that_claims_what_is_so_is_let_in(retailer: Retailer) -> None:
    same = forged(retailer.tills["pos-1"], store_id=XINYI, terminal_id="pos-1")

    assert [answer.status for answer in every_call(retailer, same)] == [200, 201, 200, 200]


def test_a_revoked_terminal_is_refused_from_its_next_call_on(retailer: Retailer) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert_all(retailer, retailer.tills["pos-1"], 401, "unauthorized")


def test_a_terminal_that_was_enrolled_again_is_refused_under_its_old_token(retailer: Retailer) -> None:
    fresh = enrolled(retailer.api, "pos-1", XINYI)

    assert_all(retailer, retailer.tills["pos-1"], 401, "unauthorized")
    assert every_call(retailer, fresh)[0].status == 200


def test_a_terminal_that_was_moved_is_refused_under_its_old_stores_token(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": ZHONGSHAN})

    assert_all(retailer, retailer.tills["pos-1"], 401, "unauthorized")


@pytest.mark.parametrize("role", ["admin", "marketer", "clerk"])
def test_another_roles_token_is_forbidden(retailer: Retailer, role: str) -> None:
    assert_all(retailer, retailer.token(role), 403, "forbidden")


def test_the_first_administrators_token_is_forbidden(retailer: Retailer) -> None:
    assert_all(retailer, ADMIN_TOKEN, 403, "forbidden")


def test_a_revoked_terminals_replay_is_refused_too(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert_problem(retailer.redeem("r-1", held.qr), 401, "unauthorized")


def test_a_terminals_token_lies_in_no_table(retailer: Retailer) -> None:
    stored = str(retailer.world.rows())
    body = retailer.tills["pos-1"].removeprefix("sbt_")
    secret = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode().split("/")[-1]

    assert retailer.tills["pos-1"] not in stored
    assert secret not in stored
