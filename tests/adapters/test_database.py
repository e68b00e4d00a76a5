import time
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.adapters.dynamodb.database import (
    EXISTS,
    NEW,
    Check,
    Condition,
    Database,
    Delete,
    Put,
    Set,
    all_equal,
    below,
    differs,
    equals,
    same,
    unchanged,
)
from functions.adapters.dynamodb.keys import CHANGES, Key
from functions.adapters.errors import ConflictError, ThrottledError, UnavailableError
from tests.support.world import World

HERE = {"endpoint_url": "https://dynamodb.example"}


def key(sk: str = "0", pk: str = "p", table: str = "vouchers") -> Key:
    return Key(table, pk, sk)


def put(*keys: Key, condition: Condition | None = None, **attributes: Any) -> list[Put]:
    return [Put(each, dict(attributes), condition) for each in keys]


def numbered(count: int, pk: str = "p") -> list[Key]:
    return [key(f"row-{number:04}", pk) for number in range(count)]


@pytest.fixture
def tables(world: World) -> Database:
    return world.wiring.database


@pytest.fixture
def full(tables: Database) -> Database:
    """205 rows in one partition, a row in its neighbour and one in another table."""
    for each in [*numbered(205), key("row-0000", "pp"), key("row-0000", table="sends")]:
        tables.write(put(each, place=each.sk))
    return tables


class TestReading:
    def test_a_row_is_read_as_it_was_written(self, tables: Database) -> None:
        tables.write(put(key(), amount=500, worth={"minor": 10**20}, open=True))

        assert tables.get(key()) == {"pk": "p", "sk": "0", "amount": 500, "worth": {"minor": 10**20}, "open": True}

    def test_a_row_that_is_not_there_is_none(self, tables: Database) -> None:
        assert tables.get(key()) is None

    def test_many_rows_of_several_tables_are_read_with_one_call(self, full: Database, world: World) -> None:
        world.calls.clear()

        found = full.read([key("row-0001"), key("row-0002"), key("row-0000", table="sends"), key("not there")])

        assert set(found) == {key("row-0001"), key("row-0002"), key("row-0000", table="sends")}
        assert world.calls == ["BatchGetItem"]

    def test_more_rows_than_one_call_may_name_are_read_with_several(self, full: Database, world: World) -> None:
        world.calls.clear()

        found = full.read(numbered(205))

        assert sorted(found) == numbered(205)
        assert world.calls == ["BatchGetItem"] * 3

    def test_a_row_that_is_asked_for_twice_is_read_once(self, full: Database) -> None:
        assert set(full.read([key("row-0001"), key("row-0001")])) == {key("row-0001")}

    def test_nothing_asked_is_nothing_read(self, tables: Database, world: World) -> None:
        world.calls.clear()

        assert (tables.read([]), world.calls) == ({}, [])

    def test_every_read_sees_what_was_written_last(self, full: Database) -> None:
        asked: list[Any] = []
        client = boto3.client("dynamodb")
        client.meta.events.register("provide-client-params.dynamodb", lambda params, **_: asked.append(params))
        reader = Database(client, {"vouchers": "vouchers"})

        reader.get(key())
        reader.read([key()])
        reader.query(key())

        single, batch, query = asked
        assert [
            single["ConsistentRead"],
            batch["RequestItems"]["vouchers"]["ConsistentRead"],
            query["ConsistentRead"],
        ] == [
            True,
            True,
            True,
        ]
        assert full.get(key("row-0000"))


