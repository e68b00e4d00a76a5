"""What a phone's browser makes of the pages. Needs Chromium."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from functions.adapters.errors import UnavailableError
from functions.domain import rotation
from functions.domain.text import Text
from tests.pages import samples
from tests.pages.samples import World
from tests.support.browser import chromium
from tests.support.site import Site

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 568}
CONTRAST_AA, CONTRAST_AA_LARGE, LARGE_PIXELS = 4.5, 3.0, 24
# Every text, how its colour stands out from what is painted below it, and its size: WCAG 2.2, 1.4.3.
CONTRASTS = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)) };
  const light = rgb => { const c = rgb.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                         return .2126 * c[0] + .7152 * c[1] + .0722 * c[2] };
  const ground = element => { const own = parse(getComputedStyle(element).backgroundColor);
    const below = () => element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return (own[3] ?? 1) === 1 ? own : over(own, below()) };
  const opacity = element => element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1;
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest('svg')) continue;
    const style = getComputedStyle(element), below = ground(element), ink = parse(style.color);
    const shown = over([ink[0], ink[1], ink[2], (ink[3] ?? 1) * opacity(element)], below);
    const [dark, bright] = [light(shown), light(below)].sort((a, b) => a - b);
    found.push([texts.currentNode.data.trim(), (bright + .05) / (dark + .05), parseFloat(style.fontSize)]);
  }
  return found;
}"""


BEYOND = """() => Math.max(...[...document.body.querySelectorAll('*')].map(element => {
  const box = element.getBoundingClientRect();
  return Math.max(box.right - document.documentElement.clientWidth, -box.left);
}))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with site.served() as base:
        yield base


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def phone(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, locale="zh-TW") as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        yield page


def scanned(page: Page) -> list[str]:
    """What a scanner held before the screen reads, without any scrolling."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return [code.text for code in found]


def overflow(page: Page) -> float:
    """By how many pixels anything reaches over the screen's sides, even where it is clipped and not scrolled to."""
    return max(0.0, float(page.evaluate(BEYOND)))


@pytest.mark.parametrize("screen", [PHONE, SMALL_PHONE], ids=["390x844", "320x568"])
@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_screen_as_it_opens_scans_to_the_token(
    world: World, address: str, phone: Page, screen: ViewportSize, language: str
) -> None:
    token = world.hold(samples.partly_used())
    phone.set_viewport_size(screen)

    phone.goto(f"{address}/v/{token}?lang={language}")

    assert scanned(phone) == [token]


@pytest.mark.parametrize("name", sorted(samples.EVERY_STATE.keys() - set(samples.USABLE)))
def test_the_screen_of_an_unusable_voucher_scans_to_nothing(world: World, address: str, phone: Page, name: str) -> None:
    phone.goto(f"{address}/v/{world.hold(samples.EVERY_STATE[name]())}")

    assert scanned(phone) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", samples.EVERY_STATE)
def test_no_page_is_wider_than_the_screen(world: World, address: str, phone: Page, name: str, width: int) -> None:
    token = world.hold(samples.EVERY_STATE[name]())
    phone.set_viewport_size({"width": width, "height": 700})

    wider = []
    for language in ("zh-Hant", "en"):
        phone.goto(f"{address}/v/{token}?lang={language}")
        wider.append(overflow(phone))

    assert wider == [0, 0]


def test_a_long_word_without_a_gap_does_not_widen_the_page(world: World, address: str, phone: Page) -> None:
    endless = Text("禮" * 300, "Gutscheinbezeichnung" * 20)
    token = world.hold(samples.cash(terms=samples.terms(name=endless, text=endless)))
    phone.set_viewport_size(SMALL_PHONE)

    phone.goto(f"{address}/v/{token}?lang=en")

    assert overflow(phone) == 0


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("name", samples.EVERY_STATE)
def test_the_browser_has_nothing_to_complain_of(
    world: World, address: str, phone: Page, complaints: list[str], name: str, language: str
) -> None:
    phone.goto(f"{address}/v/{world.hold(samples.EVERY_STATE[name]())}?lang={language}")

    assert complaints == []


