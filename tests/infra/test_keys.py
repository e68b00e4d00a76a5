import base64
import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from functions.adapters.signing import read_public_keys
from infra.errors import UsageError
from infra.keys import KeyStore, SigningKeys, retire, rotate
from infra.target import Target


@pytest.fixture
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield Target(request.node.name, "ap-northeast-1")


@pytest.fixture
def secret_id(target: Target) -> str:
    client = boto3.client("secretsmanager", region_name=target.region)
    arn: str = client.create_secret(Name="signing", SecretString="{}")["ARN"]
    return arn


@pytest.fixture
def store(target: Target, secret_id: str) -> KeyStore:
    return KeyStore(target, secret_id)


def nobody(keys: SigningKeys) -> None:
    del keys


def saved(store: KeyStore) -> SigningKeys:
    keys = store.load()
    assert keys is not None
    return keys


def test_new_stage_gets_a_first_key_that_signs(store: KeyStore) -> None:
    keys = store.ensure()

    assert (keys.current, list(keys.seeds), len(keys.seeds[1])) == (1, [1], 32)


def test_secret_has_the_form_that_functions_read(target: Target, store: KeyStore, secret_id: str) -> None:
    keys = store.ensure()

    held = json.loads(target.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])

    assert held == {"current": 1, "keys": {"1": base64.b64encode(keys.seeds[1]).decode()}}


def test_key_that_is_there_is_left_alone(store: KeyStore) -> None:
    first = store.ensure()

    assert store.ensure() == first


def test_published_keys_are_read_by_the_functions(store: KeyStore) -> None:
    keys = rotate(store, nobody)

    assert sorted(read_public_keys(keys.verify_keys)) == [1, 2]


def test_seed_is_not_among_what_is_published(store: KeyStore) -> None:
    keys = store.ensure()

    assert base64.b64encode(keys.seeds[1]).decode() not in keys.verify_keys


def test_new_key_is_published_before_anything_is_signed_with_it(store: KeyStore) -> None:
    store.ensure()
    seen = []

    def publish(keys: SigningKeys) -> None:
        seen.append((sorted(keys.seeds), saved(store).current))

    rotate(store, publish)

    assert seen == [([1, 2], 1)]


def test_rotation_ends_with_the_new_key_signing(store: KeyStore) -> None:
    rotate(store, nobody)

    assert saved(store).current == 2


def test_rotation_keeps_the_old_key(store: KeyStore) -> None:
    first = store.ensure()

    assert rotate(store, nobody).seeds[1] == first.seeds[1]


def test_interrupted_rotation_goes_on_with_the_key_it_had_made(store: KeyStore) -> None:
    def fail(keys: SigningKeys) -> None:
        del keys
        raise ConnectionError

    with pytest.raises(ConnectionError):
        rotate(store, fail)
    half_way = saved(store)

    keys = rotate(store, nobody)

    assert (keys.current, keys.seeds) == (2, half_way.seeds)


def test_retired_key_is_forgotten(store: KeyStore) -> None:
    rotate(store, nobody)

    retire(store, 1, nobody)

    assert list(saved(store).seeds) == [2]


@pytest.mark.parametrize(("number", "reason"), [(1, "is the one that signs"), (7, "There is no key 7")])
def test_key_that_signs_or_is_not_there_cannot_be_retired(store: KeyStore, number: int, reason: str) -> None:
    store.ensure()

    with pytest.raises(UsageError, match=reason):
        retire(store, number, nobody)


def test_number_of_a_retired_key_is_not_given_again(store: KeyStore) -> None:
    rotate(store, nobody)
    retire(store, 1, nobody)

    assert rotate(store, nobody).current == 3
