import io
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from functions.adapters import qr
from functions.adapters.errors import ThrottledError, UnavailableError
from functions.domain import codes, rotation
from functions.domain.credential import Credential
from functions.domain.retail import Store
from functions.domain.text import Text
from tests.pages import samples
from tests.pages.samples import World
from tests.support.site import Site

ACCEPTS = [None, "*/*", "text/html", "image/webp,*/*", "image/avif,image/webp,image/apng,*/*;q=0.8", "application/json"]
PICTURES = ["qr.png", "qr.svg"]


@pytest.fixture
def token(world: World) -> str:
    return world.hold(samples.partly_used())


def accepting(accept: str | None) -> dict[str, str]:
    return {} if accept is None else {"accept": accept}


def page(site: Site, path: str, **headers: str) -> tuple[int, str]:
    answer = site.get(path, {name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.status_code, answer.body.decode()


def test_a_link_shows_its_voucher(site: Site, token: str) -> None:
    status, html = page(site, f"/v/{token}")

    assert status == 200
    assert "NT$300" in html


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_png_is_exact_whatever_the_request_accepts(site: Site, token: str, accept: str | None) -> None:
    answer = site.get(f"/v/{token}/qr.png", accepting(accept))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.body == qr.png(token)


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_svg_is_exact_whatever_the_request_accepts(site: Site, token: str, accept: str | None) -> None:
    answer = site.get(f"/v/{token}/qr.svg", accepting(accept))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.body == qr.svg(token)


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_page_is_html_whatever_the_request_accepts(site: Site, token: str, accept: str | None) -> None:
    assert site.get(f"/v/{token}", accepting(accept)).headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_png_holds_the_bare_token(site: Site, token: str) -> None:
    body = site.get(f"/v/{token}/qr.png").body

    assert zxingcpp.read_barcodes(Image.open(io.BytesIO(body)))[0].text == token


def test_a_link_whose_case_was_changed_on_the_way_shows_the_same_qr(site: Site, token: str) -> None:
    assert site.get(f"/v/{token.lower()}/qr.png").body == qr.png(token)


def test_the_page_of_a_link_whose_case_was_changed_holds_the_same_qr(site: Site, token: str) -> None:
    assert page(site, f"/v/{token.lower()}") == page(site, f"/v/{token}")


def test_the_page_holds_the_typable_code_of_its_credential(site: Site, world: World, token: str) -> None:
    code = world.codebook.code(Credential(samples.VOUCHER_ID, 1))

    assert "-".join(code[start : start + 4] for start in (0, 4, 8, 12)) in page(site, f"/v/{token}")[1]


def test_the_picture_needs_no_table(site: Site, world: World, token: str) -> None:
    world.trouble = UnavailableError("dynamodb")

    assert site.get(f"/v/{token}/qr.png").status_code == 200


# A QR that renews itself.


@pytest.fixture
def rotating(world: World) -> str:
    return world.hold(samples.rotating())


def on_show(world: World, token: str) -> str:
    """What a till should read off the screen now."""
    moment = rotation.moment_of(world.now)
    return rotation.text(token, moment, world.codebook.rotation_code(samples.rotating().named, moment))


def test_the_picture_of_a_qr_that_renews_itself_holds_what_is_good_now(site: Site, world: World, rotating: str) -> None:
    read = []
    for _ in range(2):
        body = site.get(f"/v/{rotating}/qr.png").body
        read.append((zxingcpp.read_barcodes(Image.open(io.BytesIO(body)))[0].text, on_show(world, rotating)))
        world.now += timedelta(seconds=1)

    assert [text for text, _ in read] == [expected for _, expected in read]
    assert read[0] != read[1]


def test_a_till_takes_what_the_picture_holds_for_the_voucher_of_the_link(
    site: Site, world: World, rotating: str
) -> None:
    body = site.get(f"/v/{rotating.lower()}/qr.png").body

    reading = rotation.take_apart(zxingcpp.read_barcodes(Image.open(io.BytesIO(body)))[0].text)

    assert reading is not None
    credential = world.verifier.read(reading.token)
    assert credential == samples.rotating().named
    assert world.codebook.shown(credential, reading) == rotation.shown(rotation.moment_of(world.now))


def test_the_svg_of_a_qr_that_renews_itself_is_the_one_of_now(site: Site, world: World, rotating: str) -> None:
    assert site.get(f"/v/{rotating}/qr.svg").body == qr.svg(on_show(world, rotating))


def test_the_picture_of_a_qr_that_renews_itself_needs_no_table(site: Site, world: World, rotating: str) -> None:
    world.trouble = UnavailableError("dynamodb")

    assert site.get(f"/v/{rotating}/qr.svg").status_code == 200


def test_the_page_of_a_qr_that_renews_itself_opens_with_the_one_of_now(site: Site, world: World, rotating: str) -> None:
    assert qr.svg(on_show(world, rotating)).decode() in page(site, f"/v/{rotating}")[1]


def test_the_page_of_a_qr_that_renews_itself_holds_no_code(site: Site, world: World, rotating: str) -> None:
    code = world.codebook.code(samples.rotating().named)

    assert codes.grouped(code) not in page(site, f"/v/{rotating}")[1]


@pytest.mark.parametrize("may", [True, False])
def test_only_the_page_of_a_qr_that_renews_itself_may_run_a_script(
    site: Site, token: str, world: World, *, may: bool
) -> None:
    link = world.hold(samples.rotating()) if may else token

    assert ("script-src" in site.get(f"/v/{link}").headers["Content-Security-Policy"]) == may


@pytest.mark.parametrize("path", ["", "/qr.png", "/qr.svg"])
def test_nobody_keeps_what_renews_itself(site: Site, rotating: str, path: str) -> None:
    assert site.get(f"/v/{rotating}{path}").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["", "/qr.png", "/qr.svg"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cache-Control", "private, no-store"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ],
)
def test_nobody_keeps_indexes_or_passes_on_a_link(site: Site, token: str, path: str, name: str, value: str) -> None:
    assert site.get(f"/v/{token}{path}").headers[name] == value


@pytest.mark.parametrize("path", ["", "/qr.png", "/qr.svg"])
def test_every_answer_has_a_policy_that_begins_with_nothing(site: Site, token: str, path: str) -> None:
    assert site.get(f"/v/{token}{path}").headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["", "/qr.png", "/qr.svg"])
@pytest.mark.parametrize("damage", ["cut", "forged", "nonsense", "foreign"])
def test_a_link_that_is_not_ours_ends_on_a_page_that_says_what_to_do(
    site: Site, token: str, damage: str, path: str
) -> None:
    broken = {
        "cut": token[:-9],
        "forged": token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:],
        "nonsense": "hello",
        "foreign": "A" * 136,
    }[damage]

    status, html = page(site, f"/v/{broken}{path}")

    assert status == 404
    assert "找不到這張票券" in html
    assert "We cannot find this voucher" in html


