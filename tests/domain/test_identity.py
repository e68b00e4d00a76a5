from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import identity

IDS = st.from_regex(r"[A-Za-z0-9._~-]{1,8}", fullmatch=True)


@pytest.mark.parametrize("text", ["a", "A-Z.0_9~", "0" * 64, "..", "-", "~"])
def test_what_the_contract_allows_may_name_a_thing(text: str) -> None:
    assert identity.is_identifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 65,
        "a#b",
        "a|b",
        "a/b",
        "../etc",
        "%00",
        "%2f",
        "a b",
        "a\n",
        "é",
        "Ａ",
        "a\u200d",
        "a\0",
        "a:b",
        "a?b",
    ],
)
def test_nothing_that_separates_keys_or_paths_may_name_a_thing(text: str) -> None:
    assert not identity.is_identifier(text)


@given(IDS, IDS, IDS, st.integers(0, 9_999))
def test_a_voucher_s_id_is_derived_and_so_the_same_again(shop: str, order: str, line: str, unit: int) -> None:
    derived = identity.voucher_id(shop, order, line, unit)

    assert derived == identity.voucher_id(shop, order, line, unit)
    assert str(UUID(derived)) == derived


@given(st.tuples(IDS, IDS, IDS, st.integers(0, 99)), st.tuples(IDS, IDS, IDS, st.integers(0, 99)))
def test_two_units_never_share_a_voucher_s_id(one: tuple[str, str, str, int], other: tuple[str, str, str, int]) -> None:
    assert (identity.voucher_id(*one) == identity.voucher_id(*other)) == (one == other)


def test_ids_given_out_once_stay_good_for_ever() -> None:
    """A change here would issue every voucher of every replayed order again."""
    voucher_id = "a2d0b2b7-c25d-551a-b63e-3da9d0d5391c"

    assert identity.voucher_id("demo-shopify", "1001", "1", 0) == voucher_id
    assert identity.message_id(voucher_id, 1) == "32a2881b-c2f5-5222-91d0-4a51d0e1243c"
    assert identity.customer_id("email", "mei@example.com") == "edb2938a-91bd-5b16-b876-5ce36161694e"


def test_each_credential_of_a_voucher_has_its_own_message() -> None:
    assert identity.message_id("v", 1) != identity.message_id("v", 2)


def test_an_id_of_one_kind_is_never_an_id_of_another() -> None:
    assert identity.message_id("v", 1) != identity.customer_id("v", "1")
