"""A voucher whose QR renews itself: what is on the screen redeems once, and pictures of it redeem nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.domain import rotation, ticket
from functions.domain.credential import Credential
from functions.domain.refusal_texts import TEXTS
from functions.domain.ticket import Ticket
from tests.support.api import Reply
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.retail import Held, Retailer, discount, money, product_body

HUNDRED: dict[str, Any] = {"money": money("100")}
TOLD = {"zh-Hant": TEXTS["rotated_credential"].zh_hant, "en": TEXTS["rotated_credential"].en}


@pytest.fixture
def held(retailer: Retailer) -> Held:
    """A cash voucher of NT$500; `qr` is the token alone, as its link holds it."""
    retailer.api.call("PUT", "/v1/products/live-500", product_body("LIVE-500", rotating=True))
    (sold,) = retailer.sell("LIVE-500", order_id="live")
    of = Credential(sold.voucher_id, 1, rotating=True)
    retailer.world.calls.clear()
    return Held(sold.voucher_id, retailer.world.wiring.signer.token(of), sold.code)


def shown(retailer: Retailer, held: Held, *, seconds: int = 0) -> str:
    """What the customer's screen shows, so many seconds from now."""
    moment = rotation.moment_of(retailer.world.clock.now) + seconds
    code = retailer.world.wiring.codebook.rotation_code(Credential(held.voucher_id, 1), moment)
    return rotation.text(held.qr, moment, code)


def ticket_of(retailer: Retailer, held: Held, at: str = "pos-1") -> str:
    return str(retailer.look_up(shown(retailer, held), at=at).json["ticket"])


def left(retailer: Retailer, held: Held) -> int:
    amount: int = retailer.voucher(held.voucher_id)["worth"]["money"]["minor"]
    return amount


def assert_refused(answer: Reply) -> None:
    assert_problem(answer, 409, "stale_credential", retryable=False, message=TOLD)


def test_what_is_on_the_screen_redeems(retailer: Retailer, held: Held) -> None:
    assert retailer.redeem("r-1", shown(retailer, held), **HUNDRED).status == 201
    assert left(retailer, held) == 400


def test_it_costs_what_any_qr_costs(retailer: Retailer, held: Held) -> None:
    retailer.redeem("r-1", shown(retailer, held), **HUNDRED)

    assert retailer.world.calls == ["BatchGetItem", "TransactWriteItems"]


def test_a_look_at_it_is_one_read_and_so_is_its_refusal(retailer: Retailer, held: Held) -> None:
    retailer.look_up(shown(retailer, held))
    retailer.redeem("r-1", held.qr)

    assert retailer.world.calls == ["BatchGetItem", "BatchGetItem"]


def test_the_repeat_of_a_request_is_answered_as_before_however_late(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)
    first = retailer.redeem("r-1", text, **HUNDRED)
    retailer.world.clock.forward(days=3)

    again = retailer.redeem("r-1", text, **HUNDRED)

    assert (again.status, again.json, again.is_replayed) == (201, first.json, True)


def test_a_second_use_is_refused(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)
    retailer.redeem("r-1", text, **HUNDRED)

    assert_refused(retailer.redeem("r-2", text, **HUNDRED))
    assert_refused(retailer.redeem("r-2", text, at="pos-9", **HUNDRED))
    assert left(retailer, held) == 400


def test_a_use_that_was_voided_does_not_bring_the_qr_back(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)
    retailer.redeem("r-1", text, **HUNDRED)
    retailer.void("r-1")

    assert_refused(retailer.redeem("r-2", text, **HUNDRED))


def test_a_refusal_spends_nothing(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)

    assert retailer.redeem("r-1", text, money=money("501")).code == "insufficient"
    assert retailer.redeem("r-1", text, **HUNDRED).status == 201


def test_the_next_picture_serves_the_next_use(retailer: Retailer, held: Held) -> None:
    retailer.redeem("r-1", shown(retailer, held), **HUNDRED)
    retailer.world.clock.forward(seconds=1)

    assert retailer.redeem("r-2", shown(retailer, held), **HUNDRED).status == 201


def test_the_picture_before_the_one_that_was_used_is_dead_too(retailer: Retailer, held: Held) -> None:
    before = shown(retailer, held, seconds=-15)
    retailer.redeem("r-1", shown(retailer, held), **HUNDRED)

    assert_refused(retailer.redeem("r-2", before, **HUNDRED))


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(lambda retailer, held: shown(retailer, held, seconds=-31), id="a screenshot after 31 seconds"),
        pytest.param(lambda retailer, held: shown(retailer, held, seconds=-30), id="a screenshot after 30 seconds"),
        pytest.param(lambda retailer, held: shown(retailer, held, seconds=3), id="a moment to come"),
        pytest.param(lambda retailer, held: shown(retailer, held, seconds=86_400), id="tomorrow"),
        pytest.param(lambda retailer, held: shown(retailer, held)[:-8] + "AAAAAAAA", id="a guessed code"),
        pytest.param(
            lambda retailer, held: shown(retailer, held)[:-8] + shown(retailer, held, seconds=-1)[-8:],
            id="the code of another second",
        ),
        pytest.param(lambda _, held: held.qr, id="the token alone"),
        pytest.param(lambda _, held: f"https://shop.example/v/{held.qr}", id="the link"),
        pytest.param(lambda _, held: held.code, id="the typed code"),
        pytest.param(lambda retailer, held: ticket_of(retailer, held, at="pos-2"), id="the next till's ticket"),
        pytest.param(lambda retailer, held: ticket_of(retailer, held, at="pos-9"), id="another store's ticket"),
    ],
)
def test_what_is_not_on_the_screen_now_redeems_nothing(
    retailer: Retailer, held: Held, presented: Callable[[Retailer, Held], str]
) -> None:
    credential = presented(retailer, held)
    before = retailer.world.rows()

    assert_refused(retailer.redeem("r-1", credential, **HUNDRED))
    assert_refused(retailer.till("PUT", "holds/h-1", {"credential": credential} | HUNDRED))
    found = retailer.look_up(credential).json
    assert (found["usable"], found["ticket"]) == (False, None)
    assert (found["refusal"]["code"], found["refusal"]["message"]) == ("stale_credential", TOLD)
    assert retailer.world.rows() == before


