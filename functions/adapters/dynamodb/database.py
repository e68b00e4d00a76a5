"""The few calls we make of DynamoDB, with its errors mapped in one place."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.dynamodb.keys import Index, Key
from functions.adapters.dynamodb.marshal import Item, dump, dump_item, load_item
from functions.adapters.errors import ConflictError, ThrottledError, UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100  # keys a BatchGetItem and items a TransactWriteItems may name
_PAUSE = 0.05
_TRIES = 5
_THROTTLES = frozenset(
    {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "ThrottlingError"}
)
_CONFLICTS = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for a write to happen, as DynamoDB reads it."""

    expression: str
    names: Mapping[str, str]
    values: Mapping[str, object]

    def parameters(self) -> dict[str, Any]:
        """The request parameters."""
        parameters: dict[str, Any] = {"ConditionExpression": self.expression, "ExpressionAttributeNames": self.names}
        if self.values:
            parameters["ExpressionAttributeValues"] = {name: dump(value) for name, value in self.values.items()}
        return parameters


NEW = Condition("attribute_not_exists(#pk)", {"#pk": "pk"}, {})
EXISTS = Condition("attribute_exists(#pk)", {"#pk": "pk"}, {})


def unchanged(version: int) -> Condition:
    """The item is still at this version; version 0 means that it is not there yet."""
    return NEW if version == 0 else equals("version", version)


def equals(attribute: str, value: object) -> Condition:
    """The item still has this value."""
    return Condition("#a = :a", {"#a": attribute}, {":a": value})


def differs(attribute: str, value: object) -> Condition:
    """The item does not have this value; it need not be there."""
    return Condition("attribute_not_exists(#a) OR #a <> :a", {"#a": attribute}, {":a": value})


def below(attribute: str, limit: int) -> Condition:
    """The item has a value below a limit."""
    return Condition("#a < :a", {"#a": attribute}, {":a": limit})


def all_equal(attributes: Mapping[str, object]) -> Condition:
    """The item is there and still has each of these values; None means that it still has none."""
    still = same(attributes)
    return Condition(f"attribute_exists(#pk) AND {still.expression}", {"#pk": "pk", **still.names}, still.values)


def same(attributes: Mapping[str, object]) -> Condition:
    """Each attribute still has this value, or none where it is None: an item that is not there has none at all."""
    names, values, parts = {}, {}, []
    for place, (attribute, value) in enumerate(attributes.items()):
        names[f"#a{place}"] = attribute
        if value is None:
            parts.append(f"attribute_not_exists(#a{place})")
        else:
            parts.append(f"#a{place} = :a{place}")
            values[f":a{place}"] = value
    return Condition(" AND ".join(parts), names, values)


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item, if the condition holds."""

    key: Key
    item: Item
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Write these attributes, add to those counters and leave all others, if the condition holds.

    An item that was not there is made of them, a counter that was not there begins at nothing.
    """

    key: Key
    attributes: Mapping[str, object]
    condition: Condition | None = None
    added: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but stop the transaction unless the condition holds."""

    key: Key
    condition: Condition


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item, if the condition holds."""

    key: Key
    condition: Condition | None = None


Write = Put | Set | Check | Delete


