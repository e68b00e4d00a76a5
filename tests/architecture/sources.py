"""The project's own files, read as syntax: what is imported where, without importing anything."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
DOMAIN = FUNCTIONS / "domain"


def python_files(folder: Path) -> list[Path]:
    """All modules below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def place_of(path: Path) -> str:
    """The file as a person names it: `functions/domain/money.py`."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """The module that a file is: `functions.domain.money`."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


@cache
def syntax(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, *, at_run_time: bool = False) -> set[str]:
    """The modules that a file imports anywhere in it, or only those it imports when it runs and not for types alone."""
    tree: ast.AST = _WithoutTypes().visit(ast.parse(path.read_text(encoding="utf-8"))) if at_run_time else syntax(path)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


class _WithoutTypes(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        is_for_types = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if is_for_types else self.generic_visit(node)
