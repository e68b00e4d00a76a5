"""DynamoDB's expressions, as much of them as an adapter of ours could want, over items in DynamoDB's own JSON.

What this does not know it refuses loudly: a condition that is passed over would make every test of it a lie.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

Attributes = dict[str, Any]
# A path is the names that lead to an attribute; `:a` and `#a` stand for what the request says they do.
Path = tuple[str, ...]
Node = tuple[Any, ...]
_RESERVED = frozenset(ReservedKeywords.get_reserved_keywords())
_TOKEN = re.compile(r"\s*(?:(<=|>=|<>|[=<>(),.+-])|([#:]?[A-Za-z_]\w*))", re.ASCII)
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_KEYWORDS = {"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD"}


class ExpressionError(Exception):
    """AWS would refuse the request with a ValidationException."""


class UnsupportedError(AssertionError):
    """DynamoDB could do this, and this module cannot yet."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression, and the placeholders it uses."""

    root: Node
    names: frozenset[str]
    values: frozenset[str]


@dataclass(slots=True)
class Reading:
    """What one request says its placeholders are, and which of them were used."""

    names: Mapping[str, str]
    values: Mapping[str, Any]
    used: set[str] = field(default_factory=set)

    def use(self, parsed: Parsed) -> Node:
        """The expression, if all its placeholders are there."""
        for name in parsed.names | parsed.values:
            if name not in self.names and name not in self.values:
                raise ExpressionError(f"An expression uses {name}, which is not defined")
        self.used |= parsed.names | parsed.values
        return parsed.root

    def check_all_used(self) -> None:
        """Refuse placeholders that stand for nothing, as AWS does."""
        unused = sorted((set(self.names) | set(self.values)) - self.used)
        if unused:
            raise ExpressionError(
                f"Value provided in ExpressionAttributeNames or Values unused in expressions: {unused}"
            )


@lru_cache(maxsize=1024)
def condition(text: str) -> Parsed:
    """A condition or key condition, parsed."""
    parser = _Parser(text)
    root = parser.either()
    return parser.done(root)


@lru_cache(maxsize=1024)
def update(text: str) -> Parsed:
    """An update expression, parsed: ("update", [(verb, path, operand), ...])."""
    parser = _Parser(text)
    return parser.done(("update", tuple(parser.changes())))


def holds(node: Node, item: Attributes, reading: Reading) -> bool:
    """Whether a condition holds of an item; of one that is not there, `item` is empty."""
    match node:
        case ("and", left, right):
            return holds(left, item, reading) and holds(right, item, reading)
        case ("or", left, right):
            return holds(left, item, reading) or holds(right, item, reading)
        case ("not", inner):
            return not holds(inner, item, reading)
        case ("compare", sign, left, right):
            return _compares(sign, _value(left, item, reading), _value(right, item, reading))
        case ("between", what, low, high):
            value = _value(what, item, reading)
            return _compares(">=", value, _value(low, item, reading)) and _compares(
                "<=", value, _value(high, item, reading)
            )
        case ("in", what, options):
            value = _value(what, item, reading)
            return any(_compares("=", value, _value(option, item, reading)) for option in options)
        case ("attribute_exists", path):
            return _value(path, item, reading) is not None
        case ("attribute_not_exists", path):
            return _value(path, item, reading) is None
        case ("begins_with", path, prefix):
            value, start = _value(path, item, reading), _value(prefix, item, reading)
            return value is not None and "S" in value and value["S"].startswith(start["S"])
        case _:
            raise UnsupportedError(node)


def updated(node: Node, item: Attributes, reading: Reading) -> Attributes:
    """The item after an update; every value is read from the item as it was before."""
    changed = dict(item)
    for verb, path, operand in node[1]:
        names = _names(path, reading)
        if len(names) > 1:
            raise UnsupportedError(f"an update inside of an attribute: {names}")
        (name,) = names
        if verb == "REMOVE":
            changed.pop(name, None)
        elif verb == "SET":
            changed[name] = _set(operand, item, reading)
        else:
            changed[name] = _added(item.get(name, {"N": "0"}), _value(operand, item, reading))
    return changed


def key_parts(node: Node, reading: Reading, hash_key: str) -> tuple[str, list[Node]]:
    """What a key condition asks for: the partition's value, and the conditions on the sort key.

    Raises:
        ExpressionError: it does not say which partition.
    """
    conditions = list(_conjuncts(node))
    for place, each in enumerate(conditions):
        match each:
            case ("compare", "=", ("path", path), ("value", name)) if _names(("path", path), reading) == (hash_key,):
                return reading.values[name]["S"], conditions[:place] + conditions[place + 1 :]
    raise ExpressionError("Query condition missed key schema element")


def _conjuncts(node: Node) -> Iterator[Node]:
    if node[0] == "and":
        yield from _conjuncts(node[1])
        yield from _conjuncts(node[2])
    else:
        yield node


def _set(operand: Node, item: Attributes, reading: Reading) -> Any:
    match operand:
        case ("+" | "-" as sign, left, right):
            augend, addend = _set(left, item, reading), _set(right, item, reading)
            return _added(augend, addend if sign == "+" else {"N": str(-Decimal(addend["N"]))})
        case ("if_not_exists", path, fallback):
            found = _value(path, item, reading)
            return _set(fallback, item, reading) if found is None else found
        case _:
            value = _value(operand, item, reading)
            if value is None:
                raise ExpressionError("The provided expression refers to an attribute that does not exist in the item")
            return value


