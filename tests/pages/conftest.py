from collections.abc import Iterator
from typing import cast

import pytest

from functions.runtime.wiring import Wiring, using
from tests.pages.samples import World
from tests.support.site import Site


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with using(cast("Wiring", world)):
        yield world


@pytest.fixture
def site() -> Site:
    from app import app  # noqa: PLC0415 - the whole app, only for those who ask for it

    return Site(app, "pages")
