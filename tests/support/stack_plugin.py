"""One local stack a session, for all tests that need one that runs. A plugin, so that two folders can share it."""

import json
from collections.abc import Callable, Iterator

import pytest

from infra.local.stack import Stack, local_stack
from infra.local.web import until
from tests.support.stack import PARALLEL, Held, Outsiders, all_at_once

_BOUGHT_AT_ONCE = 20
# As messages go: what leaves one queue is in the next before it has left.
_QUEUES = ("orders", "dispatch-line", "dispatch-email", "dispatch-sms")
_COUNTS = ("", "NotVisible", "Delayed")


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
    """As many workers at the till as a race needs: while they start cold, the others pass by one by one."""
    all_at_once([lambda: everyone.look_up("nothing")] * PARALLEL)


@pytest.fixture(scope="session")
def settled(stack: Stack) -> Callable[[], None]:
    """Wait until no message is on its way any more: what did not happen by then never will."""
    names = [f"ApproximateNumberOfMessages{count}" for count in _COUNTS]

    def is_empty(queue: str) -> bool:
        sqs = stack.target.client("sqs")
        found = sqs.get_queue_attributes(QueueUrl=stack.outputs.queues[queue], AttributeNames=names)
        return set(found["Attributes"].values()) == {"0"}

    def wait() -> None:
        for queue in _QUEUES:
            until(f"the end of {queue}", lambda queue=queue: is_empty(queue) or None)  # type: ignore[misc]

    return wait
