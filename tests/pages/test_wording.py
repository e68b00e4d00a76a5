import re
from string import Formatter

import pytest

from functions.domain.product import Kind
from functions.domain.text import Text
from functions.pages.wording import WEEKDAYS, WORDS, say

ENTRIES = [*WORDS.items(), *((f"weekday {number}", day) for number, day in enumerate(WEEKDAYS, start=1))]
# Grammar puts the word on the other side of the number, so one language has nothing there.
ONE_SIDED = {"line_left_before", "line_left_after"}


def facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("key", "text"), [entry for entry in ENTRIES if entry[0] not in ONE_SIDED])
def test_every_entry_is_written_in_both_languages(key: str, text: Text) -> None:
    assert re.search(r"[\u4e00-\u9fff]", text.zh_hant) or facts(text.zh_hant), key
    assert re.fullmatch(r"[\x20-\x7e]+", text.en), key


@pytest.mark.parametrize(("key", "text"), ENTRIES)
def test_both_languages_tell_the_same_facts(key: str, text: Text) -> None:
    assert facts(text.zh_hant) == facts(text.en), key


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("prefix", ["kind", "left"])
def test_every_kind_of_voucher_has_its_words(prefix: str, kind: Kind) -> None:
    assert f"{prefix}_{kind}" in WORDS


def test_facts_are_filled_in() -> None:
    assert say("en", "of_total", total="NT$500") == "of NT$500"


def test_a_name_with_braces_is_only_text() -> None:
    assert say("en", "exhausted_last", store="{0}{total}") == "Last used at {0}{total}"
