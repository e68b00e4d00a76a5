"""From an exception to an answer: the table is complete, and codes mean what the contract says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters.errors import ConflictError, ThrottledError, UnavailableError
from functions.domain import refusals
from functions.domain.errors import DomainError, InvalidValueError
from functions.domain.money import Money
from functions.domain.text import Text
from functions.domain.voucher import State, StateConflictError
from functions.domain.worth import ItemLine, Worth
from functions.runtime.problems import RequestError, answer_to, every_code, internal

MOMENT = datetime(2026, 11, 22, 4, tzinfo=UTC)
LEFT = Worth(items=(ItemLine("tea", Text("茶", "Tea"), 2),))
SPOKEN: list[tuple[Exception, int, str]] = [
    (refusals.UnknownVoucher(), 404, "unknown"),
    (refusals.NotYetValid(MOMENT), 409, "not_yet_valid"),
    (refusals.Expired(MOMENT), 409, "expired"),
    (refusals.NotActiveNow(), 409, "not_active_now"),
    (refusals.Suspended(), 409, "suspended"),
    (refusals.Revoked("by_shop"), 409, "revoked"),
    (refusals.StaleCredential(), 409, "stale_credential"),
    (refusals.RotatedCredential(), 409, "stale_credential"),
    (refusals.Replaced(), 409, "replaced"),
    (refusals.Held(MOMENT, LEFT), 409, "held"),
    (refusals.HoldExpired(MOMENT), 409, "expired"),
    (refusals.HoldTooSmall(LEFT), 409, "insufficient"),
    (refusals.AlreadyCaptured(), 409, "reference_reused"),
    (refusals.Refunded(), 409, "refunded"),
    (refusals.RefundTooLarge(LEFT), 409, "insufficient"),
    (refusals.OfflineLimit(), 409, "offline_limit"),
    (refusals.OfflineForbidden(), 409, "offline_limit"),
    (refusals.OfflineClock(), 409, "offline_limit"),
    (refusals.Exhausted(), 409, "exhausted"),
    (refusals.Insufficient(LEFT), 409, "insufficient"),
    (refusals.WrongStore(("xinyi-1",)), 409, "wrong_store"),
    (refusals.WrongProduct(LEFT), 409, "wrong_product"),
    (refusals.WrongGoods(("tea",), ()), 409, "wrong_product"),
    (refusals.LinesNeeded(("tea",), ()), 409, "wrong_product"),
    (refusals.MinimumSpend(Money(300, "TWD"), None), 409, "minimum_spend"),
    (refusals.CustomerLimit(1, "day", MOMENT), 409, "customer_limit"),
    (refusals.CurrencyMismatch("TWD"), 422, "currency_mismatch"),
    (refusals.Voided(MOMENT), 409, "voided"),
    (refusals.ReferenceReused(), 409, "reference_reused"),
    (refusals.InProgress(), 409, "in_progress"),
    (refusals.Throttled(), 429, "throttled"),
    (refusals.CodesLocked(MOMENT, 900), 429, "throttled"),
    (InvalidValueError("amount", "must be positive"), 422, "invalid"),
    (StateConflictError(State.REVOKED, "resumed"), 409, "state_conflict"),
    (ConflictError("x"), 409, "in_progress"),
    (ThrottledError("x"), 429, "throttled"),
    (UnavailableError("x"), 503, "unavailable"),
]
STATUSES = {
    "malformed": 400, "invalid": 422, "too_large": 413, "bad_signature": 401, "unauthorized": 401, "forbidden": 403,
    "not_found": 404, "reference_reused": 409,
}  # fmt: skip


def leaves(kind: type[Any]) -> set[type[Any]]:
    """The classes below, that have none below themselves."""
    below = kind.__subclasses__()
    return {leaf for child in below for leaf in leaves(child)} if below else {kind}


@pytest.mark.parametrize(("error", "status", "code"), SPOKEN, ids=[type(error).__name__ for error, *_ in SPOKEN])
def test_an_error_has_its_status_code_and_both_languages(error: Exception, status: int, code: str) -> None:
    answer = answer_to(error, "request-1")

    assert answer is not None
    assert (answer.status, answer.body["status"], answer.body["code"]) == (status, status, code)
    assert answer.body["request_id"] == "request-1"
    assert all(answer.body["message"][language] for language in ("zh-Hant", "en"))


def test_every_error_of_the_domain_is_answered_above() -> None:
    """A new refusal cannot reach a till as a 500 by oversight."""
    assert leaves(DomainError) <= {type(error) for error, *_ in SPOKEN}


@pytest.mark.parametrize("kind", sorted(leaves(RequestError), key=str))
def test_an_error_of_a_request_is_answered_as_the_contract_says(kind: type[RequestError]) -> None:
    answer = answer_to(kind("what it was"), "request-1")

    assert answer is not None
    assert (answer.status, answer.body["detail"]) == (STATUSES[kind.code], "what it was")


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x"), ValueError("x")])
def test_what_nobody_foresaw_is_nobodys_answer(error: Exception) -> None:
    assert answer_to(error, "request-1") is None


def test_a_fault_of_ours_names_the_request_and_nothing_else() -> None:
    answer = internal("request-1")

    assert (answer.status, answer.body["code"], answer.body["request_id"]) == (500, "internal", "request-1")


def test_only_what_passes_by_itself_is_retryable() -> None:
    retryable = {code for error, _, code in SPOKEN if (found := answer_to(error, "x")) and found.body["retryable"]}

    assert retryable == {"held", "customer_limit", "not_active_now", "in_progress", "throttled", "unavailable"}


@pytest.mark.parametrize(("error", "seconds"), [(ThrottledError("x"), "1"), (UnavailableError("x"), "2")])
def test_what_passes_by_itself_says_when_to_come_again(error: Exception, seconds: str) -> None:
    answer = answer_to(error, "x")

    assert answer is not None
    assert answer.headers["Retry-After"] == seconds


def test_facts_are_written_as_the_wire_writes_them() -> None:
    answer = answer_to(refusals.Insufficient(LEFT), "x")

    assert answer is not None
    assert answer.body["available"]["items"] == [{"sku": "tea", "name": {"zh-Hant": "茶", "en": "Tea"}, "quantity": 2}]


def test_the_catalogue_of_codes_is_the_contracts() -> None:
    assert every_code() == {code for _, _, code in SPOKEN} | set(STATUSES) | {"internal"}
