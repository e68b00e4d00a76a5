"""The voucher as a text message."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.dispatch.by_sms import SmsCarrier, link_message, message, parts
from functions.domain.sending import Accepted
from tests.dispatch.samples import PUBLIC_URL, ROTATING, SMS, Keys, notice, send, shop

CODE = "ABCDEFGHJKMNPQRS"
# As long as a deployment of our own makes it: a stage of API Gateway.
LINK = f"https://a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com/api/v/{'A' * 152}"
EXPIRIES = ["使用期限至 2026 年 12 月 31 日", "使用期限至 2026 年 12 月 31 日 18:00", "無使用期限"]


class Sms:
    def __init__(self, sent: list[tuple[str, str]]) -> None:
        self._sent = sent

    def send(self, text: str, to: str) -> Accepted:
        self._sent.append((text, to))
        return Accepted("s-1")


def carrier(sent: list[tuple[str, str]]) -> SmsCarrier:
    return SmsCarrier(Sms(sent), Keys(), Keys(), PUBLIC_URL)  # type: ignore[arg-type]  # stands in for SNS


def english(**override: Any) -> str:
    fields = {"language": "en", "shop": "Chingho", "product": "Gift voucher", "expiry": "No expiry date"}
    return message(notice(**fields | override), CODE)


def test_the_text_brings_the_code_in_groups() -> None:
    assert message(notice(), CODE) == (
        "【青禾選物】現金禮券 NT$500，無使用期限。兌換碼 ABCD-EFGH-JKMN-PQRS，到店出示即可使用。"
    )


def test_the_text_speaks_english_to_those_who_do() -> None:
    assert english() == ("Chingho: Gift voucher, NT$500. No expiry date. Code ABCD-EFGH-JKMN-PQRS: show it in store.")


def test_the_text_holds_no_link() -> None:
    """Carriers in Taiwan drop it."""
    assert not re.search(r"https?:|://|www\.", message(notice(), CODE))


def test_an_ordinary_text_is_one_part() -> None:
    assert (parts(message(notice(), CODE)), parts(english())) == (1, 1)


@settings(deadline=None)
@given(
    name=st.text(min_size=1, max_size=300), worth=st.text(min_size=1, max_size=300), expiry=st.sampled_from(EXPIRIES)
)
def test_no_text_is_longer_than_two_parts(name: str, worth: str, expiry: str) -> None:
    assert parts(message(notice(shop=name, product=name, worth=worth, expiry=expiry), CODE)) <= 2


@settings(deadline=None)
@given(name=st.text(min_size=1, max_size=300), expiry=st.sampled_from(["Valid until 30 September 2026, 18:00"]))
def test_no_english_text_is_longer_than_two_parts(name: str, expiry: str) -> None:
    assert parts(english(shop=name, product=name, worth=name, expiry=expiry)) <= 2


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_the_code_is_never_cut(name: str) -> None:
    assert "ABCD-EFGH-JKMN-PQRS" in message(notice(shop=name, product=name, worth=name), CODE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("券" * 70, 1),
        ("券" * 71, 2),
        ("券" * 134, 2),
        ("券" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_phone_networks_do(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_the_text_goes_to_the_sends_number_with_its_own_code() -> None:
    sent: list[tuple[str, str]] = []

    outcome = carrier(sent).pack(send(SMS), notice(), shop())()

    ((text, to),) = sent
    assert (outcome, to) == (Accepted("s-1"), SMS.to)
    assert "ABCD-EFGH-JKMN-0001" in text


def test_a_voucher_whose_qr_renews_itself_is_sent_as_its_link_and_without_a_code() -> None:
    sent: list[tuple[str, str]] = []

    carrier(sent).pack(send(SMS), notice(credential=ROTATING), shop())()

    ((text, _),) = sent
    assert text.endswith(f"{PUBLIC_URL}/v/{Keys().token(ROTATING)}")
    assert not re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", text)


def test_the_link_speaks_both_languages() -> None:
    assert link_message(notice(), LINK) == (
        f"【青禾選物】現金禮券 NT$500，無使用期限。到店開啟此頁出示 QR 碼（截圖無法使用）：{LINK}"
    )
    assert "no screenshots" in link_message(notice(language="en", shop="Chingho"), LINK)


@settings(deadline=None)
@given(
    name=st.text(min_size=1, max_size=300), worth=st.text(min_size=1, max_size=300), expiry=st.sampled_from(EXPIRIES)
)
def test_no_link_is_cut_or_longer_than_five_parts(name: str, worth: str, expiry: str) -> None:
    text = link_message(notice(shop=name, product=name, worth=worth, expiry=expiry), LINK)

    assert parts(text) <= 5
    assert text.endswith(LINK)
