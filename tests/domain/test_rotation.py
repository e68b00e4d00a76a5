"""A QR that renews itself: its text, and when a till may act on it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import rotation
from functions.domain.refusals import RotatedCredential
from functions.domain.rotation import Reading
from tests.domain.samples import NOW

TOKEN = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 5)[:152]
MOMENT = rotation.moment_of(NOW)
CODE = "ABCDEFGH"
TEXT = rotation.text(TOKEN, MOMENT, CODE)
MOMENTS = st.integers(0, 32**7 - 1)


def at(seconds: float) -> datetime:
    """So many seconds after it was shown."""
    return NOW + timedelta(seconds=seconds)


def refused(now: datetime, last_used: int = 0) -> bool:
    return isinstance(rotation.refusal(rotation.shown(MOMENT), now, last_used), RotatedCredential)


@given(MOMENTS)
def test_what_is_shown_is_read_back(moment: int) -> None:
    assert rotation.take_apart(rotation.text(TOKEN, moment, CODE)) == Reading(TOKEN, moment, CODE)


@given(MOMENTS)
def test_every_text_is_168_characters_of_a_qrs_alphanumeric_set(moment: int) -> None:
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]{168}", rotation.text(TOKEN, moment, CODE))


@pytest.mark.parametrize(
    "scanned",
    [TEXT.lower(), f" {TEXT}\r\n", f"https://shop.example/api/v/{TEXT}", f"HTTPS://SHOP.EXAMPLE/V/{TEXT}/"],
)
def test_a_text_is_read_in_any_case_and_behind_any_address(scanned: str) -> None:
    assert rotation.take_apart(scanned) == Reading(TOKEN, MOMENT, CODE)


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        TOKEN,
        f"https://shop.example/v/{TOKEN}",
        f"{TOKEN}.",
        TEXT[:-1],
        TEXT + "A",
        TEXT[:-1] + "1",
        TEXT[:-1] + "é",
        TEXT.replace(".", "/"),
        f"{TEXT}.{CODE}",
        "\ud800" * 168,
    ],
)
def test_what_cannot_be_a_rotating_qr_is_none_and_no_error(scanned: str) -> None:
    assert rotation.take_apart(scanned) is None


@given(st.text(max_size=200))
def test_any_text_is_a_rotating_qr_or_none(scanned: str) -> None:
    assert rotation.take_apart(scanned) is None or "." in scanned


def test_a_moment_is_the_whole_second() -> None:
    assert rotation.moment_of(datetime(2026, 11, 22, 4, 0, 0, 999_999, tzinfo=UTC)) == MOMENT


@pytest.mark.parametrize("seconds", [0, 1, 15, 29.999])
def test_what_was_shown_within_thirty_seconds_is_good(seconds: float) -> None:
    assert not refused(at(seconds))


@pytest.mark.parametrize("seconds", [30, 31, 86_400])
def test_a_picture_is_worth_nothing_after_thirty_seconds(seconds: float) -> None:
    assert refused(at(seconds))


@pytest.mark.parametrize(("seconds", "is_refused"), [(-1, False), (-2, False), (-2.001, True), (-3_600, True)])
def test_a_clock_of_ours_may_be_two_seconds_behind_another(seconds: float, *, is_refused: bool) -> None:
    assert refused(at(seconds)) == is_refused


@pytest.mark.parametrize(("last_used", "is_refused"), [(MOMENT - 1, False), (MOMENT, True), (MOMENT + 15, True)])
def test_a_moment_is_spent_once_and_takes_the_earlier_ones_with_it(last_used: int, *, is_refused: bool) -> None:
    assert refused(NOW, last_used) == is_refused


def test_whatever_is_no_rotating_qr_is_refused() -> None:
    assert isinstance(rotation.refusal(None, NOW, 0), RotatedCredential)