def _added(value: Attributes, more: Attributes) -> Attributes:
    if "N" not in value or "N" not in more:
        raise ExpressionError("An operand in the update expression has an incorrect data type")
    return {"N": str(Decimal(value["N"]) + Decimal(more["N"]))}


def _value(operand: Node, item: Attributes, reading: Reading) -> Any:
    kind, what = operand
    if kind == "value":
        return reading.values[what]
    found: Any = {"M": item}
    for name in _names(operand, reading):
        found = found.get("M", {}).get(name)
        if found is None:
            return None
    return found


def _names(operand: Node, reading: Reading) -> Path:
    _, path = operand
    return tuple(reading.names[name] if name.startswith("#") else name for name in path)


def _compares(sign: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        # An attribute that is not there equals nothing, and so is unlike anything.
        return sign == "<>"
    one, other = _plain(left), _plain(right)
    if sign in {"=", "<>"}:
        return (one == other) is (sign == "=")
    if left.keys() != right.keys():
        return False
    match sign:
        case "<":
            return bool(one < other)
        case "<=":
            return bool(one <= other)
        case ">":
            return bool(one > other)
        case _:
            return bool(one >= other)


def _plain(value: Attributes) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return kind, Decimal(content)
        case "M":
            return kind, {name: _plain(part) for name, part in content.items()}
        case "L":
            return kind, [_plain(part) for part in content]
        case _:
            return kind, content


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, list(_tokens(text)), 0

    def done(self, root: Node) -> Parsed:
        if self._at != len(self._tokens):
            raise ExpressionError(f"Invalid expression: {self._text!r} after {self._tokens[: self._at]}")
        names = frozenset(token for token in self._tokens if token.startswith("#"))
        return Parsed(root, names, frozenset(token for token in self._tokens if token.startswith(":")))

    def either(self) -> Node:
        node = self._both()
        while self._took("OR"):
            node = ("or", node, self._both())
        return node

    def changes(self) -> Iterator[Node]:
        while self._at < len(self._tokens):
            verb = self._take().upper()
            if verb not in {"SET", "REMOVE", "ADD"}:
                raise UnsupportedError(f"{verb} in an update")
            yield self._change(verb)
            while self._took(","):
                yield self._change(verb)

    def _change(self, verb: str) -> Node:
        path = self._path()
        if verb == "REMOVE":
            return verb, path, None
        if verb == "ADD":
            return verb, path, self._operand()
        self._expect("=")
        return verb, path, self._sum()

    def _sum(self) -> Node:
        left = self._term()
        for sign in ("+", "-"):
            if self._took(sign):
                return sign, left, self._term()
        return left

    def _term(self) -> Node:
        if not self._took("if_not_exists"):
            return self._operand()
        self._expect("(")
        path = self._path()
        self._expect(",")
        fallback = self._operand()
        self._expect(")")
        return "if_not_exists", path, fallback

    def _both(self) -> Node:
        node = self._one()
        while self._took("AND"):
            node = ("and", node, self._one())
        return node

    def _one(self) -> Node:
        if self._took("NOT"):
            return "not", self._one()
        if self._took("("):
            node = self.either()
            self._expect(")")
            return node
        for function in ("attribute_exists", "attribute_not_exists"):
            if self._took(function):
                self._expect("(")
                path = self._path()
                self._expect(")")
                return function, path
        if self._took("begins_with"):
            self._expect("(")
            path = self._path()
            self._expect(",")
            prefix = self._operand()
            self._expect(")")
            return "begins_with", path, prefix
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._operand()
        if self._took("BETWEEN"):
            low = self._operand()
            self._expect("AND")
            return "between", left, low, self._operand()
        if self._took("IN"):
            self._expect("(")
            options = [self._operand()]
            while self._took(","):
                options.append(self._operand())
            self._expect(")")
            return "in", left, tuple(options)
        sign = self._take()
        if sign not in _COMPARISONS:
            raise ExpressionError(f"Invalid expression: no comparison at {sign!r} in {self._text!r}")
        return "compare", sign, left, self._operand()

    def _operand(self) -> Node:
        return ("value", self._take()) if self._peek().startswith(":") else self._path()

    def _path(self) -> Node:
        names = [self._name()]
        while self._took("."):
            names.append(self._name())
        return "path", tuple(names)

    def _name(self) -> str:
        name = self._take()
        if name.upper() in _RESERVED:
            raise ExpressionError(f"Attribute name is a reserved keyword; reserved keyword: {name}")
        if not re.match(r"[#\w]", name) or self._peek() == "(":
            raise UnsupportedError(f"{name!r} in {self._text!r}")
        return name

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        if not token:
            raise ExpressionError(f"Invalid expression: {self._text!r} ends too early")
        self._at += 1
        return token

    def _took(self, token: str) -> bool:
        here = self._peek()
        if here != token and not (token in _KEYWORDS and here.upper() == token):
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._took(token):
            raise ExpressionError(f"Invalid expression: {token!r} is missing before {self._peek()!r} in {self._text!r}")


def _tokens(text: str) -> Iterator[str]:
    end = len(text.rstrip())
    at = 0
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnsupportedError(f"cannot read {text[at:]!r}")
        yield found.group(1) or found.group(2)
        at = found.end()
