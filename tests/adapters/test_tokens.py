import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters import tokens
from functions.domain import codes

IDS = st.from_regex(r"[A-Za-z0-9._~-]{1,64}", fullmatch=True)


def written(*parts: str) -> str:
    return tokens.TERMINAL + base64.urlsafe_b64encode("/".join(parts).encode()).decode().rstrip("=")


# The same at every run: what is random cannot name a test.
GOOD = written("xinyi", "xinyi-1", "s" * 43)


@pytest.fixture
def made() -> tokens.Made:
    return tokens.make(tokens.TERMINAL, "xinyi", "xinyi-1")


def test_a_well_formed_token_is_read() -> None:
    assert tokens.read(tokens.TERMINAL, GOOD, 2) == (["xinyi", "xinyi-1"], tokens.digest("s" * 43))


@given(IDS, IDS)
def test_a_token_names_its_row_and_proves_its_secret(store_id: str, terminal_id: str) -> None:
    made = tokens.make(tokens.TERMINAL, store_id, terminal_id)

    assert tokens.read(tokens.TERMINAL, made.text, 2) == ([store_id, terminal_id], made.digest)


def test_a_token_can_stand_in_a_header(made: tokens.Made) -> None:
    assert made.text.isascii()
    assert " " not in made.text


def test_no_two_tokens_share_a_secret() -> None:
    assert tokens.make(tokens.KEY, "k").digest != tokens.make(tokens.KEY, "k").digest


def test_what_is_kept_of_a_token_is_the_digest_of_256_random_bits(made: tokens.Made) -> None:
    secret = base64.urlsafe_b64decode(made.text.removeprefix(tokens.TERMINAL) + "==").decode().split("/")[-1]

    assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    assert made.digest == hashlib.sha256(secret.encode()).hexdigest()


def test_a_token_of_one_sort_is_none_of_the_other() -> None:
    assert tokens.read(tokens.KEY, GOOD, 2) is None
    assert tokens.read(tokens.TERMINAL, tokens.make(tokens.KEY, "k").text, 1) is None


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_a_token_with_another_number_of_parts_is_none(parts: int) -> None:
    assert tokens.read(tokens.TERMINAL, GOOD, parts) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "sbt_", "sbt_=", "sbt_A", "sbt_!!!!", "sbt_é", "sbt_ａｂｃｄ", "sbt_\ud800"),
        *(GOOD.removeprefix("sbt_"), GOOD.upper(), "x" + GOOD, GOOD + "\n", GOOD + "#"),
        *(written("xinyi", "xinyi-1"), written("xinyi", "", "secret"), written("", "xinyi-1", "secret")),
        *(written("xinyi", "xinyi-1", ""), written("a", "b", "c", "d"), "sbt_" + "A" * 5_000),
        "sbt_" + base64.urlsafe_b64encode(b"\xff\xfe/\xff/\xff").decode(),
    ],
)
def test_anything_else_is_none_and_no_error(text: str) -> None:
    assert tokens.read(tokens.TERMINAL, text, 2) is None


@given(st.text(max_size=600))
def test_no_text_behind_the_prefix_is_an_error(text: str) -> None:
    read = tokens.read(tokens.TERMINAL, tokens.TERMINAL + text, 2)

    assert read is None or len(read[0]) == 2


def test_another_secret_has_another_digest() -> None:
    assert tokens.read(tokens.TERMINAL, written("xinyi", "xinyi-1", "guess"), 2) == (
        ["xinyi", "xinyi-1"],
        tokens.digest("guess"),
    )


def test_an_enrolment_code_is_shown_in_groups_and_kept_as_the_digest_of_what_is_typed() -> None:
    made = tokens.enrolment_code()

    typed = codes.normalise(made.text.lower())
    assert typed
    assert codes.grouped(typed) == made.text
    assert tokens.digest(typed) == made.digest
