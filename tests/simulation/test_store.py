"""One suite for the store of the simulation and for moto's: a fake that lies would prove anything."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.adapters.dynamodb.database import EXISTS, NEW, all_equal, equals, unchanged
from functions.adapters.dynamodb.marshal import dump_item, load_item
from tests.simulation.expressions import UnsupportedError
from tests.simulation.store import Index, Store, deployed_indexes

TABLE, OTHER, BY_DAY = "vouchers", "sends", "by-day"
Client = Any


@pytest.fixture(params=["memory", "moto"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Two empty tables, one of them with an index."""
    if request.param == "memory":
        yield Store((TABLE, OTHER), {BY_DAY: Index(TABLE, "day", "at", frozenset({"amount"}))})
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        made = boto3.Session().client("dynamodb", region_name="us-east-1")
        _create(made)
        yield made


@pytest.fixture
def memory() -> Store:
    """What moto does not do as AWS does is asked of ours alone."""
    return Store((TABLE, OTHER))


def _create(client: Client) -> None:
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    index = {
        "IndexName": BY_DAY,
        "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["amount"]},
    }
    for table, names, more in (
        (TABLE, ("pk", "sk", "day", "at"), {"GlobalSecondaryIndexes": [index]}),
        (OTHER, ("pk", "sk"), {}),
    ):
        client.create_table(
            TableName=table,
            KeySchema=keys,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )


def key(sk: str = "s", pk: str = "p") -> dict[str, Any]:
    return dump_item({"pk": pk, "sk": sk})


def put(client: Client, sk: str = "s", *, pk: str = "p", table: str = TABLE, **attributes: Any) -> None:
    client.put_item(TableName=table, Item=dump_item({"pk": pk, "sk": sk, **attributes}))


def read(client: Client, sk: str = "s", *, pk: str = "p", table: str = TABLE) -> dict[str, Any] | None:
    answer = client.get_item(TableName=table, Key=key(sk, pk), ConsistentRead=True)
    return load_item(answer["Item"]) if "Item" in answer else None


def put_part(sk: str = "s", *, pk: str = "p", condition: Any = None, **attributes: Any) -> dict[str, Any]:
    item = dump_item({"pk": pk, "sk": sk, **attributes})
    return {"Put": {"TableName": TABLE, "Item": item, **(condition.parameters() if condition else {})}}


def error_of(call: Any, **request: Any) -> dict[str, Any]:
    """The answer of a call that AWS refuses."""
    with pytest.raises(ClientError) as raised:
        call(**request)
    return dict(raised.value.response)


def code_of(call: Any, **request: Any) -> str:
    return str(error_of(call, **request)["Error"]["Code"])


def reasons_of(client: Client, *parts: dict[str, Any]) -> list[str]:
    """Why each write of a transaction stopped it, as AWS says."""
    answer = error_of(client.transact_write_items, TransactItems=list(parts))
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    return [reason["Code"] for reason in answer["CancellationReasons"]]


def written(client: Client, expression: str, names: dict[str, str] | None = None, **values: Any) -> bool:
    """Whether a write under a condition happens."""
    request: dict[str, Any] = {"TableName": TABLE, "Item": key(), "ConditionExpression": expression}
    if names:
        request["ExpressionAttributeNames"] = names
    if values:
        request["ExpressionAttributeValues"] = dump_item({f":{name}": value for name, value in values.items()})
    try:
        client.put_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


class TestReading:
    def test_what_was_written_is_read(self, client: Client) -> None:
        put(client, amount=-500, worth={"minor": 10**20, "lines": [{"sku": "tea"}, None, True]}, text="票券")

        assert read(client) == {
            "pk": "p",
            "sk": "s",
            "amount": -500,
            "worth": {"minor": 10**20, "lines": [{"sku": "tea"}, None, True]},
            "text": "票券",
        }

    def test_what_is_not_there_is_nothing(self, client: Client) -> None:
        assert read(client) is None

    def test_nobody_can_change_a_table_through_what_it_was_given_or_gave(self, client: Client) -> None:
        item = dump_item({"pk": "p", "sk": "s", "worth": {"minor": 1}})
        client.put_item(TableName=TABLE, Item=item)

        item["worth"]["M"]["minor"]["N"] = "2"
        client.get_item(TableName=TABLE, Key=key())["Item"]["worth"]["M"].clear()

        assert read(client) == {"pk": "p", "sk": "s", "worth": {"minor": 1}}

    def test_many_are_read_from_several_tables_at_once(self, client: Client) -> None:
        put(client, "1")
        put(client, "2", table=OTHER)

        answer = client.batch_get_item(
            RequestItems={TABLE: {"Keys": [key("1"), key("2")], "ConsistentRead": True}, OTHER: {"Keys": [key("2")]}}
        )

        assert answer["Responses"] == {TABLE: [key("1")], OTHER: [key("2")]}
        assert not answer["UnprocessedKeys"]

    @pytest.mark.parametrize("keys", [[key(), key()], [key(str(place)) for place in range(101)]], ids=["twice", "101"])
    def test_a_batch_that_aws_refuses_is_refused(self, client: Client, keys: list[Any]) -> None:
        assert code_of(client.batch_get_item, RequestItems={TABLE: {"Keys": keys}}) == "ValidationException"

    def test_a_table_that_is_not_there_is_refused(self, client: Client) -> None:
        assert code_of(client.get_item, TableName="none", Key=key()) == "ResourceNotFoundException"

    @pytest.mark.parametrize("wrong", [{"pk": {"S": "p"}}, {"pk": {"S": ""}, "sk": {"S": "s"}}], ids=["half", "empty"])
    def test_a_key_that_is_none_is_refused(self, client: Client, wrong: dict[str, Any]) -> None:
        assert code_of(client.get_item, TableName=TABLE, Key=wrong) == "ValidationException"


