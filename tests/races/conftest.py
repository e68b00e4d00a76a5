from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.runtime.wiring import Wiring
from infra.local.stack import Stack
from tests.races.inside import InsideTill, wired
from tests.support.stack import Outsiders

_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.support.stack_plugin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture
def wiring(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """The stack's adapters, in this process."""
    with wired(stack, monkeypatch) as made:
        yield made


@pytest.fixture
def till(wiring: Wiring, everyone: Outsiders) -> InsideTill:
    """The first till's use cases, in this process."""
    return InsideTill(wiring, everyone.local["terminals"][0]["token"])
