"""Thirty kinds of bad input, each by its number and under its own name: refused by a stable code, and nothing moves."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.adapters.signing import Signer
from functions.domain import credential as layout
from functions.domain import rotation
from functions.domain.credential import Credential
from tests.support import shopify
from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import OWN_SHOP, SHOP, XINYI, Held, Retailer, money, product_body, sale, text
from tests.support.site import Site

PART: dict[str, Any] = {"money": money("200")}


@pytest.fixture
def cash(retailer: Retailer) -> Held:
    return retailer.sold["CASH-500"]


@contextmanager
def nothing_moves(retailer: Retailer) -> Iterator[None]:
    """No row of any table is another afterwards, but for what a terminal's guard counts."""

    def rows() -> dict[str, list[Any]]:
        return {
            name: [row for row in table if row["sk"]["S"] != "GUARD"] for name, table in retailer.world.rows().items()
        }

    before = rows()
    yield
    assert rows() == before


def roads_of_a_part(retailer: Retailer, held: Held, amount: object) -> list[Reply]:
    """Every road on which a part of a voucher is asked for."""
    retailer.redeem("r-0", held.qr, money=money("100"))
    retailer.hold("h-0", held.qr, money=money("100"))
    with nothing_moves(retailer):
        return [
            retailer.redeem("r-1", held.qr, money=amount),
            retailer.hold("h-1", held.qr, money=amount),
            retailer.capture("h-0", money=amount),
            retailer.refund("f-1", "r-0", money=amount),
        ]


def roads_of_money(retailer: Retailer, held: Held, amount: object) -> list[Reply]:
    """Every road on which an amount comes in."""
    parts = roads_of_a_part(retailer, held, amount)
    with nothing_moves(retailer):
        return [
            *parts,
            retailer.redeem("r-1", held.qr, basket={"total": amount}),
            retailer.till("POST", "compare", {"credentials": [held.qr], "basket": {"total": amount}}),
            retailer.api.call("PUT", "/v1/products/new", product_body("NEW", value=amount)),
        ]


def assert_invalid(*answers: Reply) -> None:
    for answer in answers:
        assert (answer.status, answer.code) == (422, "invalid"), answer.json
        assert answer.json["errors"] or answer.json["detail"]


@pytest.mark.parametrize("amount", ["-1", "-0", "+1"])
def test_bad_input_01_no_amount_below_nothing(retailer: Retailer, cash: Held, amount: str) -> None:
    assert_invalid(*roads_of_money(retailer, cash, money(amount)))


def test_bad_input_01_nothing_is_no_amount(retailer: Retailer, cash: Held) -> None:
    assert_invalid(*roads_of_a_part(retailer, cash, money("0")))


@pytest.mark.parametrize("amount", ["0.30000000000000004", "1e-7", "10.005", "1.0", "1,000", "１００", "0x10", ""])
def test_bad_input_02_more_decimals_than_there_are(retailer: Retailer, cash: Held, amount: str) -> None:
    assert_invalid(*roads_of_money(retailer, cash, money(amount)))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "9" * 39, "1" + "0" * 13])
def test_bad_input_03_no_number(retailer: Retailer, cash: Held, amount: str) -> None:
    assert_invalid(*roads_of_money(retailer, cash, money(amount)))


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity"])
def test_bad_input_03_no_json(retailer: Retailer, cash: Held, raw: str) -> None:
    body = f'{{"credential": "{cash.qr}", "money": {{"amount": {raw}, "currency": "TWD"}}}}'.encode()

    assert_problem(retailer.till("PUT", "redemptions/r-1", body), 400, "malformed")


@pytest.mark.parametrize("amount", [100, 100.0, True, [100], None, {"minor": 100}])
def test_bad_input_04_an_amount_that_is_no_text(retailer: Retailer, cash: Held, amount: object) -> None:
    assert_invalid(*roads_of_money(retailer, cash, {"amount": amount, "currency": "TWD"}))


@pytest.mark.parametrize("currency", ["twd", "TWD ", "", "XXX", "新臺幣"])
def test_bad_input_05_a_currency_that_is_none(retailer: Retailer, cash: Held, currency: str) -> None:
    assert_invalid(*roads_of_money(retailer, cash, money("1", currency)))