class TestListing:
    def places(self, rows: list[dict[str, Any]]) -> list[int]:
        return [int(row["place"].removeprefix("row-")) for row in rows]

    def test_a_partition_is_listed_in_order_and_without_its_neighbours(self, full: Database) -> None:
        assert self.places(full.query(key("row-"))) == list(range(205))

    def test_only_what_begins_like_the_first_key_is_listed(self, full: Database) -> None:
        assert self.places(full.query(key("row-011"))) == list(range(110, 120))

    def test_a_limit_is_kept(self, full: Database) -> None:
        assert self.places(full.query(key("row-"), limit=3)) == [0, 1, 2]

    def test_a_list_goes_on_behind_the_row_it_ended_with(self, full: Database) -> None:
        assert self.places(full.query(key("row-"), after="row-0002", limit=2)) == [3, 4]

    def test_behind_the_last_row_there_is_nothing(self, full: Database) -> None:
        assert full.query(key("row-"), after="row-0204") == []

    def test_a_list_that_dynamodb_cuts_into_pages_is_whole(self, tables: Database, world: World) -> None:
        for each in numbered(6):
            tables.write(put(each, place=each.sk, note="x" * 300_000))
        world.calls.clear()

        assert self.places(tables.query(key("row-"))) == list(range(6))
        assert world.calls == ["Query"] * len(world.calls) != ["Query"]


class TestPartitions:
    def test_a_partition_is_read_whole_in_order_and_without_its_neighbours(self, full: Database) -> None:
        assert [row["sk"] for row in full.partition(key())] == [each.sk for each in numbered(205)]

    def test_a_partition_that_dynamodb_cuts_into_pages_is_whole(self, tables: Database, world: World) -> None:
        for each in numbered(6):
            tables.write(put(each, note="x" * 300_000))
        world.calls.clear()

        assert len(tables.partition(key())) == 6
        assert world.calls == ["Query"] * len(world.calls) != ["Query"]

    def test_a_partition_that_is_not_there_is_empty(self, tables: Database) -> None:
        assert tables.partition(key()) == []


class TestIndexes:
    @pytest.fixture
    def indexed(self, tables: Database) -> Database:
        """Five rows of one hour, the last written first, one of another hour, and one of none."""
        for place in reversed(range(5)):
            tables.write(put(key(f"row-{place}"), changed_in="hour-1", changed_at=f"0{place}", version=place))
        tables.write(put(key("other"), changed_in="hour-2", changed_at="00", version=9))
        tables.write(put(key("none"), version=10))
        return tables

    def versions(self, rows: Iterable[dict[str, Any]]) -> list[int]:
        return [row["version"] for row in rows]

    def test_rows_under_one_value_are_found_in_the_index_s_order(self, indexed: Database) -> None:
        assert self.versions(indexed.query_index(CHANGES, "hour-1")) == [0, 1, 2, 3, 4]

    def test_rows_from_a_moment_on_are_found_and_that_moment_s_too(self, indexed: Database) -> None:
        assert self.versions(indexed.query_index(CHANGES, "hour-1", "03")) == [3, 4]

    def test_pages_are_read_as_they_are_asked_for(self, indexed: Database, world: World) -> None:
        world.calls.clear()

        rows = indexed.query_index(CHANGES, "hour-1")
        assert world.calls == []
        next(rows)

        assert world.calls == ["Query"]


