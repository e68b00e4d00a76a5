import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from functions.adapters.errors import ConflictError, OutsideError, ThrottledError, UnavailableError
from functions.contracts.problems import FieldError, RefusalWire
from functions.domain import refusals
from functions.domain.errors import DomainError, InvalidValueError
from functions.domain.refusals import Refusal
from functions.domain.text import Text
from functions.domain.voucher import State, StateConflictError
from functions.runtime import problems
from functions.runtime.problems import IdempotencyError, InvalidError, ProblemAnswer, RequestError, UnauthorizedError
from tests.domain.samples import NOW, lines
from tests.domain.test_refusals import KINDS, MADE

NOT_409 = {"unknown": 404, "currency_mismatch": 422, "throttled": 429}
TROUBLE: list[tuple[Exception, int, str]] = [
    (ConflictError("busy"), 409, "in_progress"),
    (ThrottledError("slow"), 429, "throttled"),
    (UnavailableError("gone"), 503, "unavailable"),
    (StateConflictError(State.REVOKED, "resumed"), 409, "state_conflict"),
]
CHINESE = re.compile("[\u4e00-\u9fff]")


def made(kind: type[Refusal]) -> Refusal:
    return kind(**MADE.get(kind, {}))


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("functions."):
            yield child
            yield from below(child)


REQUEST_ERRORS = sorted(set(below(RequestError)), key=lambda kind: kind.__name__)


def answered(error: Exception) -> ProblemAnswer:
    answer = problems.answer_to(error, "req-1")
    assert answer is not None
    return answer


class TestRefusals:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_refusal_is_answered_with_its_code_its_status_and_its_sentence(self, kind: type[Refusal]) -> None:
        answer = answered(made(kind))

        assert answer.status == answer.body["status"] == NOT_409.get(kind.code, 409)
        assert answer.body["code"] == kind.code
        assert answer.body["type"] == f"urn:storebound:problem:{kind.code}"
        assert answer.body["request_id"] == "req-1"
        assert CHINESE.search(answer.body["message"]["zh-Hant"])
        assert answer.body["retryable"] == kind.retryable

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_refusal_is_answered_in_json_with_all_its_facts(self, kind: type[Refusal]) -> None:
        refusal = made(kind)

        body = json.loads(json.dumps(answered(refusal).body))

        assert {name for name, fact in refusal.facts.items() if fact is not None} <= body.keys()

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_lookup_tells_the_same_facts_as_the_refusal_would(self, kind: type[Refusal]) -> None:
        told = json.loads(RefusalWire.of(made(kind)).model_dump_json(by_alias=True))
        body = json.loads(json.dumps(answered(made(kind)).body))

        envelope = {"type", "title", "status", "detail", "request_id"}
        facts = {name: value for name, value in body.items() if name not in envelope}
        assert facts == {name: value for name, value in told.items() if value is not None}

    def test_what_is_left_is_told_with_its_names_in_both_languages(self) -> None:
        body = answered(refusals.Insufficient(lines(tea=1))).body

        assert body["available"]["items"][0]["name"] == {"zh-Hant": "花草茶", "en": "Herbal tea"}

    def test_a_throttled_till_is_told_when_to_come_back(self) -> None:
        assert answered(refusals.Throttled()).headers == {"Retry-After": "1"}
        assert answered(refusals.CodesLocked(NOW, 900)).headers == {"Retry-After": "900"}


class TestRequestErrors:
    @pytest.mark.parametrize("kind", REQUEST_ERRORS)
    def test_every_error_of_a_request_has_a_status_a_code_and_both_languages(self, kind: type[RequestError]) -> None:
        answer = answered(kind("what an engineer reads"))

        assert 400 <= answer.status < 500
        assert (answer.body["code"], answer.body["detail"]) == (kind.code, "what an engineer reads")
        assert CHINESE.search(answer.body["message"]["zh-Hant"])
        assert re.fullmatch(r"[ -~]+\.", answer.body["message"]["en"])

    def test_no_two_errors_share_a_code_but_a_reused_name(self) -> None:
        codes = [kind.code for kind in REQUEST_ERRORS if kind is not IdempotencyError]

        assert len({*codes, *(kind.code for kind in KINDS)}) == len(codes) + len({kind.code for kind in KINDS})

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("malformed", 400),
            ("unauthorized", 401),
            ("bad_signature", 401),
            ("forbidden", 403),
            ("not_found", 404),
            ("reference_reused", 409),
            ("too_large", 413),
            ("invalid", 422),
        ],
    )
    def test_the_status_of_an_error_is_the_one_of_the_contract(self, code: str, status: int) -> None:
        assert [int(kind.status) for kind in REQUEST_ERRORS if kind.code == code] == [status]

    def test_whoever_has_no_token_is_told_to_bring_one(self) -> None:
        assert answered(UnauthorizedError("no token")).headers == {"WWW-Authenticate": "Bearer"}

    def test_a_body_that_is_wrong_says_where(self) -> None:
        answer = answered(InvalidError("wrong", [FieldError(path="money.amount", message="no")]))

        assert answer.body["errors"] == [{"path": "money.amount", "message": "no"}]

    def test_a_value_that_no_rule_accepts_says_which(self) -> None:
        answer = answered(InvalidValueError("amount", "too many decimals"))

        assert (answer.status, answer.body["code"]) == (422, "invalid")
        assert answer.body["errors"] == [{"path": "amount", "message": "too many decimals"}]


class TestOtherErrors:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        TROUBLE,
    )
    def test_trouble_outside_has_its_answer(self, error: Exception, status: int, code: str) -> None:
        answer = answered(error)

        assert (answer.status, answer.body["code"]) == (status, code)

    @pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), RuntimeError("x")])
    def test_a_fault_of_ours_is_foreseen_by_nobody(self, error: Exception) -> None:
        assert problems.answer_to(error, "req-1") is None

    def test_a_fault_of_ours_tells_nothing_of_itself(self) -> None:
        answer = problems.internal("req-1")

        assert (answer.status, answer.body["code"], answer.body["detail"]) == (500, "internal", "unexpected error")

    def test_no_error_of_ours_can_reach_a_caller_as_a_fault_by_oversight(self) -> None:
        leaves = {kind for kind in (*below(DomainError), *below(OutsideError)) if not kind.__subclasses__()}

        assert leaves == {*KINDS, *(type(error) for error, _, _ in TROUBLE), InvalidValueError}

    def test_the_catalogue_of_codes_has_every_code(self) -> None:
        codes = {kind.code for kind in (*REQUEST_ERRORS, *KINDS)} | {"state_conflict", "unavailable", "internal"}

        assert problems.every_code() == codes


def test_every_sentence_is_a_text_of_both_languages() -> None:
    sentences = [value for value in vars(problems).values() if isinstance(value, Text)]

    assert len(sentences) >= 3
    assert all(CHINESE.search(text.zh_hant) and text.en.isascii() for text in sentences)


def test_a_title_is_the_status_in_words() -> None:
    assert answered(refusals.UnknownVoucher()).body["title"] == HTTPStatus.NOT_FOUND.phrase