def test_bad_input_05_another_currency_than_the_voucher_s(retailer: Retailer, cash: Held) -> None:
    answers = roads_of_a_part(retailer, cash, money("1", "JPY"))

    assert {answer.code for answer in answers} == {"currency_mismatch"}


def test_bad_input_06_a_key_that_stands_twice(retailer: Retailer, cash: Held) -> None:
    body = f'{{"credential": "{cash.qr}", "money": {{"amount": "1", "amount": "500", "currency": "TWD"}}}}'.encode()

    with nothing_moves(retailer):
        assert_problem(retailer.till("PUT", "redemptions/r-1", body), 400, "malformed")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" " * (10 * 1024 * 1024 + 1), 413, "too_large"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400, "malformed"),
        (b"[" * 5_000 + b"]" * 5_000, 400, "malformed"),
        (gzip.compress(b"0" * 1_000_000), 400, "malformed"),
    ],
    ids=["ten megabytes", "5,000 objects deep", "5,000 lists deep", "a gzip bomb"],
)
def test_bad_input_07_too_much(retailer: Retailer, body: bytes, status: int, code: str) -> None:
    with nothing_moves(retailer):
        for path in ("redemptions/r-1", "holds/h-1", "refunds/f-1"):
            assert_problem(retailer.till("PUT", path, body), status, code)
        assert_problem(retailer.till("POST", "offline-batches", body), status, code)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_bad_input_08_what_counts_is_what_the_body_says(retailer: Retailer, cash: Held, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    token = retailer.tills["pos-1"]

    form = retailer.api.call("PUT", "/v1/pos/redemptions/r-1", b"credential=x", token=token, headers=headers)
    good = retailer.api.call("POST", "/v1/pos/lookup", {"credential": cash.qr}, token=token, headers=headers)

    assert (form.status, form.code, good.status) == (400, "malformed", 200)


def test_bad_input_09_letters_in_another_dress(retailer: Retailer, cash: Held) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in cash.code)

    for same in (cash.code.lower(), wide, "-".join(cash.code), f" {cash.code} "):
        assert retailer.look_up(same).json["voucher_id"] == cash.voucher_id
    for other in ("\u0410" + cash.code[1:], cash.code[:8] + "\u200d" + cash.code[8:], cash.code + "\u0301"):
        assert_problem(retailer.look_up(other), 404, "unknown")


def test_bad_input_10_a_mistyped_code_is_seen_without_asking_and_counts_for_nobody(
    retailer: Retailer, cash: Held
) -> None:
    swapped = cash.code[1] + cash.code[0] + cash.code[2:] if cash.code[0] != cash.code[1] else cash.code[:-1] + "2"
    check = cash.code[:-1] + ("2" if cash.code[-1] != "2" else "3")
    for typed in (swapped, check, "O" + cash.code[1:], "0" + cash.code[1:], "I" + cash.code[1:], "1" + cash.code[1:]):
        retailer.world.calls.clear()
        assert retailer.look_up(typed).code == "unknown"
        assert retailer.world.calls == ["BatchGetItem"]
    assert retailer.look_up(cash.code).status == 200


@pytest.mark.parametrize("sign", ["#", "|", "/", "\\"])
def test_bad_input_11_a_separator_of_keys(retailer: Retailer, cash: Held, sign: str) -> None:
    with nothing_moves(retailer):
        assert retailer.look_up(f"{XINYI}{sign}{cash.code}").code == "unknown"
        assert_invalid(retailer.hold("h-1", cash.qr, order=f"a{sign}b"), retailer.refund("f-1", f"r{sign}1"))


@pytest.mark.parametrize("name", ["..%2f..", "a%00b", "a%2fb", "a%23b", "%F0%9F%8D%8E", "a%20b", "a" * 65])
def test_bad_input_12_a_name_that_leads_elsewhere(retailer: Retailer, cash: Held, name: str) -> None:
    with nothing_moves(retailer):
        answers = [
            retailer.till("PUT", f"redemptions/{name}", {"credential": cash.qr}),
            retailer.till("POST", f"redemptions/{name}/void"),
            retailer.till("PUT", f"holds/{name}", {"credential": cash.qr}),
            retailer.till("PUT", f"refunds/{name}", {"redemption": "r-1"}),
            retailer.api.call("GET", f"/v1/vouchers/{name}"),
            retailer.api.call("GET", f"/v1/exceptions/{name}"),
            retailer.api.call("PUT", f"/v1/stores/{name}", {"name": text("x")}),
        ]
    assert_invalid(*answers)


