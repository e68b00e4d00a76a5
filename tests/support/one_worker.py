"""Keeps the tests that share a stack in one worker of pytest-xdist.

By folder and not by the `xdist_group` mark: xdist 3.8 writes the group into a node's `_nodeid`, which pytest 9.2 no
longer reads, so that `--dist loadgroup` groups nothing.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

SHARED = ("tests/e2e/", "tests/races/")


class OneWorkerForTheStack(LoadGroupScheduling):  # type: ignore[misc]  # xdist publishes no types
    """Schedules as `--dist loadgroup` does, with all that share the stack in one group."""

    def _split_scope(self, nodeid: str) -> str:
        return "stack" if nodeid.startswith(SHARED) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerForTheStack | None:
    """The scheduler of `--dist loadgroup`."""
    return OneWorkerForTheStack(config, log) if config.getvalue("dist") == "loadgroup" else None
