"""Habits that no linter of ours knows."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import DOMAIN, FUNCTIONS, ROOT, place_of, python_files, syntax

OURS = [ROOT / "app.py", *python_files(FUNCTIONS)]
KEY_PREFIX = re.compile(r"[A-Z]+#")
# What would make a rule answer differently tomorrow, or do something besides answering.
NOT_A_RULE = {
    *("now", "utcnow", "today", "time_ns", "monotonic", "perf_counter", "sleep"),
    *("uuid1", "uuid4", "random", "randint", "choice", "token_bytes", "token_urlsafe", "urandom"),
    *("print", "open", "input", "eval", "exec", "getLogger"),
}
Finds = Callable[[ast.AST], bool]


def where(finds: Finds, files: list[Path]) -> list[str]:
    """The places where a file's syntax has something."""
    return [
        f"{place_of(path)}:{getattr(node, 'lineno', 1)}"
        for path in files
        for node in ast.walk(syntax(path))
        if finds(node)
    ]


def seen(finds: Finds, source: str) -> int:
    """How often a search strikes in a piece of code: what never strikes proves nothing."""
    return sum(map(finds, ast.walk(ast.parse(source))))


def called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", None) or getattr(node.func, "id", None)


def is_float(node: ast.AST) -> bool:
    """A float literal, the name `float`, or a division that makes one."""
    literal = isinstance(node, ast.Constant) and isinstance(node.value, (float, complex))
    name = isinstance(node, ast.Name) and node.id == "float"
    return literal or name or isinstance(node, ast.Div)


def is_environment(node: ast.AST) -> bool:
    attribute = isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    name = isinstance(node, ast.ImportFrom) and node.module == "os" and bool(_names(node) & {"environ", "getenv"})
    return attribute or name


def is_key(node: ast.AST) -> bool:
    """A text that begins like a key of a table."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(KEY_PREFIX.match(node.value))


def makes_a_key(node: ast.AST) -> bool:
    return called(node) == "Key"


def is_no_rule(node: ast.AST) -> bool:
    return called(node) in NOT_A_RULE


def catches_everything(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and (
        node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
    )


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


SEARCHES: list[tuple[Finds, str]] = [
    (is_float, "x = 0.1"),
    (is_float, "x: float"),
    (is_float, "x = 1 / 2"),
    (is_environment, "import os; os.environ['X']"),
    (is_environment, "import os; os.getenv('X')"),
    (is_environment, "from os import environ"),
    (is_key, "key = f'VOUCHER#{voucher_id}'"),
    (is_key, "key = 'ORDER#' + order_id"),
    (makes_a_key, "Key('vouchers', 'a', 'b')"),
    (makes_a_key, "keys.Key('vouchers', 'a', 'b')"),
    (is_no_rule, "datetime.now(UTC)"),
    (is_no_rule, "uuid4()"),
    (is_no_rule, "print('x')"),
    (catches_everything, "try: f()\nexcept Exception: pass"),
    (catches_everything, "try: f()\nexcept: pass"),
]


@pytest.mark.parametrize(("finds", "source"), SEARCHES, ids=[source for _, source in SEARCHES])
def test_every_search_below_strikes_where_it_should(finds: Finds, source: str) -> None:
    assert seen(finds, source) == 1


def test_no_rule_computes_with_floats() -> None:
    assert where(is_float, python_files(DOMAIN)) == []


def test_no_rule_looks_at_a_clock_draws_lots_or_says_anything() -> None:
    assert where(is_no_rule, python_files(DOMAIN)) == []


def test_the_environment_is_read_in_one_place() -> None:
    assert {place.partition(":")[0] for place in where(is_environment, OURS)} == {"functions/runtime/wiring.py"}


def test_keys_of_tables_are_spelt_in_one_place() -> None:
    assert {place.partition(":")[0] for place in where(is_key, OURS)} == {"functions/adapters/dynamodb/keys.py"}


def test_keys_of_tables_are_made_in_one_place_and_read_back_in_one() -> None:
    dynamodb = "functions/adapters/dynamodb"

    assert {place.partition(":")[0] for place in where(makes_a_key, OURS)} == {
        f"{dynamodb}/keys.py",
        f"{dynamodb}/database.py",
    }


def test_errors_that_nobody_foresaw_are_caught_at_the_doors_alone() -> None:
    assert {place.partition(":")[0] for place in where(catches_everything, OURS)} <= {
        "functions/runtime/http.py",
        "functions/runtime/queue_consumer.py",
    }


def _documents() -> Iterator[Path]:
    folders = ("docs", "events", "layers", "functions", "infra", "tests")
    yield from ROOT.glob("*.md")
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in {".md", ".py", ".yaml", ".json"})


def test_no_text_names_a_place_on_somebody_s_machine() -> None:
    home = re.compile(r"(?<![\w.$}:/-])/(?:work|farm|root|home/\w+|Users/\w+)/")

    named = [path for path in _documents() if home.search(path.read_text(encoding="utf-8"))]

    assert home.search("see {}home{}mei{}".format(*"///"))
    assert [place_of(path) for path in named] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [path for path in _documents() if path.suffix == ".md"]
    links = [
        (path, target)
        for path in documents
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target
    ]

    assert links
    assert [f"{place_of(path)}: {target}" for path, target in links if not (path.parent / target).exists()] == []
