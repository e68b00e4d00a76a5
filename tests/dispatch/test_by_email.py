"""The voucher as mail."""

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.dispatch.by_email import EmailCarrier
from functions.domain.sending import Accepted, Address, Channel, Refused
from functions.domain.wording import one_line
from tests.dispatch.samples import EMAIL, PUBLIC_URL, ROTATING, Keys, notice, send, shop

SENDER = "vouchers@shop.example"
URL = f"{PUBLIC_URL}/v/{'TOKEN1'.ljust(136, 'A')}"


class Ses:
    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str, str]] = []

    def send(self, mail: bytes, to: str, message_id: str) -> Accepted:
        self.sent.append((mail, to, message_id))
        return Accepted("m-1")


def raw(*, to: str = EMAIL.to, email_from: str | None = None, **override: Any) -> bytes:
    ses = Ses()
    carrier = EmailCarrier(ses, Keys(), Keys(), PUBLIC_URL, SENDER)  # type: ignore[arg-type]  # stands in for SES
    carrier.pack(send(Address(Channel.EMAIL, to)), notice(**override), shop(email_from=email_from))()
    ((mail, _, _),) = ses.sent
    return mail


def read(mail: bytes) -> EmailMessage:
    return email.message_from_bytes(mail, policy=email.policy.default)


def part(mail: EmailMessage, kind: str) -> EmailMessage:
    (found,) = (each for each in mail.walk() if each.get_content_type() == kind)
    assert isinstance(found, EmailMessage)
    return found


def test_the_mail_comes_from_the_shops_name() -> None:
    assert str(read(raw())["From"]) == f"青禾選物 <{SENDER}>"


def test_the_mail_comes_from_the_shops_own_address_where_it_has_one() -> None:
    assert str(read(raw(email_from="hello@chingho.example"))["From"]) == "青禾選物 <hello@chingho.example>"


def test_the_mail_is_plain_text_or_else_html_with_the_qr_inside() -> None:
    shape = [each.get_content_type() for each in read(raw()).walk()]

    assert shape == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]


def test_the_html_shows_the_qr_that_lies_in_the_mail() -> None:
    mail = read(raw())

    assert part(mail, "image/png")["Content-ID"] == "<qr@storebound>"
    assert 'src="cid:qr@storebound"' in part(mail, "text/html").get_content()


def test_the_qr_is_a_png() -> None:
    assert part(read(raw()), "image/png").get_content().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize(
    "said", ["青禾選物", "現金禮券", "NT$500", "無使用期限", URL, "ABCD-EFGH-JKMN-0001"], ids=lambda said: said[:12]
)
def test_text_and_html_say_the_same(kind: str, said: str) -> None:
    assert said in part(read(raw()), kind).get_content()


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_the_mail_of_a_qr_that_renews_itself_leads_to_its_page(kind: str) -> None:
    said = part(read(raw(credential=ROTATING)), kind).get_content()

    assert f"{PUBLIC_URL}/v/{Keys().token(ROTATING)}" in said
    assert "截圖無法使用" in said


def test_the_mail_of_a_qr_that_renews_itself_has_no_picture_and_no_code() -> None:
    mail = read(raw(credential=ROTATING))

    assert [each.get_content_type() for each in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    said = part(mail, "text/plain").get_content() + part(mail, "text/html").get_content()
    assert not re.search(r"cid:|<img|[A-Z2-9]{4}-[A-Z2-9]{4}|代碼|結帳時請出示此", said)


def test_the_mail_of_a_qr_that_renews_itself_speaks_english_to_those_who_do() -> None:
    html = part(read(raw(credential=ROTATING, language="en")), "text/html").get_content()

    assert "screenshots do not work" in html


def test_the_subject_says_whose_and_what() -> None:
    assert str(read(raw())["Subject"]) == "【青禾選物】您的票券：現金禮券"


def test_the_mail_speaks_english_to_those_who_do() -> None:
    mail = read(raw(language="en", shop="Chingho", product="Gift voucher"))

    assert str(mail["Subject"]) == "Chingho: your voucher Gift voucher"
    assert "Show this QR code at the till" in part(mail, "text/html").get_content()


def test_markup_in_a_name_stays_text() -> None:
    html = part(read(raw(product="<script>alert(1)</script>")), "text/html").get_content()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@given(name=st.text(max_size=200), product=st.text(max_size=200))
@settings(deadline=None)
def test_no_name_makes_a_header_of_its_own(name: str, product: str) -> None:
    mail = read(raw(shop=one_line(name), product=one_line(product)))

    assert set(mail.keys()) == {"From", "To", "Subject", "MIME-Version", "Content-Type"}
    assert str(mail["To"]) == EMAIL.to


def test_the_same_send_gives_the_same_bytes() -> None:
    assert raw() == raw()


def test_every_line_is_short_enough_for_smtp() -> None:
    assert max(map(len, raw(product="券" * 300).split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "to",
    ["使用者@例子.tw", "a(b)@example.com", "a..b@example.com", "a@b@example.com", 'a"b@example.com', "mei@example"],
)
def test_an_address_that_no_header_can_hold_is_refused_unsent(to: str) -> None:
    ses = Ses()
    carrier = EmailCarrier(ses, Keys(), Keys(), PUBLIC_URL, SENDER)  # type: ignore[arg-type]  # as above

    outcome = carrier.pack(send(Address(Channel.EMAIL, to)), notice(), shop())()

    assert (outcome, ses.sent) == (Refused("email_address"), [])


def test_the_mail_goes_out_under_its_message_id() -> None:
    ses = Ses()
    carrier = EmailCarrier(ses, Keys(), Keys(), PUBLIC_URL, SENDER)  # type: ignore[arg-type]  # as above

    outcome = carrier.pack(send(EMAIL), notice(), shop())()

    assert outcome == Accepted("m-1")
    assert [(to, message_id) for _, to, message_id in ses.sent] == [(EMAIL.to, send().message_id)]
