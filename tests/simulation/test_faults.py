"""Each fault does what its name says, so that a history under faults is one under these."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.adapters.dynamodb.database import EXISTS, NEW
from functions.adapters.dynamodb.marshal import dump_item
from tests.simulation.faults import FITTING, Fault, KilledError, Unreliable
from tests.simulation.store import Index, Store

TABLE, BY_DAY = "vouchers", "by-day"
ITEM = dump_item({"pk": "p", "sk": "s", "day": "d"})
KEY = dump_item({"pk": "p", "sk": "s"})
CANCELLED = "TransactionCanceledException"


class Struck:
    """One fault, at the next call."""

    def __init__(self, fault: Fault, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.next: list[Fault] = [fault]
        self._meanwhile = meanwhile

    def interrupt(self) -> None:
        if not self.next:
            self._meanwhile()

    def fault(self, call: str) -> Fault | None:
        del call
        return self.next.pop() if self.next else None


@pytest.fixture
def store() -> Store:
    return Store((TABLE,), {BY_DAY: Index(TABLE, "day")})


def under(store: Store, fault: Fault, meanwhile: Callable[[], object] = lambda: None) -> Unreliable:
    return Unreliable(store, Struck(fault, meanwhile))


def transact(client: Any, condition: Any = NEW) -> None:
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": ITEM, **condition.parameters()}}])


def put(client: Any, condition: Any = NEW) -> None:
    client.put_item(TableName=TABLE, Item=ITEM, **condition.parameters())


def is_written(store: Store) -> bool:
    return "Item" in store.get_item(TableName=TABLE, Key=KEY)


@pytest.mark.parametrize("write", [transact, put])
@pytest.mark.parametrize(
    ("fault", "raised", "written"),
    [
        (Fault.LOST_REQUEST, ReadTimeoutError, False),
        (Fault.LOST_REPLY, ReadTimeoutError, True),
        (Fault.INTERNAL, ClientError, False),
        (Fault.INTERNAL_DONE, ClientError, True),
        (Fault.CONFLICT, ClientError, False),
        (Fault.THROTTLED, ClientError, False),
        (Fault.IN_PROGRESS, ClientError, True),
        (Fault.KILLED_BEFORE, KilledError, False),
        (Fault.KILLED_AFTER, KilledError, True),
    ],
)
def test_a_fault_says_one_thing_and_does_another(
    store: Store, write: Callable[[Any], None], fault: Fault, raised: type[BaseException], *, written: bool
) -> None:
    client = under(store, fault)

    with pytest.raises(raised):
        write(client)

    assert is_written(store) is written


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.IN_PROGRESS_LATE])
def test_a_late_write_happens_when_it_arrives_and_only_if_its_condition_still_holds(store: Store, fault: Fault) -> None:
    client = under(store, fault)
    with pytest.raises((ReadTimeoutError, ClientError)):
        transact(client)
    before = is_written(store)

    client.arrive(0)

    assert (before, is_written(store), client.late) == (False, True, [])
    late = under(store, fault)
    with pytest.raises((ReadTimeoutError, ClientError)):
        transact(late)
    late.arrive(0)
    assert late.late == []


def test_a_conflict_and_a_throttle_are_told_as_reasons(store: Store) -> None:
    reasons = []
    for fault in (Fault.CONFLICT, Fault.THROTTLED):
        with pytest.raises(ClientError) as raised:
            transact(under(store, fault))
        assert raised.value.response["Error"]["Code"] == CANCELLED
        reasons.append([reason["Code"] for reason in raised.value.response["CancellationReasons"]])

    assert reasons == [["TransactionConflict"], ["ThrottlingError"]]


def test_a_repeated_transaction_has_happened_already(store: Store) -> None:
    transact(under(store, Fault.REPEATED))

    assert is_written(store)


def test_a_repeated_write_meets_itself(store: Store) -> None:
    with pytest.raises(ClientError) as raised:
        put(under(store, Fault.REPEATED))

    assert raised.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert is_written(store)


def test_others_may_act_between_a_write_and_its_repeat(store: Store) -> None:
    client = under(store, Fault.REPEATED, lambda: store.delete_item(TableName=TABLE, Key=KEY))

    put(client)

    assert is_written(store)


def test_a_part_of_a_batch_is_left_to_be_asked_for_again(store: Store) -> None:
    put(store)
    asked = {TABLE: {"ConsistentRead": True, "Keys": [KEY]}}

    answer = under(store, Fault.UNPROCESSED).batch_get_item(RequestItems=asked)

    assert answer == {"Responses": {}, "UnprocessedKeys": asked}


def test_a_batch_may_be_torn(store: Store) -> None:
    """Its first item was read before a transaction, its second after it."""
    other = dump_item({"pk": "p", "sk": "t"})

    def both() -> None:
        store.put_item(TableName=TABLE, Item=ITEM)
        store.put_item(TableName=TABLE, Item=other)

    client = under(store, Fault.TORN, both)

    answer = client.batch_get_item(RequestItems={TABLE: {"Keys": [KEY, other]}})

    assert answer["Responses"][TABLE] == [other]


def test_an_index_may_be_behind_its_table_and_catches_up(store: Store) -> None:
    asked: dict[str, Any] = {
        "TableName": TABLE,
        "IndexName": BY_DAY,
        "KeyConditionExpression": "#day = :d",
        "ExpressionAttributeNames": {"#day": "day"},
        "ExpressionAttributeValues": {":d": {"S": "d"}},
    }
    client = under(store, Fault.STALE)
    client.query(**asked)
    put(store)
    client.weather = Struck(Fault.STALE)

    assert client.query(**asked)["Items"] == []
    assert client.query(**asked)["Items"] == [ITEM]


def test_what_a_query_of_a_table_finds_is_never_behind(store: Store) -> None:
    put(store)
    asked = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}

    assert under(store, Fault.STALE).query(TableName=TABLE, **asked)["Items"] == [ITEM]


@pytest.mark.parametrize(("call", "faults"), FITTING.items(), ids=FITTING)
def test_no_read_is_said_to_be_done_or_late(call: str, faults: tuple[Fault, ...]) -> None:
    writes = {Fault.LOST_REPLY, Fault.LATE, Fault.REPEATED, Fault.CONFLICT, Fault.IN_PROGRESS, Fault.INTERNAL_DONE}

    assert bool(writes & set(faults)) is (call not in {"get_item", "batch_get_item", "query"})


def test_a_lost_reply_loses_a_refusal_too(store: Store) -> None:
    with pytest.raises(ReadTimeoutError):
        transact(under(store, Fault.LOST_REPLY), EXISTS)

    assert not is_written(store)
