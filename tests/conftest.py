from collections.abc import Iterator

import pytest

from tests.support.world import World
from tests.support.world import world as make_world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A fresh deployment on moto."""
    with make_world(monkeypatch) as made:
        yield made
