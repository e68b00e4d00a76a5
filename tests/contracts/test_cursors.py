"""A cursor is one opaque word; what we did not give out, we do not read."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contracts.cursors import MAYBE, NUMBER, TEXT, read_cursor, write_cursor
from functions.domain.errors import InvalidValueError


def packed(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).rstrip(b"=").decode()


FOREIGN = {
    "nothing": "",
    "no word of ours": "garbage!",
    "not ASCII": "游標",
    "no list": packed({"a": 1}),
    "too few parts": packed(["a"]),
    "too many parts": packed(["a", 1, 2]),
    "a number for a text": packed([1, 1]),
    "a text for a number": packed(["a", "1"]),
    "a truth for a number": packed(["a", True]),
    "a fraction": packed(["a", 1.0]),
    "another spelling": base64.urlsafe_b64encode(b'["a", 1]').decode(),
    "padded": packed(["a", 1]) + "==",
    "endless": packed(["a" * 5_000, 1]),
    "deep": base64.urlsafe_b64encode(b"[" * 1_400).decode(),
}


@given(text=st.text(max_size=200), number=st.integers(0, 10**9), maybe=st.none() | st.text(max_size=20))
def test_what_was_given_out_is_read_as_it_was(text: str, number: int, maybe: str | None) -> None:
    assert read_cursor(write_cursor(text, number, maybe), TEXT, NUMBER, MAYBE) == [text, number, maybe]


def test_a_cursor_is_one_word_of_an_address() -> None:
    assert set(write_cursor("?&=# /", 1)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("name", FOREIGN)
def test_what_was_not_given_out_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match="cursor"):
        read_cursor(FOREIGN[name], TEXT, NUMBER)
