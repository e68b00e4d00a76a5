import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.domain import refusals
from functions.domain.errors import DomainError
from functions.domain.refusal_texts import TEXTS
from functions.domain.refusals import Refusal
from tests.domain.samples import NOW, XINYI, cash, twd

# What the public contract promises to tills; a code never changes its meaning, and new ones need a new version.
PROMISED = {
    *("unknown", "not_yet_valid", "expired", "not_active_now", "suspended", "revoked", "replaced", "exhausted"),
    *("insufficient", "refunded", "held", "wrong_store", "wrong_product", "minimum_spend", "customer_limit"),
    *("currency_mismatch", "stale_credential", "voided", "reference_reused", "in_progress", "offline_limit"),
    "throttled",
}
MADE: dict[type[Refusal], dict[str, Any]] = {
    refusals.NotYetValid: {"valid_from": NOW},
    refusals.Expired: {"expires_at": NOW},
    refusals.Revoked: {"reason": "by_shop"},
    refusals.Exhausted: {"redeemed_at": NOW - timedelta(hours=1), "store_id": "xinyi", "store": XINYI},
    refusals.Insufficient: {"available": cash()},
    refusals.Held: {"held_until": NOW, "available": cash()},
    refusals.HoldExpired: {"held_until": NOW},
    refusals.HoldTooSmall: {"available": cash()},
    refusals.RefundTooLarge: {"available": cash()},
    refusals.WrongStore: {"stores": ("xinyi",)},
    refusals.WrongProduct: {"available": cash()},
    refusals.WrongGoods: {"products": ("tea",), "excluded": ()},
    refusals.LinesNeeded: {"products": None, "excluded": ("tobacco",)},
    refusals.MinimumSpend: {"minimum_spend": twd(500), "basket": twd(900), "eligible": twd(100)},
    refusals.CustomerLimit: {"limit": 1, "period": "day", "again_at": NOW + timedelta(days=1)},
    refusals.CurrencyMismatch: {"currency": "TWD"},
    refusals.Voided: {"voided_at": NOW},
    refusals.Throttled: {"retry_after": 1},
    refusals.CodesLocked: {"again_at": NOW, "retry_after": 900},
}


def every(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("functions."):
            yield below
            yield from every(below)


KINDS = sorted(every(), key=lambda kind: kind.code)


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_has_a_code_that_the_contract_promises(kind: type[Refusal]) -> None:
    assert kind.code in PROMISED


def test_no_two_refusals_say_the_same() -> None:
    assert len({kind.text for kind in KINDS}) == len(KINDS)


def test_a_code_that_several_refusals_share_has_one_that_is_meant_by_default() -> None:
    assert {kind.code for kind in KINDS} <= {kind.text for kind in KINDS}


def test_every_refusal_has_a_text_and_every_text_a_refusal() -> None:
    assert TEXTS.keys() == {kind.text for kind in KINDS}


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_clerk_is_told_in_both_languages_what_to_do(code: str) -> None:
    text = TEXTS[code]

    assert re.search("[\u4e00-\u9fff]", text.zh_hant)
    assert text.zh_hant.endswith("。")
    assert re.fullmatch(r"[ -~]+\.", text.en)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_s_facts_are_those_it_was_made_of(kind: type[Refusal]) -> None:
    made = kind(**MADE.get(kind, {}))

    assert len(made.facts) == len(MADE.get(kind, {}))
    assert isinstance(made, DomainError)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_passes_by_itself_may_be_tried_again_unchanged(kind: type[Refusal]) -> None:
    assert kind.retryable == (kind.code in {"held", "not_active_now", "customer_limit", "in_progress", "throttled"})
