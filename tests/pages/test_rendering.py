import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from functions.domain.text import Language, Text
from functions.domain.voucher import Voucher
from functions.pages.rendering import content_security_policy, notice_html, voucher_html
from functions.pages.view import Scan, Surroundings, view
from functions.pages.wording import WORDS
from tests.pages import samples
from tests.pages.samples import NOW

LANGUAGES: tuple[Language, ...] = ("zh-Hant", "en")
MAX_BYTES = 60 * 1024
VOID = {"meta", "link", "path", "circle"}


class Outline(HTMLParser):
    """Tags as they open and close; complains of one that closes another's."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(of: Voucher, language: Language = "en", shop: Text = samples.SHOP_NAME) -> str:
    refusal = of.refusal(NOW, None, of.credential)
    around = Surroundings(shop, samples.STORES if of.terms.stores else ())
    code = None if of.terms.rotating else "ABCDEFGHJKMNPQRS"
    content = view(of, refusal, Scan("TOKEN", code, "TOKEN"), around, language)
    return voucher_html(content, "<svg></svg>" if content.scan else None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", samples.EVERY_STATE)
def test_every_page_is_well_formed_and_says_its_language(name: str, language: Language) -> None:
    outline = Outline(page(samples.EVERY_STATE[name](), language))

    assert outline.open == []
    assert ("html", {"lang": language}) in outline.seen


@pytest.mark.parametrize("name", sorted(samples.EVERY_STATE.keys() - {"rotating"}))
def test_a_page_loads_nothing_and_runs_nothing(name: str) -> None:
    html = page(samples.EVERY_STATE[name]())

    assert not re.search(r"<(script|img|iframe|object|embed|form)\b", html)
    assert not re.search(r"\bon[a-z]+=", html)
    assert set(re.findall(r"https?://[^'\"\s]+", html)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", samples.EVERY_STATE)
def test_no_element_carries_a_style_that_the_policy_would_block(name: str) -> None:
    assert all("style" not in attributes for _, attributes in Outline(page(samples.EVERY_STATE[name]())).seen)


def test_the_policy_allows_exactly_the_style_on_the_page() -> None:
    style = re.search(r"<style>(.*?)</style>", page(samples.cash()), re.DOTALL)

    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in content_security_policy()


def test_the_policy_allows_no_script() -> None:
    assert content_security_policy().startswith("default-src 'none'")
    assert not re.search("script-src|connect-src", content_security_policy())


def test_a_page_whose_qr_renews_itself_runs_one_script_and_the_policy_allows_exactly_that() -> None:
    scripts = re.findall(r"<script>(.*?)</script>", page(samples.rotating()), re.DOTALL)

    (script,) = scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = content_security_policy(is_live=True)
    assert f"script-src 'sha256-{digest}'; connect-src 'self';" in policy
    assert policy.startswith("default-src 'none'")


def test_without_scripts_a_page_whose_qr_renews_itself_is_loaded_again() -> None:
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page(samples.rotating())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_qr_that_renews_itself_has_no_code_and_no_picture_to_save(language: Language) -> None:
    html = page(samples.rotating(), language)

    assert not re.search(r"qr\.png|[A-Z2-9]{4}-[A-Z2-9]{4}", html)
    assert WORDS["live"].of(language) in html
    assert WORDS["code"].of(language) not in html


def test_a_voucher_that_cannot_be_used_renews_nothing() -> None:
    html = page(samples.rotating().suspend(NOW, None)[0])

    assert not re.search(r"<script|http-equiv|qr\.svg", html)


@pytest.mark.parametrize("name", sorted(samples.EVERY_STATE.keys() - set(samples.USABLE)))
def test_an_unusable_voucher_has_no_qr_no_code_and_no_picture_to_save(name: str) -> None:
    html = page(samples.EVERY_STATE[name]())

    assert "qr.png" not in html
    assert "ABCD-EFGH" not in html
    assert "TOKEN" not in html


def test_both_languages_are_one_tap_away_and_the_present_one_is_marked() -> None:
    links = [attributes for tag, attributes in Outline(page(samples.cash())).seen if tag == "a"]

    assert {link["href"]: link.get("aria-current") for link in links if "hreflang" in link} == {
        "?lang=zh-Hant": None,
        "?lang=en": "true",
    }


HOSTILE = "<script>alert(1)</script>\"'{{ 7 * 7 }}&lt;\u202e005$TN\u2066\x07"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;{{ 7 * 7 }}&amp;lt;005$TN"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_text_and_turns_nothing_around(language: Language) -> None:
    name = Text(HOSTILE, HOSTILE)

    html = page(samples.cash(terms=samples.terms(name=name, text=name)), language, shop=name)

    assert html.count(SHOWN) == 5  # title twice, shop, product, terms
    assert not re.search(r"<script|[\u202a-\u202e\u2066-\u2069\x07]", html)


def test_the_lines_of_the_terms_stay_lines() -> None:
    assert samples.TERMS_TEXT.zh_hant in page(samples.cash(), "zh-Hant")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_page_stays_under_60_kilobytes(language: Language) -> None:
    long = Text("使用本券前請先詳閱說明。" * 333, "Please read these terms before use. " * 111)
    stores = tuple(f"store-{number}" for number in range(100))
    sold = samples.terms(text=long, stores=stores)
    shops = [samples.STORES[0]] * 100

    content = view(
        samples.cash(terms=sold), None, Scan("T" * 136, "A" * 16, "T" * 136), Surroundings(None, shops, 400), language
    )

    assert len(voucher_html(content, "x" * 3000).encode()) < MAX_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", ["unknown", "stale_credential", "unavailable"])
def test_a_notice_speaks_both_languages_the_readers_first(notice: str, language: Language) -> None:
    html = notice_html(notice, language)

    sections = [attributes["lang"] for tag, attributes in Outline(html).seen if tag == "section"]
    assert sections[0] == language
    assert set(sections) == set(LANGUAGES)
