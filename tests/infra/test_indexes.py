"""A stage that is there gets its indexes one by one, as CloudFormation wants it."""

from typing import Any

import pytest

from infra.indexes import steps

Template = dict[str, Any]
BOTH = ["settlements", "changes"]


def indexes(template: Template) -> list[str]:
    table = template["Resources"]["Vouchers"]["Properties"]
    return [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]


def names(*there: str) -> dict[str, frozenset[str]]:
    return {"Vouchers": frozenset(there)}


def test_a_new_stage_gets_all_indexes_with_its_tables(data_template: Template) -> None:
    assert list(steps(data_template, {})) == [data_template]


@pytest.mark.parametrize("there", [["settlements"], ["changes"], BOTH])
def test_a_stage_that_lacks_one_index_at_the_most_changes_at_once(data_template: Template, there: list[str]) -> None:
    assert list(steps(data_template, names(*there))) == [data_template]


def test_a_stage_that_lacks_two_gets_one_after_the_other(data_template: Template) -> None:
    first, second = steps(data_template, names())

    assert [indexes(first), indexes(second)] == [BOTH[:1], BOTH]
    assert second == data_template


def test_on_the_way_no_attribute_is_defined_that_is_in_no_key(data_template: Template) -> None:
    first, _ = steps(data_template, names())

    defined = [part["AttributeName"] for part in first["Resources"]["Vouchers"]["Properties"]["AttributeDefinitions"]]

    assert defined == ["pk", "sk", "settled_on", "recorded_at"]


def test_a_table_without_indexes_stays_as_it_is(data_template: Template) -> None:
    first, _ = steps(data_template, names() | {"Sends": frozenset()})

    assert first["Resources"]["Sends"] == data_template["Resources"]["Sends"]
