"""Who may import whom. import-linter holds the direction of the rooms; what it cannot see is held here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import DOMAIN, FUNCTIONS, ROOT, imported, place_of, python_files

ROOMS = {"checkout", "issuance", "dispatch", "redemption", "engagement", "administration", "pages"}
BENEATH = {"runtime", "adapters", "contracts", "domain"}
OURS = [ROOT / "app.py", *python_files(FUNCTIONS)]
LINTER = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


def importers(*libraries: str) -> set[str]:
    """The files that import any of these libraries when they run."""
    return {
        place_of(path)
        for path in OURS
        if {name.partition(".")[0] for name in imported(path, at_run_time=True)} & set(libraries)
    }


def test_the_contracts_between_the_rooms_hold() -> None:
    linted = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", LINTER], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert linted.returncode == 0, linted.stdout


def test_every_room_has_its_place() -> None:
    """A new folder is given one in pyproject.toml, and here."""
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    folders = {path.parent.name for path in FUNCTIONS.glob("*/__init__.py")}

    assert folders == ROOMS | BENEATH
    assert {folder for folder in folders if f"functions.{folder}" not in contracts} == set()


@pytest.mark.parametrize("path", python_files(DOMAIN), ids=place_of)
def test_the_domain_knows_the_standard_library_and_itself_alone(path: Path) -> None:
    strangers = {
        name
        for name in imported(path)
        if not name.startswith("functions.domain") and name.partition(".")[0] not in sys.stdlib_module_names
    }

    assert strangers == set()


def test_chalice_is_known_at_the_doors_and_in_the_runtime_alone() -> None:
    doors = {"app.py", *(place_of(path) for room in ROOMS for path in (FUNCTIONS / room).rglob("entry.py"))}

    assert {place for place in importers("chalice") - doors if not place.startswith("functions/runtime/")} == set()


def test_aws_is_known_to_the_adapters_alone() -> None:
    assert {place for place in importers("boto3", "botocore") if not place.startswith("functions/adapters/")} == set()


def test_cryptography_and_qr_codes_are_known_to_the_adapters_alone() -> None:
    assert {place for place in importers("nacl", "segno") if not place.startswith("functions/adapters/")} == set()


def test_this_test_sees_an_import() -> None:
    """A walk that found nothing would keep every promise above."""
    assert "functions/adapters/aws.py" in importers("boto3")
    assert "functions/redemption/entry.py" in importers("chalice")


def test_the_app_stays_a_list_of_what_there_is() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 80