def test_a_reissued_voucher_is_told_apart_from_an_old_picture(retailer: Retailer, held: Held) -> None:
    retailer.act("reissue", held.voucher_id)

    told = retailer.look_up(shown(retailer, held)).json["refusal"]["message"]["en"]

    assert told == TEXTS["stale_credential"].en


def test_a_forged_token_with_a_moment_is_unknown(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)
    forged = text[:60] + ("B" if text[60] == "A" else "A") + text[61:]

    assert_problem(retailer.redeem("r-1", forged), 404, "unknown")


def test_a_forged_ticket_is_unknown(retailer: Retailer, held: Held) -> None:
    claim = ticket.claim(Ticket(held.voucher_id, 1, rotation.moment_of(retailer.world.clock.now), "pos-1"))

    assert_problem(retailer.redeem("r-1", ticket.assemble(claim, bytes(16))), 404, "unknown")


# The ticket: time for the clerk to type.


def test_a_ticket_redeems_at_its_till_long_after_the_picture_is_dead(retailer: Retailer, held: Held) -> None:
    given = ticket_of(retailer, held)
    retailer.world.clock.forward(seconds=299)

    assert retailer.redeem("r-1", given, **HUNDRED).status == 201


def test_a_ticket_is_over_after_five_minutes(retailer: Retailer, held: Held) -> None:
    given = ticket_of(retailer, held)
    retailer.world.clock.forward(seconds=300)

    assert_refused(retailer.redeem("r-1", given, **HUNDRED))


def test_a_ticket_and_its_picture_are_one_use(retailer: Retailer, held: Held) -> None:
    text = shown(retailer, held)
    given = ticket_of(retailer, held)
    retailer.redeem("r-1", given, **HUNDRED)

    assert_refused(retailer.redeem("r-2", given, **HUNDRED))
    assert_refused(retailer.redeem("r-2", text, **HUNDRED))


def test_a_ticket_can_be_looked_up_and_does_not_live_longer_by_it(retailer: Retailer, held: Held) -> None:
    given = ticket_of(retailer, held)
    retailer.world.clock.forward(seconds=200)

    assert retailer.look_up(given).json["ticket"] == given


def test_a_ticket_holds(retailer: Retailer, held: Held) -> None:
    given = ticket_of(retailer, held)

    answer = retailer.till("PUT", "holds/h-1", {"credential": given} | HUNDRED)

    assert answer.status == 201
    assert_refused(retailer.redeem("r-1", given, **HUNDRED))


def test_a_look_spends_nothing(retailer: Retailer, held: Held) -> None:
    before = retailer.world.rows()

    ticket_of(retailer, held)

    assert retailer.world.rows() == before


def test_a_voucher_that_does_not_renew_itself_has_no_ticket(retailer: Retailer) -> None:
    assert retailer.look_up(retailer.sold["CASH-500"].qr).json["ticket"] is None


def test_of_an_old_picture_and_a_new_one_the_new_one_is_compared(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/live-10", discount("LIVE-10", rotating=True))
    (sold,) = retailer.sell("LIVE-10", order_id="live")
    token = retailer.world.wiring.signer.token(Credential(sold.voucher_id, 1, rotating=True))
    of = Held(sold.voucher_id, token, sold.code)
    pictures = [shown(retailer, of, seconds=-60), shown(retailer, of), of.qr]

    (offer,) = retailer.till("POST", "compare", {"credentials": pictures, "basket": {"total": money("400")}}).json[
        "items"
    ]

    assert (offer["named"], offer["usable"], offer["best"]) == ([0, 1, 2], True, True)


# Two tills at the same moment.


def two_at_once(retailer: Retailer, held: Held) -> list[Reply]:
    """Two tills have scanned the same screen; the second has decided when the first redeems."""
    text, answers = shown(retailer, held), []
    with rival(lambda: answers.append(retailer.redeem("r-1", text, **HUNDRED))):
        answers.append(retailer.redeem("r-2", text, at="pos-9", **HUNDRED))
    return answers


def test_of_two_tills_that_scan_one_screen_exactly_one_wins(retailer: Retailer, held: Held) -> None:
    first, second = two_at_once(retailer, held)

    assert first.status == 201
    assert_refused(second)
    assert left(retailer, held) == 400


def test_what_is_redeemed_of_it_is_spent_in_the_same_write(retailer: Retailer, held: Held) -> None:
    text: Any = shown(retailer, held)
    retailer.redeem("r-1", text, **HUNDRED)

    voucher = retailer.voucher(held.voucher_id)
    assert (voucher["version"], voucher["rotation"]) == (2, rotation.moment_of(retailer.world.clock.now))