class TestWriting:
    def test_a_counter_begins_at_nothing_and_is_added_to(self, tables: Database) -> None:
        for amount in (5, -2):
            tables.write([Set(key(), {"name": "a"}, added={"amount": amount})])

        assert tables.get(key()) == {"pk": "p", "sk": "0", "name": "a", "amount": 3}

    def test_a_counter_is_not_touched_where_the_condition_fails(self, tables: Database) -> None:
        tables.write([Set(key(), {}, added={"amount": 5})])

        with pytest.raises(ConflictError):
            tables.write([Set(key(), {}, equals("amount", 4), added={"amount": 1})])

        assert tables.get(key()) == {"pk": "p", "sk": "0", "amount": 5}

    def test_one_row_costs_no_transaction(self, tables: Database, world: World) -> None:
        world.calls.clear()

        tables.write(put(key()))

        assert world.calls == ["PutItem"]

    def test_several_rows_are_written_together(self, tables: Database, world: World) -> None:
        world.calls.clear()

        tables.write(put(*numbered(3), key(table="sends")))

        assert world.calls == ["TransactWriteItems"]
        assert len(world.items("vouchers") + world.items("sends")) == 4

    def test_where_one_condition_fails_nothing_is_written(self, full: Database) -> None:
        with pytest.raises(ConflictError):
            full.write([*put(key("new")), *put(key("row-0000"), condition=NEW), Delete(key("row-0001"))])

        assert full.get(key("new")) is None
        assert full.get(key("row-0001"))

    @pytest.mark.parametrize(
        ("condition", "holds_of_nothing", "holds_of_version_3"),
        [
            (NEW, True, False),
            (EXISTS, False, True),
            (unchanged(0), True, False),
            (unchanged(3), False, True),
            (unchanged(2), False, False),
            (equals("state", "redeemed"), False, True),
            (equals("state", "voided"), False, False),
            (differs("state", "redeemed"), True, False),
            (differs("state", "voided"), True, True),
            (below("version", 4), False, True),
            (below("version", 3), False, False),
            (same({"version": 3, "note": None}), False, True),
            (same({"note": None}), True, True),
            (same({"state": None}), True, False),
            (all_equal({"note": None}), False, True),
        ],
    )
    @pytest.mark.parametrize("together", [0, 1], ids=["alone", "in a transaction"])
    def test_a_row_is_written_where_its_condition_holds_and_only_there(
        self,
        tables: Database,
        condition: Condition,
        holds_of_nothing: object,
        holds_of_version_3: object,
        together: int,
    ) -> None:
        tables.write(put(key("there"), version=3, state="redeemed"))
        beside = put(key("beside"))[:together]

        written = [self.done(tables, [*put(key(place), condition=condition), *beside]) for place in ("none", "there")]

        assert written == [holds_of_nothing, holds_of_version_3]

    def done(self, tables: Database, writes: list[Put]) -> bool:
        try:
            tables.write(writes)
        except ConflictError:
            return False
        return True

    def test_a_check_writes_nothing_and_stops_all(self, full: Database) -> None:
        full.write([*put(key("new")), Check(key("row-0000"), EXISTS)])
        with pytest.raises(ConflictError):
            full.write([*put(key("newer")), Check(key("nowhere"), EXISTS)])

        assert full.get(key("row-0000")) == {"pk": "p", "sk": "row-0000", "place": "row-0000"}
        assert (full.get(key("new")) is not None, full.get(key("newer"))) == (True, None)

    def test_a_row_is_deleted_where_its_condition_holds(self, full: Database) -> None:
        with pytest.raises(ConflictError):
            full.write([Delete(key("row-0000"), equals("place", "another"))])
        full.write([Delete(key("row-0001"), equals("place", "row-0001"))])

        assert full.get(key("row-0000"))
        assert full.get(key("row-0001")) is None

    def test_what_is_set_and_added_leaves_the_rest_of_a_row_alone(self, tables: Database, world: World) -> None:
        tables.write(put(key(), calls=10, window=1, note="kept"))
        world.calls.clear()

        tables.write([Set(key(), {"window": 2}, equals("window", 1), {"calls": 5})])

        assert world.calls == ["UpdateItem"]
        assert tables.get(key()) == {"pk": "p", "sk": "0", "calls": 15, "window": 2, "note": "kept"}

    @pytest.mark.parametrize("together", [0, 1], ids=["alone", "in a transaction"])
    def test_a_counter_that_is_not_there_begins_at_nothing(self, tables: Database, together: int) -> None:
        for _ in range(2):
            tables.write([Set(key(), {}, added={"wrong": 1}), *put(key("beside"))[:together]])

        assert tables.get(key()) == {"pk": "p", "sk": "0", "wrong": 2}

    def test_nothing_is_set_or_added_where_a_condition_fails(self, tables: Database) -> None:
        tables.write(put(key(), wrong=10))

        with pytest.raises(ConflictError):
            tables.write([Set(key(), {"at": "now"}, below("wrong", 10), {"wrong": 1})])

        assert tables.get(key()) == {"pk": "p", "sk": "0", "wrong": 10}

    def test_a_row_s_key_is_its_key_whatever_the_row_says(self, tables: Database) -> None:
        tables.write(put(key(), pk="elsewhere", sk="elsewhere"))

        assert tables.get(key()) == {"pk": "p", "sk": "0"}


