"""DynamoDB in memory, in the shape of a boto3 client: one thread, no network, and no condition passed over.

It is handed to the real adapters. `test_store.py` holds it against moto, so that what is proved over it is proved of
something that behaves as AWS does. Items are kept serialised: nobody shares a dictionary with the table.
"""

import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from botocore.exceptions import ClientError

from infra.cfn import read_template
from tests.simulation import expressions
from tests.simulation.expressions import Attributes, ExpressionError, Node, Reading

ROOT = Path(__file__).parents[2]
TRANSACTION_MAX, READ_MAX, PAGE_BYTES = 100, 100, 1_048_576
ITEM_BYTES, TRANSACTION_BYTES, DIGITS = 409_600, 4_194_304, 38
_PK_BYTES, _SK_BYTES = 2048, 1024
# Far below the item's limit, the length of the serialised form is proof enough that it is kept.
_SURELY_SMALL = 100_000
_NONE, _FAILED = {"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}


class Row(NamedTuple):
    """Where an item lies."""

    table: str
    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projected` is None where it holds whole items."""

    table: str
    hash_key: str
    range_key: str | None = None
    projected: frozenset[str] | None = None


# Everything in the tables, to go back to.
Rows = dict[Row, bytes]
Write = tuple[str, dict[str, Any]]


def deployed_indexes() -> dict[str, Index]:
    """The indexes of the deployment's own template; its tables by our names of them."""
    found: dict[str, Index] = {}
    for name, resource in read_template(ROOT / "infra" / "data.yaml")["Resources"].items():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        for index in resource["Properties"].get("GlobalSecondaryIndexes", ()):
            found[index["IndexName"]] = _index(name.lower(), index)
    return found


def _index(table: str, described: dict[str, Any]) -> Index:
    keys = {key["KeyType"]: key["AttributeName"] for key in described["KeySchema"]}
    projection = described["Projection"]
    projected = None if projection["ProjectionType"] == "ALL" else frozenset(projection.get("NonKeyAttributes", ()))
    return Index(table, keys["HASH"], keys.get("RANGE"), projected)


@dataclass(slots=True)
class Store:
    """All tables of a deployment. `written` lists the rows that were written or deleted since it was cleared."""

    tables: Sequence[str]
    indexes: Mapping[str, Index] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    written: list[Row] = field(default_factory=list)
    _partitions: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _tokens: dict[str, bytes] = field(default_factory=dict)

    def go_back(self, rows: Rows) -> None:
        """Make the tables what they were."""
        self.rows, self._partitions = dict(rows), {}
        for row in rows:
            self._partitions.setdefault((row.table, row.pk), set()).add(row.sk)
        self.written.clear()
        self._tokens.clear()

    def item(self, row: Row) -> Attributes | None:
        """One item, in DynamoDB's own JSON."""
        kept = self.rows.get(row)
        return _load(kept) if kept is not None else None

    def sort_keys(self, table: str, pk: str) -> list[str]:
        """The sort keys of a partition, in order."""
        return sorted(self._partitions.get((table, pk), ()))

    def get_item(self, *, TableName: str, Key: Attributes, ConsistentRead: bool = False) -> dict[str, Any]:
        """As boto3's."""
        del ConsistentRead  # every read here is
        item = self.item(self._row("GetItem", TableName, Key))
        return {} if item is None else {"Item": item}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:
        """As boto3's."""
        operation = "BatchGetItem"
        wanted = [self._row(operation, table, key) for table, asked in RequestItems.items() for key in asked["Keys"]]
        if not wanted or len(wanted) > READ_MAX:
            _invalid(operation, "Too many items requested for the BatchGetItem call, or none")
        if len(set(wanted)) != len(wanted):
            _invalid(operation, "Provided list of item keys contains duplicates")
        found: dict[str, list[Attributes]] = {table: [] for table in RequestItems}
        for row in wanted:
            item = self.item(row)
            if item is not None:
                found[row.table].append(item)
        return {"Responses": found, "UnprocessedKeys": {}}

    def put_item(self, *, TableName: str, Item: Attributes, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        self._single("PutItem", ("Put", {"TableName": TableName, "Item": Item, **request}))
        return {}

    def update_item(self, *, TableName: str, Key: Attributes, UpdateExpression: str, **request: Any) -> dict[str, Any]:
        """As boto3's; of the return values, only ALL_NEW and ALL_OLD."""
        wanted = request.pop("ReturnValues", "NONE")
        write = ("Update", {"TableName": TableName, "Key": Key, "UpdateExpression": UpdateExpression, **request})
        row = self._target("UpdateItem", write)
        before = self.item(row)
        self._single("UpdateItem", write)
        answers = {"NONE": None, "ALL_NEW": self.item(row), "ALL_OLD": before}
        return {"Attributes": answers[wanted]} if answers[wanted] is not None else {}

    def delete_item(self, *, TableName: str, Key: Attributes, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        self._single("DeleteItem", ("Delete", {"TableName": TableName, "Key": Key, **request}))
        return {}

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        IndexName: str | None = None,
        ConsistentRead: bool = False,
        ScanIndexForward: bool = True,
        Limit: int | None = None,
        ExclusiveStartKey: Attributes | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """As boto3's, over a table or an index of it."""
        if IndexName is not None and ConsistentRead:
            _invalid("Query", "Consistent reads are not supported on global secondary indexes")
        reading = Reading(ExpressionAttributeNames or {}, ExpressionAttributeValues or {})
        try:
            found = self._found(TableName, IndexName, expressions.condition(KeyConditionExpression), reading)
        except ExpressionError as error:
            _invalid("Query", str(error))
        found.sort(key=lambda entry: entry[0], reverse=not ScanIndexForward)
        if ExclusiveStartKey is not None:
            start = _place(ExclusiveStartKey, self._range_key(IndexName))
            found = [entry for entry in found if (entry[0] > start if ScanIndexForward else entry[0] < start)]
        return self._page([item for _, item in found], Limit, IndexName)

    def transact_write_items(
        self,
        *,
        TransactItems: Sequence[dict[str, Any]],
        ClientRequestToken: str | None = None,
    ) -> dict[str, Any]:
        """As boto3's: all or nothing. The same token again is the same transaction, and has happened already."""
        operation = "TransactWriteItems"
        if not 1 <= len(TransactItems) <= TRANSACTION_MAX:
            _invalid(operation, f"Member must have length between 1 and {TRANSACTION_MAX}")
        writes: list[Write] = [next(iter(each.items())) for each in TransactItems]
        targets = [self._target(operation, write) for write in writes]
        if len(set(targets)) != len(targets):
            _invalid(operation, "Transaction request cannot include multiple operations on one item")
        if ClientRequestToken is not None and self._was_done(ClientRequestToken, TransactItems):
            return {}
        self._transact(operation, writes, targets)
        if ClientRequestToken is not None:
            self._tokens[ClientRequestToken] = _dump(list(TransactItems))
        return {}

    def _transact(self, operation: str, writes: Sequence[Write], targets: Sequence[Row]) -> None:
        reasons: list[dict[str, Any]] = []
        kept: list[bytes | None] = []
        for write, row in zip(writes, targets, strict=True):
            try:
                kept.append(self._outcome(operation, write, row))
                reasons.append(_NONE)
            except _ConditionFailedError as failed:
                reasons.append(_FAILED if failed.item is None else _FAILED | {"Item": failed.item})
        if any(reason is not _NONE for reason in reasons):
            raise cancelled(reasons)
        if sum(len(item) for item in kept if item) > TRANSACTION_BYTES:
            _invalid(operation, "Transaction size cannot exceed 4 MB")
        for (verb, _), row, item in zip(writes, targets, kept, strict=True):
            if verb != "ConditionCheck":
                self._keep(row, item)

    def _was_done(self, token: str, items: Sequence[dict[str, Any]]) -> bool:
        if token not in self._tokens:
            return False
        if self._tokens[token] != _dump(list(items)):
            raise refused(
                "TransactWriteItems", "IdempotentParameterMismatchException", "another request had this token"
            )
        return True

    def _single(self, operation: str, write: Write) -> None:
        row = self._target(operation, write)
        try:
            kept = self._outcome(operation, write, row)
        except _ConditionFailedError as failed:
            code = "ConditionalCheckFailedException"
            item = {"Item": failed.item} if failed.item is not None else {}
            raise refused(operation, code, "The conditional request failed", **item) from None
        self._keep(row, kept)

    def _keep(self, row: Row, item: bytes | None) -> None:
        partition = self._partitions.setdefault((row.table, row.pk), set())
        if item is None:
            self.rows.pop(row, None)
            partition.discard(row.sk)
        else:
            self.rows[row] = item
            partition.add(row.sk)
        self.written.append(row)

    def _target(self, operation: str, write: Write) -> Row:
        verb, request = write
        if verb not in {"Put", "Update", "Delete", "ConditionCheck"}:
            _invalid(operation, f"Unknown operation {verb}")
        if verb != "Put":
            return self._row(operation, request["TableName"], request["Key"])
        item = request["Item"]
        return self._row(operation, request["TableName"], {name: item[name] for name in ("pk", "sk") if name in item})

    def _outcome(self, operation: str, write: Write, row: Row) -> bytes | None:
        """The item after a write, None where there will be none.

        Raises:
            _ConditionFailedError: the condition does not hold.
        """
        verb, request = write
        before = self.item(row)
        reading = Reading(request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))
        try:
            change = reading.use(expressions.update(request["UpdateExpression"])) if verb == "Update" else None
            wanted = request.get("ConditionExpression")
            condition = reading.use(expressions.condition(wanted)) if wanted is not None else None
            reading.check_all_used()
            if condition is not None and not expressions.holds(condition, before or {}, reading):
                told = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
                raise _ConditionFailedError(before if told else None)
            return self._after(verb, request, before, _key(row), change, reading)
        except ExpressionError as error:
            _invalid(operation, str(error))
        except _ItemError as error:
            _invalid(operation, str(error))

    def _after(
        self, verb: str, request: dict[str, Any], before: Attributes | None, key: Attributes, change: Node | None,
        reading: Reading,
    ) -> bytes | None:  # fmt: skip
        match verb:
            case "Put":
                return self._sound(request["TableName"], request["Item"])
            case "Update":
                assert change is not None
                after = expressions.updated(change, before or key, reading)
                if {name: after.get(name) for name in key} != key:
                    raise _ItemError("This attribute is part of the key")
                return self._sound(request["TableName"], after)
            case _:
                return None

    def _sound(self, table: str, item: Attributes) -> bytes:
        """The item serialised, if AWS would take it."""
        for index in self.indexes.values():
            for name in (index.hash_key, index.range_key):
                if index.table == table and name in item and not item[name].get("S"):
                    raise _ItemError(f"One or more parameter values were invalid: Type mismatch for index key {name}")
        kept = _dump(item)
        if b"N" in kept:
            _check_numbers({"M": item})
        if len(kept) > _SURELY_SMALL and _size({"M": item}) > ITEM_BYTES:
            raise _ItemError("Item size has exceeded the maximum allowed size")
        return kept

    def _row(self, operation: str, table: str, key: Attributes) -> Row:
        if table not in self.tables:
            raise refused(operation, "ResourceNotFoundException", "Requested resource not found")
        if key.keys() != {"pk", "sk"} or any(set(part) != {"S"} for part in key.values()):
            _invalid(operation, "The provided key element does not match the schema")
        pk, sk = key["pk"]["S"], key["sk"]["S"]
        if not pk or not sk:
            _invalid(operation, "The AttributeValue for a key attribute cannot contain an empty string value")
        if len(pk.encode()) > _PK_BYTES or len(sk.encode()) > _SK_BYTES:
            _invalid(operation, "Size of hashkey or rangekey has exceeded the maximum size limit")
        return Row(table, pk, sk)

    def _found(
        self, table: str, index_name: str | None, condition: expressions.Parsed, reading: Reading
    ) -> list[tuple[tuple[str, ...], Attributes]]:
        """What a key condition finds, each with its place in the order of the table or index."""
        root = reading.use(condition)
        reading.check_all_used()
        index = self._index(table, index_name)
        hash_value, conditions = expressions.key_parts(root, reading, index.hash_key if index else "pk")
        items = self._indexed(index, hash_value) if index else self._partition(table, hash_value)
        range_key = self._range_key(index_name)
        return [
            (_place(item, range_key), item)
            for item in items
            if all(expressions.holds(each, item, reading) for each in conditions)
        ]

    def _index(self, table: str, name: str | None) -> Index | None:
        if name is None:
            return None
        index = self.indexes.get(name)
        if index is None or index.table != table:
            _invalid("Query", f"The table does not have the specified index: {name}")
        return index

    def _range_key(self, index_name: str | None) -> str | None:
        return self.indexes[index_name].range_key if index_name else "sk"

    def _partition(self, table: str, pk: str) -> list[Attributes]:
        return [_load(self.rows[Row(table, pk, sk)]) for sk in self.sort_keys(table, pk)]

    def _indexed(self, index: Index, hash_value: str) -> list[Attributes]:
        """The items an index holds under a value: only those that have its keys."""
        items = (_load(kept) for row, kept in self.rows.items() if row.table == index.table)
        keys = {"pk", "sk", index.hash_key, *([index.range_key] if index.range_key else [])}
        return [
            item if index.projected is None else {name: item[name] for name in item if name in keys | index.projected}
            for item in items
            if item.get(index.hash_key) == {"S": hash_value} and keys <= item.keys()
        ]

    def _page(self, items: list[Attributes], limit: int | None, index_name: str | None) -> dict[str, Any]:
        page: list[Attributes] = []
        size = 0
        for item in items:
            if (limit is not None and len(page) == limit) or size > PAGE_BYTES:
                break
            page.append(item)
            size += len(_dump(item))
        answer: dict[str, Any] = {"Items": page, "Count": len(page), "ScannedCount": len(page)}
        # As AWS does, a page that was filled says where it ended even where nothing follows.
        if page and (len(page) < len(items) or len(page) == limit):
            index = self.indexes[index_name] if index_name else None
            keys = ["pk", "sk", *([name for name in (index.hash_key, index.range_key) if name] if index else [])]
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in keys}
        return answer


class _ConditionFailedError(Exception):
    """The condition of a write does not hold; `item` where the request wanted to be told of it."""

    def __init__(self, item: Attributes | None) -> None:
        super().__init__()
        self.item = item


class _ItemError(Exception):
    """AWS would not take the item."""


def refused(operation: str, code: str, message: str, **more: Any) -> ClientError:
    """An error of AWS, as botocore raises it."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(answer, operation)


def cancelled(reasons: Iterable[dict[str, Any]]) -> ClientError:
    """A transaction that did not happen, with a reason for each of its writes."""
    listed = list(reasons)
    codes = ", ".join(reason["Code"] for reason in listed)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refused("TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=listed)


def _invalid(operation: str, message: str) -> NoReturn:
    raise refused(operation, "ValidationException", message)


def _key(row: Row) -> Attributes:
    return {"pk": {"S": row.pk}, "sk": {"S": row.sk}}


def _place(item: Attributes, range_key: str | None) -> tuple[str, ...]:
    names = [name for name in (range_key, "pk", "sk") if name]
    return tuple(item[name]["S"] for name in names)


def _check_numbers(value: Attributes) -> None:
    for kind, content in value.items():
        if kind == "N":
            if len(content.lstrip("-0").replace(".", "").rstrip("0")) > DIGITS:
                raise _ItemError("Attempting to store more than 38 significant digits in a Number")
        elif kind == "M":
            for part in content.values():
                _check_numbers(part)
        elif kind == "L":
            for part in content:
                _check_numbers(part)


def _size(value: Attributes) -> int:
    """About what AWS counts: names, texts and three bytes around a map or list."""
    ((kind, content),) = value.items()
    match kind:
        case "S" | "N":
            return len(content.encode())
        case "M":
            return 3 + sum(len(name.encode()) + 1 + _size(part) for name, part in content.items())
        case "L":
            return 3 + sum(1 + _size(part) for part in content)
        case _:
            return 1


def _dump(item: Any) -> bytes:
    # Version 2 shares nothing inside: equal items have equal bytes. Three times as fast as JSON.
    return marshal.dumps(item, 2)


_load: Callable[[bytes], Attributes] = marshal.loads