class Database:
    """`tables` maps our table names to the deployed ones."""

    def __init__(self, client: "DynamoDBClient", tables: Mapping[str, str]) -> None:
        self._client, self._tables = client, tables
        self._ours = {deployed: ours for ours, deployed in tables.items()}

    def get(self, key: Key) -> Item | None:
        """One item, as last written.

        Raises:
            ThrottledError, UnavailableError: it could not be read.
        """
        with _mapped_errors():
            answer = self._client.get_item(TableName=self._tables[key.table], Key=_key(key), ConsistentRead=True)
        item = answer.get("Item")
        return load_item(item) if item else None

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """All of the items that are there, as last written: one call for up to 100 keys in any tables.

        Raises:
            ThrottledError, UnavailableError: some could not be read.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), BATCH):
            found |= self._read_batch(wanted[start : start + BATCH])
        return found

    def query(self, first: Key, *, after: str | None = None, limit: int | None = None) -> list[Item]:
        """The items of a partition whose sort keys begin with `first.sk`, in order, after the sort key `after`.

        Raises:
            ThrottledError, UnavailableError: it could not be read.
        """
        start = {"ExclusiveStartKey": _key(first._replace(sk=after))} if after else {}
        items: list[Item] = []
        while True:
            with _mapped_errors():
                page = self._client.query(
                    TableName=self._tables[first.table],
                    KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                    ExpressionAttributeValues={":pk": dump(first.pk), ":sk": dump(first.sk)},
                    ConsistentRead=True,
                    **({"Limit": limit - len(items)} if limit else {}),  # type: ignore[arg-type]
                    **start,  # type: ignore[arg-type]
                )
            items += [load_item(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page or (limit and len(items) >= limit):
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def partition(self, pk: Key) -> list[Item]:
        """Every item of a partition, in order; `pk.sk` does not count.

        What fits into one page (1 MB) is read at once; yet a Query, unlike a transaction, may see half of a change.

        Raises:
            ThrottledError, UnavailableError: it could not be read.
        """
        condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": dump(pk.pk)}}
        return list(self._pages(pk.table, {**condition, "ConsistentRead": True}))

    def query_index(self, index: Index, value: str, since: str | None = None) -> Iterator[Item]:
        """The items under one value of an index, in its order, from `since` on; page by page, as they are asked for.

        An index follows its table within a moment, never at once.

        Raises:
            ThrottledError, UnavailableError: it could not be read.
        """
        later, values = "", {":pk": dump(value)}
        if since is not None:
            later, values = f" AND {index.range} >= :since", {**values, ":since": dump(since)}
        expression = f"{index.hash} = :pk{later}"
        condition = {"KeyConditionExpression": expression, "ExpressionAttributeValues": values}
        return self._pages(index.table, {**condition, "IndexName": index.name})

    def write(self, writes: Sequence[Write]) -> None:
        """All of the writes, or none.

        Raises:
            ConflictError: a condition did not hold, or another transaction was at the same item.
            ThrottledError, UnavailableError: it could not be done, or nobody knows.
        """
        with _mapped_errors():
            requests: Any = [self._request(write) for write in writes]
            match requests:
                case [{"Put": put}]:
                    self._client.put_item(**put)
                case [{"Update": update}]:
                    self._client.update_item(**update)
                case _:
                    self._client.transact_write_items(TransactItems=requests)

    def _pages(self, table: str, request: dict[str, Any]) -> Iterator[Item]:
        while True:
            with _mapped_errors():
                page = self._client.query(TableName=self._tables[table], **request)
            yield from map(load_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request = request | {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _read_batch(self, keys: Sequence[Key]) -> dict[Key, Item]:
        request: Any = {}
        for key in keys:
            request.setdefault(self._tables[key.table], {"ConsistentRead": True, "Keys": []})["Keys"].append(_key(key))
        found: dict[Key, Item] = {}
        for attempt in range(_TRIES):
            with _mapped_errors():
                answer = self._client.batch_get_item(RequestItems=request)
            for table, items in answer["Responses"].items():
                for item in map(load_item, items):
                    found[Key(self._ours[table], item["pk"], item["sk"])] = item
            request = answer.get("UnprocessedKeys")
            if not request:
                return found
            time.sleep(_PAUSE * 2**attempt)
        raise ThrottledError("unprocessed keys")

    def _request(self, write: Write) -> dict[str, Any]:
        target = {"TableName": self._tables[write.key.table]}
        condition = write.condition.parameters() if write.condition else {}
        match write:
            case Put():
                item = dump_item(write.item | {"pk": write.key.pk, "sk": write.key.sk})
                return {"Put": {**target, "Item": item, **condition}}
            case Set():
                return {"Update": {**target, "Key": _key(write.key), **_assignment(write, condition)}}
            case Check():
                return {"ConditionCheck": {**target, "Key": _key(write.key), **condition}}
            case Delete():
                return {"Delete": {**target, "Key": _key(write.key), **condition}}


def _assignment(write: Set, condition: dict[str, Any]) -> dict[str, Any]:
    every = {**write.attributes, **write.added}
    names = {f"#s{place}": name for place, name in enumerate(every)}
    values = {f":s{place}": dump(value) for place, value in enumerate(every.values())}
    places = range(len(every))
    assigned = ", ".join(f"#s{place} = :s{place}" for place in places[: len(write.attributes)])
    added = ", ".join(f"#s{place} :s{place}" for place in places[len(write.attributes) :])
    return condition | {
        "UpdateExpression": " ".join(
            f"{verb} {clause}" for verb, clause in (("SET", assigned), ("ADD", added)) if clause
        ),
        "ExpressionAttributeNames": {**condition.get("ExpressionAttributeNames", {}), **names},
        "ExpressionAttributeValues": {**condition.get("ExpressionAttributeValues", {}), **values},
    }


def _key(key: Key) -> dict[str, Any]:
    return {"pk": dump(key.pk), "sk": dump(key.sk)}


@contextmanager
def _mapped_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _named(error) from error
    except BotoCoreError as error:
        raise UnavailableError(type(error).__name__) from error


def _named(error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code"))
    # boto3 retries throttling, but never a cancelled transaction: its reasons say what to do.
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())} - {"None", None}
    if code in _CONFLICTS or reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
        return ConflictError(code)
    if code in _THROTTLES or reasons & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
        return ThrottledError(code)
    # Among them TransactionInProgress: a first try of ours is still under way and may be done yet. Nobody may be told
    # that nothing was, and no second decision of ours would know of it.
    return UnavailableError(code)
