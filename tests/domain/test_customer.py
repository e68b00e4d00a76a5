from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.customer import (
    Customer,
    Identity,
    IdentityKind,
    identities_of,
    normal_email,
    normal_phone,
)
from functions.domain.order import Contact

EVERYTHING = Contact(
    customer_ref="c-7",
    name="王小美",
    email="mei@example.com",
    phone="+886912345678",
    line_user_id="U4af4980629",
    language="en",
)
FIELDS = ("name", "email", "phone", "line_user_id")
CONTACTS = st.builds(
    Contact,
    customer_ref=st.none() | st.sampled_from(["c-7", "c-8"]),
    name=st.none() | st.sampled_from(["王小美", "Mei"]),
    email=st.none() | st.sampled_from(["mei@example.com", "other@example.com"]),
    phone=st.none() | st.sampled_from(["+886912345678", "+886987654321"]),
    line_user_id=st.none() | st.sampled_from(["U1", "U2"]),
    language=st.sampled_from(["zh-Hant", "en"]),
)


def known(**override: Any) -> Customer:
    fields: dict[str, Any] = {"customer_id": "mei", "version": 1}
    return Customer(**fields | override)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+886912345678", "+886912345678"),
        ("0912345678", "+886912345678"),
        ("0912-345-678", "+886912345678"),
        (" 0912 345 678 ", "+886912345678"),
        ("０９１２３４５６７８", "+886912345678"),
        ("＋８８６ ９１２ ３４５ ６７８", "+886912345678"),
        ("+8860912345678", "+886912345678"),
        ("+886 (0)912-345-678", "+886912345678"),
        ("00886912345678", "+886912345678"),
        ("008860912345678", "+886912345678"),
        ("+886227208889", "+886227208889"),
        ("+886 (0)2 2720 8889", "+886227208889"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+1 (202) 555.0100", "+12025550100"),
    ],
)
def test_a_phone_number_has_one_form_however_it_is_written(written: str, number: str) -> None:
    assert normal_phone(written) == number


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", " ", "+", "-", "abc", "09", "091234567", "09123456789", "912345678", "0227208889"),
        *("886912345678", "+0912345678", "+12345", "1" * 40, "+" + "1" * 40, "+886912345678x9", "++886912345678"),
        *("+886912345678; DROP", "+٨٨٦٩١٢٣٤٥٦٧٨a", "+886912\u200d345678", "+886912345678\x00"),
    ],
)
def test_what_cannot_be_dialled_is_no_phone_number(written: str | None) -> None:
    assert normal_phone(written) is None


@given(st.text(alphabet="+0123456789０９ -().\u0669x", max_size=50))
def test_a_normal_phone_number_is_its_own_normal_form(written: str) -> None:
    number = normal_phone(written)

    assert number is None or normal_phone(number) == number


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("mei@example.com", "mei@example.com"),
        ("  Mei.Wang+Shop@Example.COM \n", "mei.wang+shop@example.com"),
        ("ｍｅｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "mei@example.com"),
        ("美@example.com", "美@example.com"),
    ],
)
def test_an_email_address_has_one_form_however_it_is_written(written: str, address: str) -> None:
    assert normal_email(written) == address


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", " ", "mei", "@example.com", "mei@", "mei@example", "mei@@example.com", "a@b@c.com"),
        *("mei @example.com", "mei@exam ple.com", "mei@example.com, b@example.com", "mei@example.com\nBcc: b@c.com"),
        *("<mei@example.com>", '"mei"@example.com', "m" * 65 + "@example.com", "m@" + "e" * 300 + ".com"),
    ],
)
def test_what_no_letter_could_be_sent_to_is_no_email_address(written: str | None) -> None:
    assert normal_email(written) is None


def test_the_surest_identity_comes_first() -> None:
    assert [identity.kind for identity in identities_of(EVERYTHING, "demo")] == [
        IdentityKind.SHOP,
        IdentityKind.LINE,
        IdentityKind.EMAIL,
        IdentityKind.PHONE,
    ]


def test_a_shop_s_reference_is_an_identity_of_that_shop_alone() -> None:
    contact = Contact(customer_ref="c-7")

    assert identities_of(contact, "demo") == (Identity(IdentityKind.SHOP, "demo#c-7"),)
    assert identities_of(contact, "demo") != identities_of(contact, "other")


def test_a_buyer_who_said_nothing_has_no_identity() -> None:
    assert identities_of(Contact(name="王小美"), "demo") == ()


def test_an_order_fills_in_what_was_unknown() -> None:
    completed = known().completed(EVERYTHING, "demo")

    assert [getattr(completed, name) for name in FIELDS] == [getattr(EVERYTHING, name) for name in FIELDS]
    assert completed.shop_refs == (("demo", "c-7"),)


@given(CONTACTS, st.lists(CONTACTS, max_size=5))
def test_an_order_overwrites_nothing_that_is_known(first: Contact, later: list[Contact]) -> None:
    customer = Customer(customer_id="mei").completed(first, "demo")

    for contact in later:
        completed = customer.completed(contact, "demo")
        assert all(getattr(completed, name) == getattr(customer, name) for name in FIELDS if getattr(customer, name))
        assert completed.shop_refs[: len(customer.shop_refs)] == customer.shop_refs
        customer = completed


@given(CONTACTS)
def test_an_order_heard_twice_changes_a_customer_once(contact: Contact) -> None:
    once = known().completed(contact, "demo")

    assert once.completed(contact, "demo") == once


def test_an_order_that_says_nothing_new_makes_no_new_version() -> None:
    assert known(email="mei@example.com").completed(Contact(email="other@example.com"), "demo").version == 1


def test_a_new_fact_makes_one_new_version() -> None:
    assert known(email="mei@example.com").completed(EVERYTHING, "demo").version == 2


def test_the_first_order_says_which_language_a_customer_reads() -> None:
    assert Customer(customer_id="mei").completed(EVERYTHING, "demo").language == "en"


def test_a_later_order_does_not_change_a_customer_s_language() -> None:
    assert known(language="zh-Hant").completed(EVERYTHING, "demo").language == "zh-Hant"


def test_an_order_is_written_to_where_the_order_says() -> None:
    customer = known(email="old@example.com", phone="+886911111111", line_user_id="U0")

    assert customer.contact(EVERYTHING) == EVERYTHING


def test_an_order_without_an_address_is_written_to_where_the_customer_is_known() -> None:
    customer = known(email="mei@example.com", phone="+886912345678", line_user_id="U1")

    contact = customer.contact(Contact(name="Mei"))

    assert (contact.email, contact.phone, contact.line_user_id) == ("mei@example.com", "+886912345678", "U1")