class TestConditions:
    @pytest.fixture(autouse=True)
    def _one_row(self, client: Client) -> None:
        put(client, version=3, state="redeemed", worth={"minor": 500}, name="mei")

    @pytest.mark.parametrize(
        ("expression", "values", "holds"),
        [
            ("attribute_exists(pk)", {}, True),
            ("attribute_not_exists(pk)", {}, False),
            ("attribute_not_exists(gone)", {}, True),
            ("version = :v", {"v": 3}, True),
            ("version = :v", {"v": "3"}, False),
            ("version <> :v", {"v": 3}, False),
            ("gone <> :v", {"v": 3}, True),
            ("gone = :v", {"v": 3}, False),
            ("version < :v", {"v": 10}, True),
            ("version <= :v", {"v": 3}, True),
            ("version > :v", {"v": 3}, False),
            ("version >= :v", {"v": 3}, True),
            ("gone < :v", {"v": 3}, False),
            ("version BETWEEN :a AND :b", {"a": 1, "b": 3}, True),
            ("version BETWEEN :a AND :b AND pk = :c", {"a": 1, "b": 2, "c": "p"}, False),
            ("worth.minor >= :v", {"v": 500}, True),
            ("worth.minor > :v", {"v": 500}, False),
            ("pk = :p AND version = :v", {"p": "p", "v": 3}, True),
            ("pk = :p AND version = :v", {"p": "p", "v": 4}, False),
            ("pk = :n OR version = :v AND sk = :n", {"n": "no", "v": 3}, False),
            ("pk = :p OR version = :v AND sk = :n", {"p": "p", "v": 3, "n": "no"}, True),
            ("(pk = :p OR version = :v) AND sk = :n", {"p": "p", "v": 3, "n": "no"}, False),
            ("NOT version = :v", {"v": 4}, True),
            ("NOT (version = :v OR pk = :p)", {"v": 4, "p": "p"}, False),
            ("version IN (:a, :b)", {"a": 1, "b": 3}, True),
            ("begins_with(sk, :s)", {"s": "s"}, True),
            ("begins_with(sk, :s)", {"s": "t"}, False),
        ],
    )
    def test_a_condition_is_read_as_dynamodb_reads_it(
        self, client: Client, expression: str, values: dict[str, Any], *, holds: bool
    ) -> None:
        assert written(client, expression, **values) is holds

    @pytest.mark.parametrize(
        ("condition", "holds"),
        [
            (NEW, False),
            (EXISTS, True),
            (unchanged(3), True),
            (unchanged(2), False),
            (unchanged(0), False),
            (equals("state", "redeemed"), True),
            (equals("state", "voided"), False),
            (all_equal({"state": "redeemed", "gone": None}), True),
            (all_equal({"state": None}), False),
        ],
    )
    def test_the_conditions_of_our_adapters_stop_what_they_should(
        self, client: Client, condition: Any, *, holds: bool
    ) -> None:
        request = {"TableName": TABLE, "Item": key(), **condition.parameters()}

        if holds:
            client.put_item(**request)
        else:
            assert code_of(client.put_item, **request) == "ConditionalCheckFailedException"

    def test_values_of_two_types_are_in_no_order(self, memory: Store) -> None:
        # moto falls over it.
        put(memory, version=3)

        assert not written(memory, "version < :v", v="a")

    def test_a_condition_over_what_is_not_there(self, client: Client) -> None:
        client.put_item(TableName=TABLE, Item=key("new"), **NEW.parameters())

        assert code_of(client.put_item, TableName=TABLE, Item=key("newer"), **EXISTS.parameters()) == (
            "ConditionalCheckFailedException"
        )

    @pytest.mark.parametrize(
        ("expression", "names", "values"),
        [
            ("pk = :p", {}, {":p": {"S": "p"}, ":unused": {"S": "x"}}),
            ("#a = :p", {}, {":p": {"S": "p"}}),
            ("pk = :p", {}, {":q": {"S": "p"}}),
            ("pk = ", {}, {}),
            ("attribute_exists(pk", {}, {}),
        ],
        ids=["unused value", "undefined name", "undefined value", "half", "open"],
    )
    def test_an_expression_that_aws_refuses_is_refused(
        self, memory: Store, expression: str, names: dict[str, str], values: dict[str, Any]
    ) -> None:
        more: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        if values:
            more["ExpressionAttributeValues"] = values

        # moto falls over some of these, and takes the others.
        found = code_of(memory.put_item, TableName=TABLE, Item=key(), ConditionExpression=expression, **more)

        assert found == "ValidationException"

    def test_the_item_that_stood_in_the_way_is_told_where_it_is_asked_for(self, client: Client) -> None:
        told = error_of(
            client.put_item,
            TableName=TABLE,
            Item=key(),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **NEW.parameters(),
        )

        assert told["Item"]["version"] == {"N": "3"}


