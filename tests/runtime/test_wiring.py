"""The composition root: nothing at import, everything at first use, another world in one call."""

import subprocess
import sys

import pytest

from functions.runtime.settings import MissingSettingError, Settings
from functions.runtime.wiring import Wiring, current, using
from tests.support.world import World

IMPORTED = """
import sys
import app
heavy = {"boto3", "nacl.signing", "segno"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_importing_the_app_imports_no_adapters_library_and_needs_no_environment() -> None:
    command = [sys.executable, "-c", IMPORTED]

    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)  # noqa: S603 - our own text

    assert done.returncode == 0, done.stderr


def test_the_wiring_that_was_handed_in_is_current(world: World) -> None:
    assert current() is world.wiring


def test_the_last_wiring_handed_in_counts_until_it_is_taken_back(world: World) -> None:
    other = Wiring(Settings())

    with using(other):
        assert current() is other

    assert current() is world.wiring


def test_a_wiring_is_taken_back_after_an_error(world: World) -> None:
    with pytest.raises(KeyError), using(Wiring(Settings())):
        raise KeyError

    assert current() is world.wiring


def test_an_adapter_is_made_once(world: World) -> None:
    wiring = world.wiring

    for name in ("database", "till", "orders", "customers", "queues", "codebook", "signer", "verifier", "seal"):
        assert getattr(wiring, name) is getattr(wiring, name)


def test_tables_are_read_through_one_database(world: World) -> None:
    assert world.wiring.issuing._vouchers is world.wiring.vouchers
    assert world.wiring.orders._database is world.wiring.till._database


@pytest.mark.parametrize("name", ["verifier", "codebook", "signer", "seal", "admin_secret"])
def test_what_a_function_was_not_given_names_its_setting(name: str) -> None:
    wiring = Wiring(Settings())

    with pytest.raises(MissingSettingError, match="is not set for this function"):
        getattr(wiring, name)


def test_the_clock_of_a_deployment_is_utc() -> None:
    assert str(Wiring(Settings()).clock().tzinfo) == "UTC"
