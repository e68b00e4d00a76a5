"""The phone's page shows what arrived, in both languages, and runs nothing that arrived."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from infra.local import retailer
from infra.local.phone.inbox import Inbox, Message
from infra.local.phone.server import Phone, Retailer, running_phone
from tests.support.browser import chromium

pytestmark = pytest.mark.browser

_BUBBLE = {
    "type": "bubble",
    "body": {
        "type": "box",
        "layout": "vertical",
        "contents": [{"type": "text", "text": "<b>500 元現金禮券</b>", "wrap": True}, {"type": "separator"}],
    },
    "footer": {
        "type": "box",
        "layout": "horizontal",
        "contents": [
            {
                "type": "button",
                "style": "primary",
                "action": {"type": "uri", "label": "開啟", "uri": "https://a.example/"},
            }
        ],
    },
}
_LINE = Message(
    key="line 1",
    channel="line",
    to=str(retailer.MEI.line_user_id),
    received_at="2026-11-22T02:00:00.000000Z",
    body={"messages": [{"type": "flex", "altText": "禮券", "contents": _BUBBLE}]},
)
_EMAIL = Message(
    key="email 1",
    channel="email",
    to=str(retailer.LEE.email),
    received_at="2026-11-22T02:01:00.000000Z",
    body={
        "from": "shop@storebound.example",
        "subject": "Your voucher",
        "text": "",
        "html": "<p>Hello Lee</p><script>document.body.textContent = 'taken over'</script>",
    },
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    inbox = Inbox(tmp_path / "inbox.jsonl")
    inbox.add(_LINE)
    inbox.add(_EMAIL)
    phone = Phone(inbox, list, "token")
    phone.retailer = Retailer([person.listed for person in retailer.PEOPLE])
    with running_phone(phone) as running, browser.new_context(locale="zh-TW") as context:
        opened = context.new_page()
        opened.goto(running.url)
        opened.wait_for_selector(".message.email")
        yield opened


def test_a_flex_message_is_drawn_with_its_button(page: Page) -> None:
    assert page.locator(".flex-button.primary").get_attribute("href") == "https://a.example/"


def test_text_that_looks_like_html_is_text(page: Page) -> None:
    assert page.locator(".flex-text").inner_text() == "<b>500 元現金禮券</b>"


def test_a_script_in_a_mail_does_not_run(page: Page) -> None:
    mail = page.frame_locator(".mail iframe")

    assert mail.locator("body").inner_text().strip() == "Hello Lee"


def test_it_can_be_narrowed_to_one_customer(page: Page) -> None:
    page.get_by_role("button", name=retailer.MEI.name).click()

    assert page.locator(".message").count() == 1


def test_it_speaks_english_too(page: Page) -> None:
    page.get_by_role("button", name="English").click()

    assert page.locator("h1").inner_text() == "The customers’ phone"


def test_trouble_is_planted_from_the_page(page: Page) -> None:
    page.locator("#condition").select_option("monthly_limit")

    page.wait_for_function("fetch('/control').then(r => r.json()).then(s => s.line === 'monthly_limit')")
