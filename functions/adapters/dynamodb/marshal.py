"""Plain Python values to DynamoDB's JSON and back. Integers only: a float here would be money going wrong."""

from typing import Any

Item = dict[str, Any]


def dump(value: Any) -> dict[str, Any]:  # noqa: ANN401 - an attribute value is any of them
    """One attribute value.

    Raises:
        TypeError: a float, or anything else that has no exact form.
    """
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {name: dump(part) for name, part in value.items()}}
        case list() | tuple():
            return {"L": [dump(part) for part in value]}
        case _:
            raise TypeError(f"no exact form for {type(value).__name__}")


def load(value: Any) -> Any:  # noqa: ANN401 - an attribute value is any of them
    """The Python value of one attribute value."""
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL":
            return content
        case "N":
            return int(content)
        case "M":
            return {name: load(part) for name, part in content.items()}
        case "L":
            return [load(part) for part in content]
        case _:
            return None


def dump_item(item: Item) -> dict[str, Any]:
    """A whole item."""
    return {name: dump(value) for name, value in item.items()}


def load_item(item: dict[str, Any]) -> Item:
    """A whole item."""
    return {name: load(value) for name, value in item.items()}