class TestUpdates:
    @pytest.mark.parametrize(
        ("expression", "values", "expected"),
        [
            ("SET amount = :v", {"v": 7}, {"amount": 7, "count": 2}),
            ("SET amount = amount + :v", {"v": 7}, {"amount": 12, "count": 2}),
            ("SET amount = amount - :v, fresh = :t", {"v": 7, "t": "x"}, {"amount": -2, "count": 2, "fresh": "x"}),
            ("SET fresh = if_not_exists(fresh, :z) + :v", {"z": 0, "v": 7}, {"amount": 5, "count": 2, "fresh": 7}),
            ("SET amount = if_not_exists(amount, :z) + :v", {"z": 0, "v": 7}, {"amount": 12, "count": 2}),
            ("ADD amount :v", {"v": 7}, {"amount": 12, "count": 2}),
            ("ADD fresh :v", {"v": 7}, {"amount": 5, "count": 2, "fresh": 7}),
            ("REMOVE amount", {}, {"count": 2}),
            ("SET amount = :v REMOVE count", {"v": 1}, {"amount": 1}),
            ("SET amount = count, count = amount", {}, {"amount": 2, "count": 5}),
        ],
    )
    def test_an_update_is_read_as_dynamodb_reads_it(
        self, client: Client, expression: str, values: dict[str, Any], expected: dict[str, Any]
    ) -> None:
        put(client, amount=5, count=2)
        # `count` is a reserved word, so it has to be called something else.
        text = expression.replace("count", "#c")
        more: dict[str, Any] = {"ExpressionAttributeNames": {"#c": "count"}} if "#c" in text else {}
        if values:
            more["ExpressionAttributeValues"] = dump_item({f":{name}": value for name, value in values.items()})

        client.update_item(TableName=TABLE, Key=key(), UpdateExpression=text, **more)

        assert read(client) == {"pk": "p", "sk": "s", **expected}

    def test_an_update_makes_what_was_not_there_and_tells_what_it_made(self, client: Client) -> None:
        answer = client.update_item(
            TableName=TABLE,
            Key=key(),
            UpdateExpression="ADD amount :v",
            ExpressionAttributeValues={":v": {"N": "3"}},
            ReturnValues="ALL_NEW",
        )

        assert load_item(answer["Attributes"]) == read(client) == {"pk": "p", "sk": "s", "amount": 3}

    def test_an_update_happens_under_its_condition(self, client: Client) -> None:
        put(client, amount=5)
        more = {"UpdateExpression": "SET amount = amount - :v", "ConditionExpression": "amount >= :v"}

        def take(amount: int) -> None:
            values = {":v": {"N": str(amount)}}
            client.update_item(TableName=TABLE, Key=key(), ExpressionAttributeValues=values, **more)

        take(3)
        with pytest.raises(ClientError):
            take(3)

        assert read(client) == {"pk": "p", "sk": "s", "amount": 2}

    def test_the_key_cannot_be_updated(self, client: Client) -> None:
        put(client)

        found = code_of(
            client.update_item,
            TableName=TABLE,
            Key=key(),
            UpdateExpression="SET sk = :v",
            ExpressionAttributeValues={":v": {"S": "t"}},
        )

        assert found == "ValidationException"

    def test_a_reserved_word_is_no_name(self, client: Client) -> None:
        found = code_of(
            client.update_item,
            TableName=TABLE,
            Key=key(),
            UpdateExpression="SET state = :v",
            ExpressionAttributeValues={":v": {"S": "t"}},
        )

        assert found == "ValidationException"

    def test_a_deleted_item_is_gone(self, client: Client) -> None:
        put(client)

        client.delete_item(TableName=TABLE, Key=key(), **EXISTS.parameters())

        assert read(client) is None
        assert code_of(client.delete_item, TableName=TABLE, Key=key(), **EXISTS.parameters()) == (
            "ConditionalCheckFailedException"
        )


