import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.dynamodb.marshal import dump, dump_item, load, load_item

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | TEXTS | st.integers(-(10**37), 10**37)
VALUES = st.recursive(
    SCALARS, lambda parts: st.lists(parts, max_size=4) | st.dictionaries(TEXTS, parts, max_size=4), max_leaves=12
)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    assert load(dump(value)) == value


@given(VALUES)
def test_a_value_takes_the_form_that_boto3_itself_gives_it(value: Any) -> None:
    assert dump(value) == TypeSerializer().serialize(value)


@given(VALUES)
def test_a_value_is_read_as_boto3_itself_reads_it(value: Any) -> None:
    written: Any = dump(value)

    assert load(written) == TypeDeserializer().deserialize(written)


@given(st.integers(-(10**37), 10**37))
def test_an_amount_stays_whole_to_its_last_digit(amount: int) -> None:
    read = load(json.loads(json.dumps(dump(amount))))

    assert (type(read), read) == (int, amount)


@pytest.mark.parametrize("value", [True, False])
def test_yes_and_no_are_not_numbers(value: object) -> None:
    assert dump(value) == {"BOOL": value}
    assert load(dump(value)) is value


def test_a_tuple_is_kept_as_a_list_and_an_enumeration_by_its_value() -> None:
    assert load(dump((1, Colour.RED))) == [1, "red"]


@pytest.mark.parametrize(
    "value",
    [0.1, float("nan"), Decimal("0.1"), b"bytes", {1, 2}, datetime(2026, 11, 22, tzinfo=UTC), object()],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no exact form"):
        dump({"amount": [value]})


def test_a_whole_item_is_written_and_read_by_attribute() -> None:
    item: dict[str, Any] = {
        "pk": "VOUCHER#1",
        "worth": {"money": {"minor": 500, "currency": "TWD"}},
        "recent": [],
        "flag": None,
    }

    assert dump_item(item)["worth"] == {"M": {"money": {"M": {"minor": {"N": "500"}, "currency": {"S": "TWD"}}}}}
    assert load_item(dump_item(item)) == item