def test_a_genuine_link_to_no_voucher_looks_the_same_as_a_forged_one(site: Site, world: World) -> None:
    nowhere = world.signer.token(Credential(samples.VOUCHER_ID, 1))

    assert page(site, f"/v/{nowhere}") == page(site, "/v/hello")


def test_a_replaced_link_sends_to_the_newest_message(site: Site, world: World, token: str) -> None:
    world.hold(samples.cash(credential=2))

    status, html = page(site, f"/v/{token}")

    assert status == 409
    assert "Open the newest message you received" in html
    assert "NT$" not in html


@pytest.mark.parametrize("trouble", [UnavailableError("x"), ThrottledError("x"), RuntimeError("x")])
def test_trouble_of_ours_ends_on_a_page_that_says_to_try_again(
    site: Site, world: World, token: str, trouble: Exception
) -> None:
    world.trouble = trouble

    status, html = page(site, f"/v/{token}")

    assert status in {429, 500, 503}
    assert "暫時無法顯示票券" in html
    assert "Wait a minute" in html


def test_while_a_service_is_down_the_page_is_a_503_that_says_when_to_come_back(
    site: Site, world: World, token: str
) -> None:
    world.trouble = UnavailableError("x")

    answer = site.get(f"/v/{token}")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "zh-Hant"),
        ("", {"accept-language": "en-US,en;q=0.9"}, "en"),
        ("?lang=zh-Hant", {"accept-language": "en"}, "zh-Hant"),
        ("?lang=en", {}, "en"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_pages_and_notices_are_in_the_readers_language(
    site: Site, token: str, query: str, headers: dict[str, str], language: str, *, known: bool
) -> None:
    answer: Any = site.get(f"/v/{token if known else 'hello'}{query}", headers)

    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.body.decode()


@pytest.mark.parametrize("path", ["", "/qr.png", "/qr.svg"])
def test_looking_changes_nothing(site: Site, world: World, token: str, path: str) -> None:
    before = dict(world.held)

    site.get(f"/v/{token}{path}")

    assert world.held == before


def test_a_shop_with_many_stores_lists_the_first_hundred(site: Site, world: World) -> None:
    ids = tuple(f"store-{number}" for number in range(130))
    world.known_stores = tuple(Store(store_id=each, name=Text(each, each)) for each in ids)
    token = world.hold(samples.cash(terms=samples.terms(stores=ids)))

    html = page(site, f"/v/{token}?lang=en")[1]

    assert "store-99<" in html
    assert "store-100<" not in html
    assert "And 30 more" in html
