"""What a till may send, and what moves no money."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.stack import Held, Outsiders, assert_problem, money, reference

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@pytest.fixture(scope="module")
def held(stock: Iterator[Held]) -> Held:
    """A voucher from which nothing here is ever taken."""
    return next(stock)


@contextmanager
def unmoved(everyone: Outsiders, held: Held) -> Iterator[None]:
    """Whatever is tried meanwhile, neither the voucher nor its ledger moves."""
    before = everyone.voucher(held.voucher_id), everyone.ledger(held.voucher_id)
    yield
    assert (everyone.voucher(held.voucher_id), everyone.ledger(held.voucher_id)) == before


def body(held: Held, part: str) -> bytes:
    """A redemption with a part that no JSON library would write."""
    return f'{{"credential": {json.dumps(held.credential)}, {part}}}'.encode()


def token(held: Held) -> str:
    """The QR's text without its address."""
    return held.page.rpartition("/")[2]


AMOUNTS = {
    "a number": '"money": {"amount": 100, "currency": "TWD"}',
    "a float": '"money": {"amount": 100.0, "currency": "TWD"}',
    "negative": '"money": {"amount": "-100", "currency": "TWD"}',
    "negative zero": '"money": {"amount": "-0", "currency": "TWD"}',
    "a plus sign": '"money": {"amount": "+100", "currency": "TWD"}',
    "zero": '"money": {"amount": "0", "currency": "TWD"}',
    "NaN in quotes": '"money": {"amount": "NaN", "currency": "TWD"}',
    "Infinity in quotes": '"money": {"amount": "Infinity", "currency": "TWD"}',
    "an exponent": '"money": {"amount": "1e2", "currency": "TWD"}',
    "decimals that TWD has not": '"money": {"amount": "99.50", "currency": "TWD"}',
    "a comma": '"money": {"amount": "1,00", "currency": "TWD"}',
    "blanks": '"money": {"amount": " 100 ", "currency": "TWD"}',
    "full-width digits": '"money": {"amount": "１００", "currency": "TWD"}',
    "a leading zero": '"money": {"amount": "0100", "currency": "TWD"}',
    "hexadecimal": '"money": {"amount": "0x64", "currency": "TWD"}',
    "nothing": '"money": {"amount": "", "currency": "TWD"}',
    "39 digits": '"money": {"amount": "' + "9" * 39 + '", "currency": "TWD"}',
    "null": '"money": {"amount": null, "currency": "TWD"}',
    "an array": '"money": {"amount": ["100"], "currency": "TWD"}',
    "a bare text": '"money": "100"',
    "no currency": '"money": {"amount": "100"}',
    "a currency that is none": '"money": {"amount": "100", "currency": "twd"}',
    "a field too many": '"money": {"amount": "100", "currency": "TWD", "decimals": 0}',
    "items for money": '"items": [{"sku": "CASH-500", "quantity": 1.5}]',
    "both at once": '"money": {"amount": "100", "currency": "TWD"}, "items": [{"sku": "x", "quantity": 1}]',
    "a mistyped field": '"monye": {"amount": "100", "currency": "TWD"}',
}


@pytest.mark.parametrize("part", AMOUNTS.values(), ids=AMOUNTS)
def test_an_amount_that_is_none_is_refused_and_takes_nothing(everyone: Outsiders, held: Held, part: str) -> None:
    with unmoved(everyone, held):
        reply = everyone.till("PUT", f"redemptions/{reference()}", body(held, part))

    assert_problem(reply, 422, "invalid")
    assert reply.json["errors"]


UNREADABLE = {
    "NaN": '"money": {"amount": NaN, "currency": "TWD"}',
    "Infinity": '"money": {"amount": Infinity, "currency": "TWD"}',
    "the amount twice": '"money": {"amount": "1", "amount": "100", "currency": "TWD"}',
    "a comma too many": '"money": {"amount": "100", "currency": "TWD"},',
    "20,000 arrays deep": '"money": ' + "[" * 20_000 + "]" * 20_000,
}


