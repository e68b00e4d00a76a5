"""Domain objects as items: the field names of the dataclass, nothing that is None."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from functions.adapters.dynamodb.marshal import Item

T = TypeVar("T")


# Built once a class (or union of classes), at first use.
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def to_item(record: object) -> Item:
    """The item of a dataclass; times as ISO 8601, enumerations by value."""
    item: Item = _adapter(type(record)).dump_python(record, mode="json", exclude_none=True)
    return item


def from_item(kind: type[T], item: Item) -> T:
    """The dataclass of an item; attributes it does not know (keys, TTL) are passed over."""
    record: T = _adapter(kind).validate_python(item)
    return record