def test_bad_input_13_a_qr_that_is_not_ours(retailer: Retailer, cash: Held, foreign_qr: str) -> None:
    of = Credential(cash.voucher_id, 1)
    ring = {"current": 9, "keys": {"9": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}
    unknown_key = Signer(lambda: ring).token(of)
    unsigned = layout.assemble(layout.claim(1, of), bytes(64))

    for qr in (
        foreign_qr,
        unknown_key,
        unsigned,
        cash.qr[:-8],
        cash.qr + "AAAAAAAA",
        "HC1:" + cash.qr,
        "B" + cash.qr[1:],
    ):
        with nothing_moves(retailer):
            assert_problem(retailer.redeem("r-1", qr), 404, "unknown")


@pytest.mark.parametrize(("seconds", "status"), [(0, 201), (-29, 201), (-30, 409), (-31, 409), (3, 409), (30, 409)])
def test_bad_input_14_a_rotating_qr_of_another_moment(retailer: Retailer, seconds: int, status: int) -> None:
    retailer.api.call("PUT", "/v1/products/live", product_body("LIVE", rotating=True))
    (held,) = retailer.sell("LIVE", order_id="live")
    moment = rotation.moment_of(retailer.world.clock.now) + seconds
    code = retailer.world.wiring.codebook.rotation_code(Credential(held.voucher_id, 1), moment)
    shown = rotation.text(held.qr, moment, code)

    assert retailer.redeem("r-1", shown, **PART).status == status
    assert retailer.redeem("r-2", shown, **PART).code == "stale_credential"


@pytest.mark.parametrize("cursor", ["-1", "abc", "1.5", "%00", "9" * 40, "a%23b"])
def test_bad_input_15_a_forged_cursor(retailer: Retailer, cash: Held, cursor: str) -> None:
    assert_invalid(
        retailer.api.call("GET", f"/v1/vouchers/{cash.voucher_id}/ledger?cursor={cursor}"),
        retailer.till("GET", f"offline-list?cursor={cursor}"),
        retailer.till("GET", f"settlements/2026-11-22?cursor={cursor}"),
    )


@pytest.mark.parametrize("key", ["", '""', "k" * 256, "鍵", "a b", "a, b", "🗝"])
def test_bad_input_16_an_idempotency_key_that_is_none(retailer: Retailer, cash: Held, key: str) -> None:
    headers = {"Idempotency-Key": key}
    path = f"/v1/vouchers/{cash.voucher_id}"

    with nothing_moves(retailer):
        assert_invalid(
            retailer.api.call("POST", f"{path}/suspend", {}, headers=headers),
            retailer.api.call("POST", f"{path}/transfer", {"customer_id": "x"}, headers=headers),
        )


def test_bad_input_17_one_name_from_two_devices(retailer: Retailer, cash: Held) -> None:
    first = retailer.redeem("r-1", cash.qr, **PART)

    assert retailer.redeem("r-1", cash.qr, **PART, at="pos-2").json == first.json
    elsewhere = retailer.redeem("r-1", cash.qr, **PART, at="pos-9")
    assert (elsewhere.is_replayed, elsewhere.json["available"]["money"]) == (False, money("100"))


def test_bad_input_18_a_webhook_written_anew_under_its_old_signature(retailer: Retailer) -> None:
    body = shopify.raw(shopify.order())
    headers = shopify.headers(body)
    with nothing_moves(retailer):
        for anew in (
            json.dumps(json.loads(body), sort_keys=True),
            json.dumps(json.loads(body), indent=1),
            f"{body.decode()}\n",
        ):
            answer = retailer.api.call("POST", f"/webhooks/{SHOP}", anew.encode(), token=None, headers=headers)
            assert_problem(answer, 401, "bad_signature")


def test_bad_input_19_a_signature_in_another_dress(retailer: Retailer) -> None:
    body = shopify.raw(shopify.order())
    good = shopify.signature(body)
    with nothing_moves(retailer):
        for worn in (good.lower(), good.rstrip("="), f"{good},{good}", good.encode().hex(), f"sha256={good}", good * 2):
            headers = shopify.headers(body) | {"X-Shopify-Hmac-Sha256": worn}
            answer = retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=headers)
            assert_problem(answer, 401, "bad_signature")


