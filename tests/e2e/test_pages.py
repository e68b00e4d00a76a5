"""What the customer's browser is given."""

import pytest

from tests.support.stack import TYPABLE_CODE, Held, Outsiders, money, reference, scan

QR = 'class="qr"'


def test_the_voucher_page_is_html_that_shows_what_is_left(everyone: Outsiders, voucher: Held) -> None:
    everyone.redeem(reference(), voucher.credential, money=money("380"))

    page = everyone.get(voucher.page, {"Accept": "text/html"})

    assert (page.status, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert "120" in page.content.decode()


@pytest.mark.parametrize("part", ["", "/qr.png", "/qr.svg"])
def test_nobody_else_keeps_or_finds_a_voucher(everyone: Outsiders, voucher: Held, part: str) -> None:
    headers = everyone.get(voucher.page + part).headers

    assert "public" not in headers["Cache-Control"]
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_qr_is_short_enough_for_any_scanner(everyone: Outsiders, voucher: Held) -> None:
    read = scan(everyone.get(f"{voucher.page}/qr.png").content)

    assert len(read) <= 160
    assert everyone.look_up(read).json["voucher_id"] == voucher.voucher_id


@pytest.mark.parametrize("path", ["/v/nonsense", "/v/nonsense/qr.png", "/v/" + "A" * 136])
def test_a_link_that_proves_nothing_leads_nowhere(everyone: Outsiders, path: str) -> None:
    assert everyone.get(everyone.local["api_url"] + path).status == 404


def test_the_page_of_a_revoked_voucher_offers_nothing_to_scan_or_type(everyone: Outsiders, voucher: Held) -> None:
    before = everyone.get(voucher.page).content.decode()
    everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/revoke", {})

    after = everyone.get(voucher.page).content.decode()

    assert (QR in before, TYPABLE_CODE.search(before) is not None) == (True, True)
    assert (QR in after, TYPABLE_CODE.search(after) is not None) == (False, False)