@pytest.mark.parametrize("part", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_no_json_is_refused_and_takes_nothing(everyone: Outsiders, held: Held, part: str) -> None:
    with unmoved(everyone, held):
        reply = everyone.till("PUT", f"redemptions/{reference()}", body(held, part))

    assert_problem(reply, 400, "malformed")


def test_money_of_another_currency_takes_nothing(everyone: Outsiders, held: Held) -> None:
    with unmoved(everyone, held):
        reply = everyone.redeem(reference(), held.credential, money=money("100", "JPY"))

    assert_problem(reply, 422, "currency_mismatch")


def test_more_than_there_is_takes_nothing(everyone: Outsiders, held: Held) -> None:
    with unmoved(everyone, held):
        reply = everyone.redeem(reference(), held.credential, money=money("501"))

    assert_problem(reply, 409, "insufficient")


def test_items_of_a_cash_voucher_take_nothing(everyone: Outsiders, held: Held) -> None:
    with unmoved(everyone, held):
        reply = everyone.redeem(reference(), held.credential, items=[{"sku": "spa-hour", "quantity": 1}])

    assert_problem(reply, 409, "wrong_product")


def forged(text: str) -> str:
    """The same token with one letter of its middle changed."""
    place = len(text) // 2
    other = BASE32[(BASE32.index(text[place].upper()) + 1) % len(BASE32)]
    return text[:place] + other + text[place + 1 :]


def signed_by_nobody(text: str) -> str:
    """The same claim over a signature of all As."""
    return text[:-100] + "A" * 100


DAMAGES: dict[str, Callable[[str], str]] = {
    "forged": forged,
    "its signature replaced": signed_by_nobody,
    "truncated": lambda text: text[:-1],
    "one letter too many": lambda text: text + "A",
    "half of it": lambda text: text[: len(text) // 2],
    "twice": lambda text: text + text,
    "5,000 letters": lambda text: (text * 50)[:5000],
    "a code that nobody has": lambda _: "2222-2222-2222-2222",
    "a key's delimiter": lambda _: "VOUCHER#1|2",
    "a path": lambda _: "../../etc/passwd",
    "Chinese": lambda _: "票券",
    "a zero byte": lambda text: text + "\x00",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_credential_that_proves_nothing_is_unknown(
    everyone: Outsiders, held: Held, damage: Callable[[str], str]
) -> None:
    damaged = damage(token(held))

    with unmoved(everyone, held):
        replies = [everyone.look_up(damaged), everyone.redeem(reference(), damaged, money=money("1"))]

    for reply in replies:
        assert_problem(reply, 404, "unknown")


@pytest.mark.parametrize("sent", ["", None, 7, ["x"], {}], ids=["empty", "null", "number", "array", "object"])
def test_a_credential_that_is_no_text_is_invalid(everyone: Outsiders, sent: Any) -> None:
    assert_problem(everyone.till("POST", "lookup", {"credential": sent}), 422, "invalid")


def test_a_redemption_without_a_credential_is_invalid(everyone: Outsiders) -> None:
    assert_problem(everyone.till("PUT", f"redemptions/{reference()}", {"money": money("1")}), 422, "invalid")


@pytest.mark.parametrize("name", ["a%23b", "a%20b", "x" * 65, "%E7%A5%A8", "a+b", "%00"])
def test_a_reference_that_is_none_is_invalid_and_takes_nothing(everyone: Outsiders, held: Held, name: str) -> None:
    with unmoved(everyone, held):
        reply = everyone.redeem(name, held.credential, money=money("1"))

    assert_problem(reply, 422, "invalid")


@pytest.mark.parametrize("name", ["r", "x" * 64, "a.b_c~d-E9"])
def test_a_reference_of_any_permitted_letters_is_taken(everyone: Outsiders, voucher: Held, name: str) -> None:
    unique = (name + reference())[-64:]

    assert everyone.redeem(unique, voucher.credential, money=money("1")).json["reference"] == unique


@pytest.mark.parametrize("prefix", ["", "HTTPS://SHOP.EXAMPLE/V/", "https://shop.example/v/"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_scanner_may_type_the_qr_in_any_case_with_or_without_its_address(
    everyone: Outsiders, held: Held, prefix: str, case: Callable[[str], str]
) -> None:
    assert everyone.look_up(prefix + case(token(held))).json["voucher_id"] == held.voucher_id


def tampered(text: str) -> str:
    return text[:-1] + ("a" if text[-1] != "a" else "b")


@pytest.mark.parametrize(
    ("of", "status", "code"),
    [
        (lambda _: None, 401, "unauthorized"),
        (lambda _: "nonsense", 401, "unauthorized"),
        (lambda local: tampered(local["terminals"][0]["token"]), 401, "unauthorized"),
        (lambda local: local["terminals"][0]["token"][:-1], 401, "unauthorized"),
        (lambda local: local["shops"][0]["secret"], 401, "unauthorized"),
    ],
    ids=["none", "nonsense", "forged", "cut off", "a shop's secret"],
)
def test_without_a_tills_token_nothing_is_taken(
    everyone: Outsiders, held: Held, of: Callable[[dict[str, Any]], str | None], status: int, code: str
) -> None:
    with unmoved(everyone, held):
        reply = everyone.call(
            "PUT", f"/v1/pos/redemptions/{reference()}", {"credential": held.credential}, token=of(everyone.local)
        )

    assert_problem(reply, status, code)


def read_apart(till_token: str) -> tuple[str, list[str]]:
    """What anybody can read off a till's token: its prefix, and what stands in base 64 behind it."""
    prefix, body = till_token[:4], till_token[4:]
    return prefix, base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode().split("/")


def test_one_tills_secret_under_anothers_name_is_refused(everyone: Outsiders, held: Held) -> None:
    (prefix, own), (_, other) = (read_apart(terminal["token"]) for terminal in everyone.local["terminals"])
    mixed = prefix + base64.urlsafe_b64encode("/".join([*own[:-1], other[-1]]).encode()).decode().rstrip("=")

    with unmoved(everyone, held):
        reply = everyone.call("PUT", f"/v1/pos/redemptions/{reference()}", {"credential": held.credential}, token=mixed)

    assert own[0] != other[0]
    assert_problem(reply, 401, "unauthorized")


@pytest.mark.parametrize("path", ["/v1/shops/demo-shopify", "/v1/vouchers/any", "/v1/customers/any"])
def test_a_till_may_not_administer(everyone: Outsiders, path: str) -> None:
    reply = everyone.call("GET", path, token=everyone.local["terminals"][0]["token"])

    assert_problem(reply, 403, "forbidden")


def test_the_same_reference_with_another_amount_is_refused_and_takes_nothing(
    everyone: Outsiders, voucher: Held
) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("100"))

    with unmoved(everyone, voucher):
        reply = everyone.redeem(ref, voucher.credential, money=money("101"))

    assert_problem(reply, 409, "reference_reused")


def test_the_same_reference_at_another_store_is_another_operation(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()

    replies = [everyone.redeem(ref, voucher.credential, at=at, money=money("100")) for at in (0, 1)]

    assert [reply.json["available"]["money"]["amount"] for reply in replies] == ["400", "300"]


def test_a_refused_reference_may_be_tried_again(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("501"))

    assert everyone.redeem(ref, voucher.credential, money=money("500")).status == 201


def test_a_void_that_comes_first_stops_its_original_for_ever(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()

    first = everyone.void(ref)
    with unmoved(everyone, voucher):
        late = [everyone.redeem(ref, voucher.credential, money=money("100")) for _ in range(2)]

    assert first.json == {"reference": ref, "state": "voided", "effect": "none"}
    for reply in late:
        assert_problem(reply, 409, "voided")


def test_a_reference_can_be_asked_about(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    redeemed = everyone.redeem(ref, voucher.credential, money=money("100"))

    assert everyone.till("GET", f"redemptions/{ref}").json == redeemed.json
    assert_problem(everyone.till("GET", f"redemptions/{reference()}"), 404, "not_found")


def test_what_the_ledger_says_adds_up_to_the_balance(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    everyone.redeem(reference(), voucher.credential, money=money("120"))
    everyone.redeem(ref, voucher.credential, money=money("80"))
    everyone.void(ref)

    changes = [int(row["change"]["money"]["amount"]) for row in everyone.ledger(voucher.voucher_id)]

    assert changes == [500, -120, -80, 80]
    assert everyone.left(voucher.voucher_id) == str(sum(changes))
