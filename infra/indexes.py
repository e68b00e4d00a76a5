"""Adds indexes to tables that are there already, one by one.

CloudFormation refuses an update that adds more than one index to a table ("Cannot perform more than one GSI creation or
deletion in a single update"). A table that is new may have all of them at once.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def steps(template: Json, deployed: Mapping[str, frozenset[str]]) -> Iterator[Json]:
    """The template with one more index a table each time, and at last as it is.

    `deployed` has the names of the indexes of each table that is there, by its logical id in the template.
    """
    missing = {name: _missing(template, name, there) for name, there in deployed.items()}
    for count in range(1, max(map(len, missing.values()), default=0)):
        step = deepcopy(template)
        for name, indexes in missing.items():
            _leave_out(step["Resources"][name]["Properties"], set(indexes[count:]))
        yield step
    yield template


def _missing(template: Json, name: str, there: frozenset[str]) -> list[str]:
    indexes = template["Resources"][name]["Properties"].get("GlobalSecondaryIndexes", [])
    return [index["IndexName"] for index in indexes if index["IndexName"] not in there]


def _leave_out(table: Json, names: set[str]) -> None:
    indexes = [index for index in table.get("GlobalSecondaryIndexes", []) if index["IndexName"] not in names]
    schemas = [table["KeySchema"], *(index["KeySchema"] for index in indexes)]
    used = {part["AttributeName"] for schema in schemas for part in schema}
    # DynamoDB refuses the definition of an attribute that is in no key.
    table["AttributeDefinitions"] = [each for each in table["AttributeDefinitions"] if each["AttributeName"] in used]
    if indexes:
        table["GlobalSecondaryIndexes"] = indexes
    else:
        table.pop("GlobalSecondaryIndexes", None)