class TestTransactions:
    def test_all_of_it_happens(self, client: Client) -> None:
        put(client, "old", amount=1)
        put(client, "counted", amount=1)
        client.transact_write_items(
            TransactItems=[
                put_part("new", condition=NEW, amount=2),
                {"Delete": {"TableName": TABLE, "Key": key("old"), **equals("amount", 1).parameters()}},
                {"ConditionCheck": {"TableName": TABLE, "Key": key("none"), **NEW.parameters()}},
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": key("counted"),
                        "UpdateExpression": "ADD amount :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                },
            ]
        )

        assert [(read(client, sk) or {}).get("amount") for sk in ("new", "old", "none", "counted")] == [
            2,
            None,
            None,
            2,
        ]

    def test_none_of_it_happens_where_one_condition_fails_and_the_reasons_say_which(self, client: Client) -> None:
        put(client, "there", amount=1)

        reasons = reasons_of(
            client,
            put_part("new", condition=NEW),
            put_part("there", condition=NEW, amount=2),
            put_part("other"),
            put_part("none", condition=equals("amount", 1)),
        )

        assert reasons == ["None", "ConditionalCheckFailed", "None", "ConditionalCheckFailed"]
        assert [read(client, sk) for sk in ("new", "other", "none")] == [None, None, None]
        assert (read(client, "there") or {})["amount"] == 1

    def test_a_check_that_fails_stops_it(self, client: Client) -> None:
        check = {"ConditionCheck": {"TableName": TABLE, "Key": key("none"), **EXISTS.parameters()}}

        assert reasons_of(client, put_part("new"), check) == ["None", "ConditionalCheckFailed"]
        assert read(client, "new") is None

    @pytest.mark.parametrize(
        "parts",
        [[put_part(), put_part()], [put_part(str(place)) for place in range(101)], []],
        ids=["two of one item", "101", "none"],
    )
    def test_a_transaction_that_aws_refuses_is_refused(self, client: Client, parts: list[Any]) -> None:
        with pytest.raises(Exception, match=r"Validation|length|multiple|Parameter"):
            client.transact_write_items(TransactItems=parts)

    def test_the_same_token_again_is_the_same_transaction(self, memory: Store) -> None:
        # moto applies it twice.
        part = put_part(condition=NEW)

        memory.transact_write_items(TransactItems=[part], ClientRequestToken="t")
        memory.transact_write_items(TransactItems=[part], ClientRequestToken="t")

        assert code_of(memory.transact_write_items, TransactItems=[put_part("x")], ClientRequestToken="t") == (
            "IdempotentParameterMismatchException"
        )

    def test_the_token_of_a_transaction_that_was_cancelled_is_free(self, memory: Store) -> None:
        assert reasons_of(memory, put_part(condition=EXISTS)) == ["ConditionalCheckFailed"]
        with pytest.raises(ClientError):
            memory.transact_write_items(TransactItems=[put_part(condition=EXISTS)], ClientRequestToken="t")

        memory.transact_write_items(TransactItems=[put_part(condition=NEW)], ClientRequestToken="t")

        assert read(memory) is not None


class TestLimits:
    def test_an_item_of_more_than_400_kilobytes_is_refused(self, client: Client) -> None:
        put(client, text="x" * 400_000)

        item = dump_item({"pk": "p", "sk": "s", "text": "x" * 410_000})

        assert code_of(client.put_item, TableName=TABLE, Item=item) == "ValidationException"

    def test_a_number_of_39_digits_is_refused(self, memory: Store) -> None:
        # moto takes it.
        put(memory, amount=10**38 - 1)

        item = dump_item({"pk": "p", "sk": "s", "worth": [{"minor": 10**38 + 1}]})

        assert code_of(memory.put_item, TableName=TABLE, Item=item) == "ValidationException"

    def test_a_key_of_an_index_must_be_a_text(self) -> None:
        # moto takes any.
        memory = Store((TABLE,), {BY_DAY: Index(TABLE, "day")})
        item = dump_item({"pk": "p", "sk": "s", "day": 1})

        assert code_of(memory.put_item, TableName=TABLE, Item=item) == "ValidationException"

    def test_what_is_not_understood_is_not_passed_over(self, memory: Store) -> None:
        with pytest.raises(UnsupportedError):
            written(memory, "contains(name, :v)", v="m")


