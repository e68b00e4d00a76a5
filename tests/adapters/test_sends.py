"""The table of sends, and the fake that other tests use in its place: both keep the same promises."""

from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from functions.adapters.dynamodb.sends import SendTable
from functions.adapters.errors import ConflictError
from functions.domain.identity import message_id
from functions.domain.money import Money
from functions.domain.sending import Channel, Content, Send
from functions.domain.text import Text
from functions.domain.worth import Worth
from tests.dispatch.samples import EMAIL, LINE, MESSAGE_ID, SMS, VOUCHER_ID, MemorySends, send, voucher
from tests.support.world import World

NOON = datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)
CONTENT = Content(Worth(money=Money(500, "TWD")), Text("青禾選物", "Chingho Select"))


class Sends(Protocol):
    def get(self, message_id: str, channel: Channel, /) -> Send | None: ...
    def add(self, send: Send, /) -> None: ...
    def save(self, changed: Send, /) -> None: ...


@pytest.fixture
def table(world: World) -> SendTable:
    return world.wiring.sends


@pytest.fixture(params=["memory", "dynamodb"])
def sends(request: pytest.FixtureRequest) -> Any:
    return MemorySends() if request.param == "memory" else request.getfixturevalue("table")


def test_a_row_comes_back_as_it_was_written(sends: Sends) -> None:
    row = send(LINE, others=(EMAIL, SMS)).claim(NOON, "worker", CONTENT)

    sends.add(row)

    assert sends.get(MESSAGE_ID, Channel.LINE) == row


def test_what_was_never_written_is_not_there(sends: Sends) -> None:
    assert sends.get(MESSAGE_ID, Channel.LINE) is None


def test_adding_leaves_a_row_that_is_there(sends: Sends) -> None:
    sent = send().claim(NOON, "worker", CONTENT).sent(NOON, "r-1")
    sends.add(sent)

    sends.add(send())

    assert sends.get(MESSAGE_ID, Channel.LINE) == sent


def test_channels_of_one_message_do_not_meet(sends: Sends) -> None:
    sends.add(send(LINE))
    sends.add(send(EMAIL))

    assert sends.get(MESSAGE_ID, Channel.LINE) == send(LINE)


def test_one_of_two_claims_wins(sends: Sends) -> None:
    sends.add(send())
    sends.save(send().claim(NOON, "first", CONTENT))

    with pytest.raises(ConflictError):
        sends.save(send().claim(NOON, "second", CONTENT))
    row = sends.get(MESSAGE_ID, Channel.LINE)
    assert row is not None
    assert row.claimed_by == "first"


def test_a_write_whose_answer_was_lost_is_not_a_conflict(table: SendTable, world: World) -> None:
    """boto3 repeats it, and meets the row that it wrote itself."""
    table.add(send())
    claimed = send().claim(NOON, "worker", CONTENT)
    table.save(claimed)

    table.save(claimed)

    assert len(world.items("sends")) == 1


def test_a_send_costs_one_read_and_one_write_a_change(table: SendTable, world: World) -> None:
    table.add(send())
    world.calls.clear()

    table.get(MESSAGE_ID, Channel.LINE)
    table.save(send().claim(NOON, "worker", CONTENT))

    assert world.calls == ["GetItem", "PutItem"]


def test_a_send_that_no_channel_was_asked_to_take_is_waiting(table: SendTable) -> None:
    waiting = send(message_id=message_id(VOUCHER_ID, 1))
    table.add(waiting)

    assert table.waiting([voucher()]) == [waiting]


def test_a_send_that_was_tried_is_not_waiting(table: SendTable) -> None:
    tried = send(message_id=message_id(VOUCHER_ID, 1)).claim(NOON, "worker", CONTENT).release("line_rate_limit")
    table.add(tried)

    assert not table.waiting([voucher()])


def test_the_send_of_an_earlier_credential_is_not_waiting(table: SendTable) -> None:
    table.add(send(message_id=message_id(VOUCHER_ID, 1)))

    assert not table.waiting([voucher(credential=2)])
