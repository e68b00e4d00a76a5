"""What a message says, whatever brings it."""

from datetime import UTC, datetime

from functions.dispatch.notice import notice_of, voucher_url
from functions.domain.credential import Credential
from functions.domain.money import Money
from functions.domain.sending import Content
from functions.domain.text import Text
from functions.domain.worth import Worth
from tests.dispatch.samples import ROTATING, VOUCHER_ID, send, terms, voucher

CONTENT = Content(Worth(money=Money(300, "TWD")), Text("青禾選物", "Chingho Select"))


def test_a_notice_names_what_the_send_fixed_and_not_what_is_left_now() -> None:
    assert notice_of(send(), voucher(), CONTENT).worth == "NT$300"


def test_a_notice_speaks_the_sends_language() -> None:
    notice = notice_of(send(language="en"), voucher(), CONTENT)

    assert (notice.shop, notice.product, notice.expiry) == ("Chingho Select", "Gift voucher", "No expiry date")


def test_a_notice_brings_the_sends_own_credential() -> None:
    notice = notice_of(send(credential=3), voucher(credential=3), CONTENT)

    assert notice.credential == Credential(VOUCHER_ID, 3)


def test_a_notice_says_of_its_credential_that_it_rotates() -> None:
    rotating = voucher(terms=terms(rotating=True))

    assert notice_of(send(), rotating, CONTENT).credential == ROTATING


def test_a_notice_tells_the_last_day_in_the_shops_zone() -> None:
    ends = voucher(expires_at=datetime(2026, 12, 31, 16, tzinfo=UTC))

    assert notice_of(send(), ends, CONTENT).expiry == "使用期限至 2026 年 12 月 31 日"


def test_a_name_with_line_breaks_is_one_line() -> None:
    named = voucher(terms=terms(name=Text("禮券\r\nBcc: all@example.com", "x")))

    assert notice_of(send(), named, CONTENT).product == "禮券 Bcc: all@example.com"


def test_the_vouchers_page_lies_below_the_public_address() -> None:
    assert voucher_url("https://shop.example/api/", "TOKEN") == "https://shop.example/api/v/TOKEN"
