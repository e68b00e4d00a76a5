"""Before any model sees a body: what counts as JSON at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.http import parse_json
from functions.runtime.problems import MalformedError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=8), parts, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_json_in_utf_8_is_read(content: Any) -> None:
    assert parse_json(json.dumps(content, ensure_ascii=False).encode(errors="replace")) == json.loads(
        json.dumps(content, ensure_ascii=False).encode(errors="replace")
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"amount": 1, "amount": 1000}', id="a key twice"),
        pytest.param(b'{"money": {"amount": "1", "amount": "1000"}}', id="a key twice, deep"),
        pytest.param(b'[{"a": 1, "\\u0061": 2}]', id="a key twice, once escaped"),
        pytest.param(b'{"amount": NaN}', id="not a number"),
        pytest.param(b'{"amount": Infinity}', id="infinity"),
        pytest.param(b'{"amount": -Infinity}', id="negative infinity"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte-order mark"),
        pytest.param('{"a": "b"}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"a": "b"}'.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param('{"a": "b"}'.encode("utf-32"), id="UTF-32"),
        pytest.param('{"a": "禮券"}'.encode("big5"), id="Big5"),
        pytest.param(b'{"a": "\xff"}', id="no UTF-8"),
        pytest.param(b'{"a": "\xed\xa0\x80"}', id="half a surrogate pair in bytes"),
        pytest.param(b'{"a": "\x00"}', id="NUL"),
        pytest.param(b"[" * 5_000 + b"]" * 5_000, id="5,000 lists deep"),
        pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, id="5,000 objects deep"),
        pytest.param(b"[" * 262_144, id="as deep as a body can be"),
        pytest.param(b'{"a": ' + b"9" * 5_000 + b"}", id="5,000 digits"),
        pytest.param(b"", id="nothing"),
        pytest.param(b" ", id="a space"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"{} {}", id="two objects"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1,}', id="a comma too many"),
        pytest.param(b'{"a": 01}', id="a leading zero"),
        pytest.param(b'{"a": .5}', id="no digit before the point"),
        pytest.param(b"status=paid", id="a form"),
    ],
)
def test_what_is_not_plain_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_json(raw)


def test_what_was_wrong_is_told_without_repeating_the_body() -> None:
    with pytest.raises(MalformedError) as refused:
        parse_json(b'{"email": "mei@example.com", "email": "b"}')

    assert "mei@example.com" not in str(refused.value)
