"""Brings both stacks to a target: the same road for AWS and for the local stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.artefacts import Artefacts
from infra.cfn import read_template
from infra.errors import NotDeployedError
from infra.indexes import steps
from infra.keys import KeyStore, SigningKeys
from infra.layer import ROOT
from infra.package import BUILD, Package, build_package
from infra.roads import QUEUES, ROADS, SECRETS, TABLES
from infra.stacks import Change, Say, Stack, Stacks, Wanted
from infra.target import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["DeployOptions", "Outputs", "Target", "deploy"]

_DATA_TEMPLATE = Path(__file__).parent / "data.yaml"


@dataclass(frozen=True)
class DeployOptions:
    """What may differ between stages. `None` keeps what the stage has, or takes the template's default at first.

    `architecture` is `arm64` or `x86_64`. `parameters` are further parameters of the app stack by name, such as
    `TillConcurrency`. `source` is the folder of `app.py` and `functions/`, `build` where builds are kept.
    """

    email_from: str | None = None
    line_api_url: str | None = None
    api_origin: str | None = None
    public_url: str | None = None
    architecture: str = "arm64"
    deletion_protection: bool = True
    alarm_email: str | None = None
    log_level: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    may_endanger_data: bool = False
    source: Path = ROOT
    build: Path = BUILD


@dataclass(frozen=True)
class Outputs:
    """What a deployed stage is called by.

    `tables` by `vouchers, customers, commerce, sends` (names); `queues` by `orders, dispatch-line, dispatch-email,
    dispatch-sms` and the same with `-dlq` (URLs); `secrets` by `signing, codes, sealing, admin` (ARNs); `functions`
    by `checkout, till, pages, administration, issue_order, audit, send_line, send_email, send_sms` (names).
    """

    api_url: str
    region: str
    tables: dict[str, str]
    queues: dict[str, str]
    secrets: dict[str, str]
    functions: dict[str, str]


def data_stack(target: Target) -> str:
    """The name of the stack that holds the stage's data."""
    return f"storebound-{target.stage}-data"


def app_stack(target: Target) -> str:
    """The name of the stack of the stage's functions and API."""
    return f"storebound-{target.stage}-app"


def deploy(target: Target, options: DeployOptions, say: Say) -> Outputs:
    """Package, bring up the data stack, make sure of a signing key, bring up the app stack.

    Raises:
        infra.errors.InfraError: with a sentence for the operator and the next step.
    """
    package = build_package(options.architecture, options.source, options.build)
    artefacts = Artefacts.bring(target, say)
    artefacts.put_file(package.code_key, package.code)
    artefacts.put_file(package.layer_key, package.layer)
    stacks = Stacks(target, say)
    data = _bring_data(target, options, stacks)
    keys = KeyStore(target, data.outputs["SigningSecretArn"]).ensure()
    wanted = _wanted_app(target, options, package, artefacts.bucket, data, keys)
    url = artefacts.put_template(wanted.text) if wanted.is_large else None
    app = stacks.bring(replace(wanted, template_url=url))
    return _outputs(target, data, app)


def plan(target: Target, options: DeployOptions, say: Say) -> dict[str, list[Change] | None]:
    """What `deploy` would change, by stack; `None` for a stack that would be new and cannot be planned yet.

    Nothing stays: change sets are deleted, and the template of one that is too large to send is taken away again.
    """
    package = build_package(options.architecture, options.source, options.build)
    stacks = Stacks(target, say)
    planned: dict[str, list[Change] | None] = {data_stack(target): stacks.plan(_wanted_data(target, options))}
    artefacts, data = Artefacts.find(target, say), stacks.find(data_stack(target))
    keys = KeyStore(target, data.outputs["SigningSecretArn"]).load() if data else None
    if artefacts is None or data is None or keys is None:
        return planned | {app_stack(target): None}
    wanted = _wanted_app(target, options, package, artefacts.bucket, data, keys)
    with artefacts.lend_template(wanted.text) as url:
        return planned | {app_stack(target): stacks.plan(replace(wanted, template_url=url))}


