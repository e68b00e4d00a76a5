"""One local stack a session, for all tests that need one that runs. A plugin, so that two folders can share it."""

import json
from collections.abc import Iterator

import pytest

from infra.local.stack import Stack, local_stack
from tests.support.stack import PARALLEL, Held, Outsiders, all_at_once

_BOUGHT_AT_ONCE = 20


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole of Storebound in a folder of its own."""
    with local_stack(tmp_path_factory.mktemp("stack") / ".storebound") as started:
        yield started


@pytest.fixture(scope="session")
def everyone(stack: Stack) -> Iterator[Outsiders]:
    """Shops, tills, customers and administrators, who know what `local.json` tells them."""
    outsiders = Outsiders(json.loads(stack.folder.local_json.read_text()))
    yield outsiders
    outsiders.close()


@pytest.fixture(scope="session")
def stock(everyone: Outsiders) -> Iterator[Held]:
    """NT$500 vouchers that nobody has used, one after another; bought many at a time."""

    def bought() -> Iterator[Held]:
        while True:
            yield from everyone.buy("CASH-500", _BOUGHT_AT_ONCE)

    return bought()


@pytest.fixture
def voucher(stock: Iterator[Held]) -> Held:
    """A fresh NT$500 voucher."""
    return next(stock)


@pytest.fixture(scope="session")
def warm(everyone: Outsiders) -> None:
    """As many workers of each function as a race needs: a cold start would let the others pass by one by one."""
    calls = [lambda: everyone.look_up("nothing"), lambda: everyone.get(everyone.local["api_url"] + "/openapi.json")]
    for call in calls:
        all_at_once([call] * PARALLEL)