class TestQueries:
    @pytest.fixture(autouse=True)
    def _rows(self, client: Client) -> None:
        for place in range(4):
            put(client, f"LEDGER#{place}", amount=place, day=f"d{place % 2}", at=f"t{9 - place}", more="x")
        put(client, "VOUCHER", day="d0")
        put(client, "LEDGER#0", pk="q", amount=9)

    def found(self, client: Client, expression: str, **values: Any) -> list[str]:
        request = {"TableName": TABLE, "KeyConditionExpression": expression, **self.more}
        request["ExpressionAttributeValues"] = dump_item({f":{name}": value for name, value in values.items()})
        return [item["sk"]["S"] for item in client.query(**request)["Items"]]

    more: dict[str, Any] = {}  # noqa: RUF012 - overridden by those that need it

    @pytest.mark.parametrize(
        ("expression", "values", "places"),
        [
            ("pk = :pk AND begins_with(sk, :sk)", {"sk": "LEDGER#"}, [0, 1, 2, 3]),
            ("pk = :pk AND sk = :sk", {"sk": "LEDGER#2"}, [2]),
            ("pk = :pk AND sk BETWEEN :a AND :b", {"a": "LEDGER#1", "b": "LEDGER#2"}, [1, 2]),
            ("pk = :pk AND sk < :sk", {"sk": "LEDGER#2"}, [0, 1]),
            ("pk = :pk AND sk >= :sk", {"sk": "LEDGER#2"}, [2, 3, "VOUCHER"]),
        ],
    )
    def test_a_key_condition_finds_what_it_says_in_order(
        self, client: Client, expression: str, values: dict[str, Any], places: list[Any]
    ) -> None:
        expected = [f"LEDGER#{place}" if isinstance(place, int) else place for place in places]

        assert self.found(client, expression, pk="p", **values) == expected

    def test_a_query_may_go_backwards(self, client: Client) -> None:
        answer = client.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "p"}},
            ScanIndexForward=False,
            Limit=2,
        )

        assert [item["sk"]["S"] for item in answer["Items"]] == ["VOUCHER", "LEDGER#3"]

    def test_pages_lead_to_everything_once(self, client: Client) -> None:
        seen: list[str] = []
        start: dict[str, Any] = {}
        while True:
            page = client.query(
                TableName=TABLE,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": "p"}},
                Limit=2,
                **start,
            )
            seen += [item["sk"]["S"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

        assert seen == ["LEDGER#0", "LEDGER#1", "LEDGER#2", "LEDGER#3", "VOUCHER"]

    def test_an_index_finds_what_has_its_keys_in_its_own_order_and_gives_what_it_holds(self, client: Client) -> None:
        answer = client.query(
            TableName=TABLE,
            IndexName=BY_DAY,
            KeyConditionExpression="#day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":day": {"S": "d0"}},
        )

        assert [load_item(item) for item in answer["Items"]] == [
            {"pk": "p", "sk": "LEDGER#2", "day": "d0", "at": "t7", "amount": 2},
            {"pk": "p", "sk": "LEDGER#0", "day": "d0", "at": "t9", "amount": 0},
        ]

    def test_an_index_is_read_by_a_part_of_its_order(self, client: Client) -> None:
        self.more = {"IndexName": BY_DAY, "ExpressionAttributeNames": {"#day": "day", "#at": "at"}}

        assert self.found(client, "#day = :day AND #at > :at", day="d0", at="t7") == ["LEDGER#0"]

    @pytest.mark.parametrize(
        "more",
        [{"KeyConditionExpression": "sk = :pk"}, {"IndexName": "none"}, {"IndexName": BY_DAY, "ConsistentRead": True}],
        ids=["no partition", "no such index", "a consistent read of an index"],
    )
    def test_a_query_that_aws_refuses_is_refused(self, client: Client, more: dict[str, Any]) -> None:
        request = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "p"}}, **more}

        assert code_of(client.query, TableName=TABLE, **request) in {"ValidationException", "ResourceNotFoundException"}


def test_the_store_has_the_indexes_of_the_deployment() -> None:
    """They are read from the template, so that a new index is there without being told of twice."""
    assert all(index.table in {"vouchers", "customers", "commerce", "sends"} for index in deployed_indexes().values())