def test_a_page_is_one_request(world: World, address: str, phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    link = f"{address}/v/{world.hold(samples.services())}"

    phone.goto(link, wait_until="networkidle")

    assert [url for url in asked if not url.startswith("data:")] == [link]


# A QR that renews itself.


def on_show(world: World, token: str) -> str:
    """What a till should read off the screen now."""
    moment = rotation.moment_of(world.now)
    return rotation.text(token, moment, world.codebook.rotation_code(samples.rotating().named, moment))


def open_live(world: World, address: str, phone: Page, language: str = "en") -> str:
    """The page of a QR that renews itself, with its token; the phone's clock stands still."""
    token = world.hold(samples.rotating())
    phone.clock.install(time=world.now)
    phone.goto(f"{address}/v/{token}?lang={language}")
    return token


def wait(world: World, phone: Page, seconds: int) -> None:
    """Let time pass for us, and then for the phone."""
    world.now += timedelta(seconds=seconds)
    phone.clock.run_for(seconds * 1000)


@pytest.mark.parametrize("screen", [PHONE, SMALL_PHONE], ids=["390x844", "320x568"])
@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_a_qr_that_renews_itself_scans_as_the_screen_opens(
    world: World, address: str, phone: Page, screen: ViewportSize, language: str
) -> None:
    phone.set_viewport_size(screen)

    token = open_live(world, address, phone, language)

    assert scanned(phone) == [on_show(world, token)]


def test_it_is_another_one_every_fifteen_seconds(
    world: World, address: str, phone: Page, complaints: list[str]
) -> None:
    token = open_live(world, address, phone)

    seen = []
    for _ in range(3):
        before = phone.locator("#qr").inner_html()
        wait(world, phone, 15)
        phone.wait_for_function("before => document.getElementById('qr').innerHTML !== before", arg=before)
        seen.append((scanned(phone), [on_show(world, token)]))

    assert [text for text, _ in seen] == [expected for _, expected in seen]
    assert complaints == []


def test_a_phone_that_lost_the_network_says_so_and_shows_no_dead_qr(world: World, address: str, phone: Page) -> None:
    open_live(world, address, phone)
    phone.context.set_offline(True)

    wait(world, phone, 20)
    wait(world, phone, 10)

    assert phone.get_by_role("alert").is_visible()
    assert phone.get_by_text("No network").is_visible()
    assert scanned(phone) == []


def test_it_comes_back_by_itself_with_the_network(world: World, address: str, phone: Page) -> None:
    token = open_live(world, address, phone)
    phone.context.set_offline(True)
    wait(world, phone, 40)

    phone.context.set_offline(False)
    wait(world, phone, 3)
    phone.locator("#qr:not(.dead)").wait_for()

    assert scanned(phone) == [on_show(world, token)]
    assert not phone.get_by_role("alert").is_visible()


def test_a_phone_that_was_in_a_pocket_shows_no_dead_qr(world: World, address: str, phone: Page) -> None:
    open_live(world, address, phone)
    phone.context.set_offline(True)

    phone.clock.fast_forward(60_000)  # as a phone that slept: no timer ran meanwhile
    phone.clock.run_for(1_000)

    assert scanned(phone) == []


def test_without_javascript_it_scans_too(world: World, address: str, browser: Browser) -> None:
    token = world.hold(samples.rotating())
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()

        page.goto(f"{address}/v/{token}")

        assert scanned(page) == [on_show(world, token)]


def test_an_open_page_still_scans_without_a_network(world: World, address: str, phone: Page) -> None:
    token = world.hold(samples.cash())
    phone.goto(f"{address}/v/{token}")

    phone.context.set_offline(True)
    phone.set_viewport_size({"width": 844, "height": 844})

    assert scanned(phone) == [token]


def test_a_browser_without_javascript_shows_the_same(world: World, address: str, browser: Browser) -> None:
    token = world.hold(samples.cash())
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()

        page.goto(f"{address}/v/{token}")

        assert scanned(page) == [token]


def test_the_switch_turns_the_page_into_the_other_language(world: World, address: str, phone: Page) -> None:
    phone.goto(f"{address}/v/{world.hold(samples.cash())}")

    phone.get_by_role("link", name="English").click()

    assert phone.locator("html").get_attribute("lang") == "en"
    assert phone.get_by_text("Ready to use").is_visible()


def test_saving_gives_the_picture_that_scans_to_the_token(world: World, address: str, phone: Page) -> None:
    token = world.hold(samples.cash())
    phone.goto(f"{address}/v/{token}?lang=en")

    with phone.expect_download() as saved:
        phone.get_by_role("link", name="Save the QR code").click()

    picture = Image.open(saved.value.path())
    assert zxingcpp.read_barcodes(picture)[0].text == token


@pytest.mark.parametrize("name", samples.EVERY_STATE)
def test_all_text_stands_out_from_its_ground(world: World, address: str, phone: Page, name: str) -> None:
    phone.goto(f"{address}/v/{world.hold(samples.EVERY_STATE[name]())}")

    contrasts = phone.evaluate(CONTRASTS)

    assert len(contrasts) > 10
    assert [
        (text, ratio)
        for text, ratio, size in contrasts
        if ratio < (CONTRAST_AA_LARGE if size >= LARGE_PIXELS else CONTRAST_AA)
    ] == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("trouble", [True, False], ids=["unavailable", "unknown"])
def test_a_notice_fits_the_screen_and_is_clean(
    world: World, address: str, phone: Page, complaints: list[str], width: int, *, trouble: bool
) -> None:
    token = world.hold(samples.cash())
    world.trouble = UnavailableError("x") if trouble else None
    phone.set_viewport_size({"width": width, "height": 700})

    phone.goto(f"{address}/v/{token if trouble else 'hello'}")

    # The browser itself remarks on the status; a violated policy would be one remark more.
    assert [remark for remark in complaints if "the server responded with a status" not in remark] == []
    assert overflow(phone) == 0
    assert all(ratio >= CONTRAST_AA for _, ratio, _ in phone.evaluate(CONTRASTS))