class Failing:
    """A client whose every call fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(**_: Any) -> Any:
            raise self._error

        return fail


def refused(code: str, *reasons: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "m"}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "TransactWriteItems")


CALLS: list[Callable[[Database], object]] = [
    lambda tables: tables.get(key()),
    lambda tables: tables.read([key()]),
    lambda tables: tables.query(key()),
    lambda tables: tables.write(put(key())),
    lambda tables: tables.write(put(key("0"), key("1"))),
]


@pytest.mark.parametrize(
    ("error", "known_as"),
    [
        (refused("ConditionalCheckFailedException"), ConflictError),
        (refused("TransactionConflictException"), ConflictError),
        (refused("TransactionCanceledException", "None", "ConditionalCheckFailed"), ConflictError),
        (refused("TransactionCanceledException", "TransactionConflict", "None"), ConflictError),
        (refused("TransactionCanceledException", "ThrottlingError", "ConditionalCheckFailed"), ConflictError),
        (refused("TransactionCanceledException", "None", "ThrottlingError"), ThrottledError),
        (refused("TransactionCanceledException", "ProvisionedThroughputExceeded"), ThrottledError),
        (refused("ProvisionedThroughputExceededException"), ThrottledError),
        (refused("ThrottlingException"), ThrottledError),
        (refused("RequestLimitExceeded"), ThrottledError),
        (refused("TransactionCanceledException", "ValidationError"), UnavailableError),
        (refused("TransactionCanceledException"), UnavailableError),
        (refused("TransactionInProgressException"), UnavailableError),
        (refused("InternalServerError"), UnavailableError),
        (refused("AccessDeniedException"), UnavailableError),
        (ClientError({}, "GetItem"), UnavailableError),
        (EndpointConnectionError(**HERE), UnavailableError),
        (ReadTimeoutError(**HERE), UnavailableError),
    ],
    ids=lambda value: str(value)[:90] if isinstance(value, Exception) else None,
)
@pytest.mark.parametrize("call", CALLS, ids=["get", "read", "query", "put", "transaction"])
def test_nobody_above_sees_an_error_of_botocore(
    call: Callable[[Database], object], error: Exception, known_as: type[Exception]
) -> None:
    tables: Any = Database(Failing(error), {"vouchers": "vouchers"})  # type: ignore[arg-type]  # as good as a client

    with pytest.raises(known_as):
        call(tables)


class HalfAnswering:
    """A client that answers for one key a call and leaves the rest to be asked again."""

    def __init__(self, *, ever: bool) -> None:
        self.asked: list[int] = []
        self._ever = ever

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's name
        keys = RequestItems["deployed"]["Keys"]
        self.asked.append(len(keys))
        answered, left = (keys[:1], keys[1:]) if self._ever else ([], keys)
        unprocessed = {"deployed": RequestItems["deployed"] | {"Keys": left}} if left else {}
        return {"Responses": {"deployed": answered}, "UnprocessedKeys": unprocessed}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_keys_that_dynamodb_left_out_are_asked_for_again(pauses: list[float]) -> None:
    client = HalfAnswering(ever=True)
    tables = Database(client, {"vouchers": "deployed"})  # type: ignore[arg-type]  # as good as a client

    assert sorted(tables.read(numbered(3))) == numbered(3)
    assert client.asked == [3, 2, 1]
    assert pauses == sorted(pauses)


def test_keys_that_dynamodb_leaves_out_for_ever_are_an_error_and_not_nothing(pauses: list[float]) -> None:
    tables = Database(HalfAnswering(ever=False), {"vouchers": "deployed"})  # type: ignore[arg-type]  # as above

    with pytest.raises(ThrottledError):
        tables.read(numbered(3))
    assert sum(pauses) < 5
