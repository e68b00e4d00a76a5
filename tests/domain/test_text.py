import pytest

from functions.domain.text import HOME_LANGUAGE, Text, language_of


@pytest.mark.parametrize("locale", ["en", "en-GB", "EN-us", "en_TW"])
def test_whoever_reads_english_is_written_to_in_english(locale: str) -> None:
    assert language_of(locale) == "en"


@pytest.mark.parametrize("locale", [None, "", "zh-TW", "zh-Hant", "ja-JP", "de", "fr-EN"])
def test_everybody_else_is_written_to_in_the_language_of_the_home_market(locale: str | None) -> None:
    assert language_of(locale) == HOME_LANGUAGE


def test_a_text_speaks_either_language() -> None:
    text = Text("禮券", "Gift voucher")

    assert (text.of("zh-Hant"), text.of("en")) == ("禮券", "Gift voucher")
