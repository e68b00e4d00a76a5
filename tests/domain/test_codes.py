import unicodedata
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain import codes

SPACE = len(codes.ALPHABET) ** (codes.LENGTH - 1)
NUMBERS = st.integers(0, SPACE - 1)
SAMPLES = [codes.from_number(number) for number in (0, 1, 31, SPACE - 1, 2**255 - 19)]


def swapped(code: str, one: int, other: int) -> str:
    characters = list(code)
    characters[one], characters[other] = characters[other], characters[one]
    return "".join(characters)


def test_the_alphabet_holds_nothing_that_people_confuse() -> None:
    assert not set(codes.ALPHABET) & set("IL1O0")
    assert len(set(codes.ALPHABET)) == 31


@pytest.mark.parametrize("code", SAMPLES)
def test_every_single_wrong_character_is_found(code: str) -> None:
    wrong = [
        code[:place] + other + code[place + 1 :]
        for place in range(codes.LENGTH)
        for other in codes.ALPHABET
        if other != code[place]
    ]

    assert [mistyped for mistyped in wrong if codes.normalise(mistyped) is not None] == []


@given(NUMBERS)
def test_every_swap_of_two_characters_is_found(number: int) -> None:
    code = codes.from_number(number)
    mistyped = {swapped(code, one, other) for one, other in combinations(range(codes.LENGTH), 2)} - {code}

    assert [each for each in mistyped if codes.normalise(each) is not None] == []


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_a_code(one: int, other: int) -> None:
    assume(one != other)

    assert codes.from_number(one) != codes.from_number(other)


@given(NUMBERS)
def test_a_code_is_read_as_itself(number: int) -> None:
    code = codes.from_number(number)

    assert codes.normalise(code) == code


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(codes.grouped, id="as it is shown"),
        pytest.param(lambda code: codes.grouped(code).replace("-", " "), id="spaces"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\u2011"), id="typographic hyphens"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\u2013"), id="dashes"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\uff0d"), id="full-width hyphens"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\u3000"), id="ideographic spaces"),
        pytest.param(lambda code: codes.grouped(code).replace("-", "\u00a0"), id="unbreakable spaces"),
        pytest.param(lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code), id="full width"),
        pytest.param(lambda code: f"\t{code}\r\n", id="what a scanner adds"),
        pytest.param(lambda code: unicodedata.normalize("NFD", code), id="decomposed"),
    ],
)
@pytest.mark.parametrize("code", SAMPLES)
def test_a_code_is_read_however_it_is_typed(code: str, typed: object) -> None:
    assert callable(typed)

    assert codes.normalise(typed(code)) == code


@pytest.mark.parametrize("code", SAMPLES)
@pytest.mark.parametrize(
    ("what", "inserted"),
    [("key separator", "#"), ("bar", "|"), ("joiner", "\u200d"), ("Cyrillic", "\u0410"), ("NUL", "\0"), ("dot", ".")],
)
def test_a_character_that_no_code_has_makes_it_no_code(code: str, what: str, inserted: str) -> None:
    del what

    assert codes.normalise(code[:4] + inserted + code[4:]) is None
    assert codes.normalise(code[:4] + inserted + code[5:]) is None


@pytest.mark.parametrize("code", ["", " ", "-" * 16, SAMPLES[0][:-1], SAMPLES[0] + "2", "2" * 5_000, "0" * 16])
def test_what_has_not_sixteen_characters_of_the_alphabet_is_no_code(code: str) -> None:
    assert codes.normalise(code) is None


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_is_not_and_never_an_error(typed: str) -> None:
    found = codes.normalise(typed)

    assert found is None or codes.normalise(found) == found


def test_codes_given_out_once_stay_good_for_ever() -> None:
    """A change of alphabet, length or weights would turn away every customer who holds one."""
    assert codes.from_number(2**70) == "3GYUPNZWJUGVCK3R"


def test_a_code_is_shown_in_four_groups_of_four() -> None:
    assert codes.grouped("ABCDEFGHJKMNPQRS") == "ABCD-EFGH-JKMN-PQRS"
