import pytest

from functions.pages.language import choose


def test_what_the_link_asks_for_comes_before_what_the_browser_says() -> None:
    assert choose("en", "zh-TW,zh;q=0.9") == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("en-GB", "en"),
        ("ja,en;q=0.5,zh;q=0.4", "en"),
        ("ja,en;q=0.4,zh-HK;q=0.5", "zh-Hant"),
        ("en;q=0,zh", "zh-Hant"),
        ("EN-us;q=1.0", "en"),
        ("en ; q=0.7 , zh-Hant ; q=0.2", "en"),
    ],
)
def test_the_browsers_best_language_that_we_have_is_taken(header: str, language: str) -> None:
    assert choose(None, header) == language


@pytest.mark.parametrize("header", [None, "", "*", "ja,ko;q=0.9", ";;;,,q=", "en;q=²", "en;q=abc"])
def test_without_a_language_we_have_it_is_the_home_language(header: str | None) -> None:
    assert choose(None, header) == "zh-Hant"


def test_a_language_in_the_link_that_we_do_not_have_is_passed_over() -> None:
    assert choose("fr", "en") == "en"


def test_of_equal_weights_the_first_counts() -> None:
    assert choose(None, "en,zh") == "en"