@pytest.mark.parametrize(
    "moment", ["-1", "noon", 1_795_000_000_000, "2026-11-22T12:00:00", "2026-11-22", None, "1795000000"]
)
def test_bad_input_20_a_time_that_is_none(retailer: Retailer, cash: Held, moment: object) -> None:
    """No platform that is connected sends a timestamp beside its signature; a till that was offline sends one."""
    with nothing_moves(retailer):
        (outcome,) = retailer.offline(sale(cash.qr, occurred_at=moment)).json["outcomes"]

    assert (outcome["outcome"], outcome["code"]) == ("refused", "invalid")


def test_bad_input_21_reports_that_come_out_of_order(retailer: Retailer) -> None:
    refund = [{"refund_id": "f", "lines": [{"line_id": "1", "quantity": 1}]}]
    retailer.order("77", ("CASH-500", 1), status="pending", payment=None, refunds=refund)
    for _ in range(2):
        retailer.order("77", ("CASH-500", 1), refunds=refund)
        retailer.settle("77")
    assert retailer.vouchers_of("77") == []

    (used,) = retailer.sell("CASH-500", order_id="78")
    retailer.redeem("r-1", used.qr, **PART)
    retailer.order("78", ("CASH-500", 0), updated_at="2026-11-22T13:00:00+08:00")
    retailer.settle("78")
    assert retailer.voucher(used.voucher_id)["state"] == "revoked"
    assert [case["kind"] for case in retailer.exceptions()] == ["used_before_revocation"]


@pytest.mark.parametrize("encode", ["utf-8-sig", "utf-16", "utf-32"])
def test_bad_input_22_text_in_another_encoding(retailer: Retailer, cash: Held, encode: str) -> None:
    body = json.dumps({"credential": cash.qr}).encode(encode)

    with nothing_moves(retailer):
        assert_problem(retailer.till("PUT", "redemptions/r-1", body), 400, "malformed")
        assert_problem(retailer.till("PUT", "redemptions/r-1", b'{"credential": "\xff\xfe"}'), 400, "malformed")


def test_bad_input_23_more_units_than_a_transaction_holds(retailer: Retailer) -> None:
    assert len(retailer.sell("CASH-500", 60, order_id="many")) == 60
    with nothing_moves(retailer):
        assert_invalid(retailer.order("more", ("CASH-500", 10_001)))
        assert_invalid(
            retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 10_001}])
        )


def test_bad_input_24_what_is_too_long_for_a_row(retailer: Retailer, cash: Held) -> None:
    with nothing_moves(retailer):
        assert_invalid(
            retailer.act("suspend", cash.voucher_id, reason="x" * 501),
            retailer.redeem("r-1", cash.qr, receipt="x" * 129),
            retailer.api.call("PUT", "/v1/products/new", product_body("S" * 256)),
            retailer.api.call("PUT", "/v1/products/new", product_body("NEW", terms=text("x" * 4001))),
            retailer.api.call("PUT", "/v1/stores/new", {"name": text("x" * 500_00)}),
        )


def test_bad_input_25_a_name_of_nothing(retailer: Retailer, cash: Held) -> None:
    with nothing_moves(retailer):
        assert_invalid(
            retailer.refund("f-1", ""),
            retailer.hold("h-1", cash.qr, order=""),
            retailer.redeem("r-1", cash.qr, items=[{"sku": "", "quantity": 1}]),
            retailer.redeem("r-1", cash.qr, hold=""),
            retailer.transfer(cash.voucher_id, ""),
            retailer.api.call("PUT", "/v1/terminals/pos-7", {"store_id": ""}),
        )


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a\r\nBcc: b", "\u202eevil"])
def test_bad_input_26_a_name_that_is_a_trap(retailer: Retailer, name: str) -> None:
    from app import app  # noqa: PLC0415 - the pages' function, for one look

    retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text(name, name)})
    retailer.api.call("PUT", "/v1/products/trap", product_body("TRAP", name=text(name, name)))
    (held,) = retailer.sell("TRAP", order_id="trap")
    retailer.redeem("r-1", held.qr, **PART)

    page = Site(app, "pages").get(f"/v/{held.qr}").body.decode()
    sheet = retailer.till("GET", "settlements/2026-11-22?format=csv").text

    assert "<script>alert" not in page
    assert not any(
        cell.strip('"').startswith(("=", "+", "@")) for line in sheet.splitlines() for cell in line.split(",")
    )