def outputs(target: Target, say: Say) -> Outputs:
    """What a deployed stage is called by.

    Raises:
        NotDeployedError: the stage is not there.
    """
    stacks = Stacks(target, say)
    return _outputs(target, _found(stacks, data_stack(target)), _found(stacks, app_stack(target)))


def publish_keys(target: Target, keys: SigningKeys, say: Say) -> None:
    """Give every function the public keys, and change nothing else."""
    values = {"VerifyKeys": keys.verify_keys}
    Stacks(target, say).bring(Wanted(app_stack(target), target.stage, template=None, values=values))


def key_store(target: Target, say: Say) -> KeyStore:
    """The stage's signing keys.

    Raises:
        NotDeployedError: the stage is not there.
    """
    return KeyStore(target, _found(Stacks(target, say), data_stack(target)).outputs["SigningSecretArn"])


def _bring_data(target: Target, options: DeployOptions, stacks: Stacks) -> Stack:
    wanted, before = _wanted_data(target, options), stacks.find(data_stack(target))
    *first, last = steps(read_template(_DATA_TEMPLATE), _indexes(target, before) if before else {})
    for template in first:
        stacks.bring(replace(wanted, template=template), may_endanger_data=options.may_endanger_data)
    return stacks.bring(replace(wanted, template=last), may_endanger_data=options.may_endanger_data)


def _indexes(target: Target, data: Stack) -> dict[str, frozenset[str]]:
    """The indexes of each table that is there, by its logical id."""
    client: DynamoDBClient = target.client("dynamodb")
    names = {stem: data.outputs[f"{stem}Table"] for stem in TABLES.values() if f"{stem}Table" in data.outputs}
    tables = {stem: client.describe_table(TableName=name)["Table"] for stem, name in names.items()}
    return {
        stem: frozenset(index["IndexName"] for index in table.get("GlobalSecondaryIndexes", []))
        for stem, table in tables.items()
    }


def _found(stacks: Stacks, name: str) -> Stack:
    stack = stacks.find(name)
    if stack is None:
        raise NotDeployedError(f"There is no stack {name}.", "Deploy the stage: storebound deploy --email-from ADDRESS")
    return stack


def _wanted_data(target: Target, options: DeployOptions) -> Wanted:
    values = {
        "EmailFrom": options.email_from,
        "AlarmEmail": options.alarm_email,
        "DeletionProtection": str(options.deletion_protection).lower(),
    }
    return Wanted(data_stack(target), target.stage, read_template(_DATA_TEMPLATE), values)


def _wanted_app(
    target: Target, options: DeployOptions, package: Package, bucket: str, data: Stack, keys: SigningKeys
) -> Wanted:
    values: dict[str, str | None] = {
        "EmailFrom": data.outputs["EmailFrom"],
        "MaxReceives": data.outputs["MaxReceives"],
        "Stage": target.stage,
        "DataStack": data_stack(target),
        "ArtefactBucket": bucket,
        "VerifyKeys": keys.verify_keys,
        "PublicUrl": _trimmed(options.public_url),
        "ApiOrigin": _trimmed(options.api_origin),
        "LineApiUrl": _trimmed(options.line_api_url),
        "LogLevel": options.log_level,
    }
    return Wanted(app_stack(target), target.stage, package.read_template(), values | dict(options.parameters))


def _trimmed(url: str | None) -> str | None:
    return url.rstrip("/") if url else url


def _outputs(target: Target, data: Stack, app: Stack) -> Outputs:
    found = data.outputs | app.outputs
    queues = {queue: found[f"{stem}QueueUrl"] for queue, stem in QUEUES.items()}
    dead_letters = {f"{queue}-dlq": found[f"{stem}DeadLettersUrl"] for queue, stem in QUEUES.items()}
    return Outputs(
        api_url=found["ApiUrl"],
        region=target.region,
        tables={table: found[f"{stem}Table"] for table, stem in TABLES.items()},
        queues=queues | dead_letters,
        secrets={secret: found[f"{stem}SecretArn"] for secret, stem in SECRETS.items()},
        functions={road.function: found[f"{road.stem}Function"] for road in ROADS},
    )
