"""Whoever reads the tables, without the secrets, redeems nothing."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from functions.adapters.codebook import Codebook
from functions.domain import codes
from functions.domain.credential import Credential
from tests.support.retail import Held, Retailer
from tests.support.world import TABLES


def dump(retailer: Retailer, *tables: str) -> str:
    """All that lies in the tables, as text."""
    return json.dumps([retailer.world.items(table) for table in tables or TABLES], ensure_ascii=False)


def strings(value: Any) -> Iterator[str]:
    """Every piece of text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))


def issued(retailer: Retailer) -> list[Held]:
    return retailer.sell("CASH-500", 3)


def test_no_qr_lies_in_the_tables(retailer: Retailer) -> None:
    held = issued(retailer)

    stored = dump(retailer).upper()

    assert not [each for each in held if each.qr in stored or each.qr[-40:] in stored]


def test_no_code_lies_in_the_tables(retailer: Retailer) -> None:
    held = issued(retailer)

    stored = dump(retailer).upper()

    assert not [each for each in held if each.code in stored or codes.grouped(each.code) in stored]


def test_no_group_of_a_code_lies_beside_the_vouchers(retailer: Retailer) -> None:
    held = issued(retailer)

    stored = dump(retailer, "vouchers", "sends")

    assert not [group for each in held for group in codes.grouped(each.code).split("-") if group in stored]


def test_the_search_finds_what_it_looks_for(retailer: Retailer) -> None:
    (held, *_) = issued(retailer)

    stored = dump(retailer)

    assert held.voucher_id in stored
    assert retailer.world.wiring.codebook.digest(held.code) in stored


def test_no_queue_message_holds_a_qr_or_code(retailer: Retailer) -> None:
    (held, *_) = issued(retailer)

    queued = json.dumps([retailer.world.queued(name) for name in ("orders", "line", "email", "sms")])

    assert held.voucher_id not in queued
    assert held.qr not in queued
    assert held.code not in queued


def test_nothing_that_is_stored_is_the_secret_the_codes_hang_on(retailer: Retailer) -> None:
    (held, *_) = issued(retailer)
    of = Credential(held.voucher_id, 1)

    stored = set(strings([retailer.world.items(table) for table in TABLES]))

    def code_under(secret: str) -> str:
        return Codebook(lambda: secret).code(of)

    assert code_under("codes" * 8) == held.code
    assert not [text for text in stored if code_under(text) == held.code]


def test_what_a_code_is_found_under_is_no_plain_hash_of_it(retailer: Retailer) -> None:
    (held, *_) = issued(retailer)
    code, voucher_id = held.code.encode(), held.voucher_id.encode()

    stored = dump(retailer)

    plain = [
        hashlib.sha256(code).hexdigest(),
        hashlib.sha256(b"lookup" + code).hexdigest(),
        hmac.digest(b"lookup", code, hashlib.sha256).hex(),
        hmac.digest(voucher_id, code, hashlib.sha256).hex(),
    ]
    assert not [digest for digest in plain if digest in stored]


def test_another_secret_makes_other_codes_and_other_digests(retailer: Retailer) -> None:
    (held, *_) = issued(retailer)
    foreign = Codebook(lambda: "another secret")

    assert foreign.code(Credential(held.voucher_id, 1)) != held.code
    assert foreign.digest(held.code) not in dump(retailer)


def test_no_key_spells_an_address(retailer: Retailer) -> None:
    issued(retailer)

    keys = json.dumps([[item["pk"], item["sk"]] for table in TABLES for item in retailer.world.items(table)])

    assert not [part for part in ("mei@example.com", "+886912345678", "U" + "a1" * 16, "7001") if part in keys]