@pytest.mark.parametrize(
    ("phone", "kept"),
    [("+886922000111", "+886922000111"), ("0922000111", "+886922000111"), ("０９２２０００１１１", "+886922000111"),
     ("9" * 40, None), ("12", None), ("phone", None)],
)  # fmt: skip
def test_bad_input_27_a_phone_number_as_people_write_it(retailer: Retailer, phone: str, kept: str | None) -> None:
    answer = retailer.api.call("PUT", "/v1/customers/hao", {"phone": phone})

    assert (answer.status, answer.json.get("phone")) == ((200, kept) if kept else (422, None))


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-23", "2016-11-22", "2036-11-22"])
def test_bad_input_28_a_device_s_clock_that_is_wrong(retailer: Retailer, cash: Held, day: str) -> None:
    (outcome,) = retailer.offline(sale(cash.qr, **PART, occurred_at=f"{day}T11:59:00+08:00")).json["outcomes"]

    assert (outcome["outcome"], outcome["code"]) == ("conflict", "offline_limit")
    assert retailer.voucher(cash.voucher_id)["version"] == 1
    assert len(retailer.exceptions()) == 1


def test_bad_input_28_a_batch_with_one_operation_twice_and_out_of_order(retailer: Retailer, cash: Held) -> None:
    later, earlier = sale(cash.qr, **PART), sale(cash.qr, "r-2", **PART, occurred_at="2026-11-22T11:00:00+08:00")

    ends = [each["outcome"] for each in retailer.offline(later, earlier, later).json["outcomes"]]

    # The voucher was bought at noon: an hour before, nobody can have used it.
    assert ends == ["applied", "conflict", "replayed"]


def test_bad_input_29_a_hold_taken_in_every_wrong_way(retailer: Retailer, cash: Held) -> None:
    retailer.hold("h-1", cash.qr, **PART)
    assert retailer.capture("h-1", at="pos-2").code == "held"
    retailer.capture("h-1", money=money("50"))
    assert retailer.capture("h-1", money=money("50")).is_replayed
    assert retailer.capture("h-1", money=money("60")).code == "reference_reused"
    assert retailer.void("h-1").json["effect"] == "restored"
    assert retailer.capture("h-1", money=money("50")).code == "voided"
    retailer.hold("h-2", cash.qr, **PART)
    retailer.void("h-2")
    assert retailer.capture("h-2").code == "voided"
    assert retailer.look_up(cash.qr).json["available"]["money"] == money("500")


@pytest.mark.parametrize("address", ["http://169.254.169.254/", "http://localhost/", "file:///etc/passwd"])
def test_bad_input_30_an_address_to_call_back(retailer: Retailer, cash: Held, address: str) -> None:
    """Nothing that anybody sends is ever fetched: a field that could hold an address is refused as unknown."""
    with nothing_moves(retailer):
        for field in ("callback_url", "store_url", "webhook"):
            assert_invalid(
                retailer.redeem("r-1", cash.qr, **{field: address}),
                retailer.api.call("PUT", "/v1/stores/new", {"name": text("x"), field: address}),
                retailer.api.call("PUT", f"/v1/orders/{OWN_SHOP}/1", {"status": "paid", "lines": [], field: address}),
            )
        assert retailer.look_up(address).code == "unknown"


def test_every_bad_input_has_a_test() -> None:
    named = {name[len("test_bad_input_") :][:2] for name in globals() if name.startswith("test_bad_input_")}

    assert named == {f"{number:02}" for number in range(1, 31)}
