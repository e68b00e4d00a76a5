"""Fixtures that the rooms share; a room's conftest.py names those it wants."""

import pytest

from tests.support.api import Api
from tests.support.retail import Retailer, open_retailer
from tests.support.world import World


@pytest.fixture
def api(world: World) -> Api:
    """The app, over an empty deployment."""
    assert world.calls == []
    return Api()


@pytest.fixture
def retailer(world: World) -> Retailer:
    """A retailer with its shops, stores, tills and products, and one voucher sold of each product."""
    return open_retailer(world)
