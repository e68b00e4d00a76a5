from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.one_worker import pytest_xdist_make_scheduler
from tests.support.world import World
from tests.support.world import world as make_world

__all__ = ["pytest_xdist_make_scheduler"]

# The same examples at every run, so that a failure is the change's and not the day's. `--hypothesis-profile=search`
# looks further, with new examples each time.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A fresh deployment on moto."""
    with make_world(monkeypatch) as made:
        yield made
