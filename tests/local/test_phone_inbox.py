"""The phone's inbox: three channels in one list, each message once, kept over restarts."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from functions.domain import codes
from functions.domain.credential import Credential, assemble, claim
from infra.local.phone.inbox import Inbox, Message
from infra.local.phone.server import Phone

VOUCHER = str(UUID(int=7 << 100))
TOKEN = assemble(claim(1, Credential(VOUCHER, 1)), bytes(64))
CODE = codes.grouped(codes.from_number(123_456_789))

EMAIL = Message(
    key="email 1",
    channel="email",
    to="lee@example.com",
    received_at="2026-11-22T02:00:00.000000Z",
    body={"subject": "Your voucher", "text": f"https://shop.example/v/{TOKEN}", "html": None},
)
SMS = Message(
    key="sms 1",
    channel="sms",
    to="+886912345678",
    received_at="2026-11-22T01:00:00.000000Z",
    body={"text": f"您的禮券代碼 {CODE}，請於櫃檯出示。"},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inbox.jsonl"


def phone(file: Path, *post: Message) -> Phone:
    return Phone(Inbox(file), lambda: list(post), "token")


def test_messages_are_listed_oldest_first(file: Path) -> None:
    listed = phone(file, EMAIL, SMS).messages()

    assert [message["channel"] for message in listed] == ["sms", "email"]


def test_a_message_has_the_fields_of_the_contract(file: Path) -> None:
    (message,) = phone(file, EMAIL).messages()

    assert set(message) == {"channel", "to", "voucher_id", "received_at", "body"}


def test_mail_that_is_fetched_again_is_listed_once(file: Path) -> None:
    owner = phone(file, EMAIL)
    owner.messages()

    assert len(owner.messages()) == 1


def test_the_inbox_outlives_a_restart(file: Path) -> None:
    phone(file, EMAIL, SMS).messages()

    assert len(phone(file).messages()) == 2


def test_a_line_that_was_cut_off_by_a_crash_is_left_out(file: Path) -> None:
    phone(file, EMAIL).messages()
    with file.open("a") as log:
        log.write('{"key": "email 2", "chan')

    assert len(phone(file).messages()) == 1


def test_the_inbox_is_for_its_owner_alone(file: Path) -> None:
    phone(file, EMAIL).messages()

    assert file.stat().st_mode & 0o777 == 0o600


def test_the_voucher_of_an_email_is_read_off_its_link(file: Path) -> None:
    (message,) = phone(file, EMAIL).messages()

    assert message["voucher_id"] == VOUCHER


def test_the_voucher_of_a_text_message_with_a_link_is_read_off_it(file: Path) -> None:
    rotating = assemble(claim(1, Credential(VOUCHER, 1, rotating=True)), bytes(64))

    (message,) = phone(file, replace(SMS, body={"text": f"https://shop.example/v/{rotating}"})).messages()

    assert message["voucher_id"] == VOUCHER


def test_the_voucher_of_a_text_message_is_asked_of_the_till(file: Path) -> None:
    owner = phone(file, SMS)
    owner.retailer.lookup = {CODE.replace("-", ""): VOUCHER}.get

    (message,) = owner.messages()

    assert message["voucher_id"] == VOUCHER


def test_a_text_message_the_till_does_not_know_yet_is_asked_for_again(file: Path) -> None:
    owner = phone(file, SMS)
    owner.messages()
    owner.retailer.lookup = lambda _code: VOUCHER

    (message,) = owner.messages()

    assert message["voucher_id"] == VOUCHER


def test_a_text_without_a_code_is_never_asked_about(file: Path) -> None:
    asked: list[str] = []
    owner = phone(file, replace(SMS, body={"text": "Call +886 2 2345 6789 2345, order 1001"}))
    owner.retailer.lookup = asked.append

    owner.messages()

    assert asked == []


def test_the_list_can_be_narrowed_to_one_person(file: Path) -> None:
    listed = phone(file, EMAIL, SMS).messages(to=SMS.to)

    assert [message["channel"] for message in listed] == ["sms"]
