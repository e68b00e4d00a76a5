"""The command line: `storebound`. Data goes to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.identity import is_identifier
from infra import audit as auditor
from infra import deploy as deployment
from infra import keys as signing
from infra.audit import Audit
from infra.deploy import DeployOptions, Target
from infra.errors import DeployError, ExitCode, InfraError, UnreachableError, UsageError
from infra.keys import SigningKeys
from infra.layer import LAMBDA_ARCHITECTURES, host_architecture
from infra.stacks import Change
from infra.status import Status
from infra.status import status as status_of

_EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not deployed, 4 AWS not reached or credentials refused."

app = typer.Typer(
    help="Deploys and tends a stage of Storebound.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys_app = typer.Typer(help="The keys that sign QR codes.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")

Stage = Annotated[str, typer.Option(envvar="STOREBOUND_STAGE", help="Name of the stage.")]
Region = Annotated[str, typer.Option(envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="AWS region.")]
Endpoint = Annotated[
    str | None, typer.Option(envvar="STOREBOUND_ENDPOINT_URL", help="Address of a local stack, instead of AWS.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
# How AWS's services say that they do not know the caller, or that it may not do this.
_NOT_LET_IN = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_STAGE = "dev"
_REGION = "ap-northeast-1"


@app.command()
def deploy(  # noqa: PLR0913, PLR0917  # each is an option of the command line
    stage: Stage = _STAGE,
    region: Region = _REGION,
    endpoint_url: Endpoint = None,
    email_from: Annotated[str | None, typer.Option(help="Sender of e-mails; needed the first time.")] = None,
    alarm_email: Annotated[str | None, typer.Option(help="Who hears of alarms.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address of the API under a domain of yours.")] = None,
    line_api_url: Annotated[str | None, typer.Option(help="Address of LINE's Messaging API.")] = None,
    log_level: Annotated[str | None, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = None,
    architecture: Annotated[
        str | None, typer.Option(help="arm64 or x86_64. On AWS arm64, on a local stack this machine's.")
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter of the app stack, as TillConcurrency=20.")
    ] = None,
    *,
    deletion_protection: Annotated[bool, typer.Option(help="Whether tables refuse to be deleted.")] = True,
    allow_replacement: Annotated[bool, typer.Option(help="Let go of a table, queue or secret with its data.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would change, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Build and deploy a stage. An option that is left out keeps what the stage has."""
    target = Target(stage, region, endpoint_url)
    options = DeployOptions(
        email_from=email_from,
        alarm_email=alarm_email,
        public_url=public_url,
        line_api_url=line_api_url,
        log_level=log_level,
        architecture=_architecture(architecture, target),
        deletion_protection=deletion_protection,
        api_origin=f"{endpoint_url.rstrip('/')}/_aws/execute-api" if endpoint_url else None,
        parameters=_assignments(parameters or []),
        may_endanger_data=allow_replacement,
    )
    if plan:
        _show_plan(deployment.plan(target, options, _say), as_json=as_json)
    else:
        _show_outputs(deployment.deploy(target, options, _say), as_json=as_json)


@app.command()
def outputs(
    stage: Stage = _STAGE, region: Region = _REGION, endpoint_url: Endpoint = None, *, as_json: Json = False
) -> None:
    """Print what a stage is called by: address, tables, queues, secrets, functions."""
    _show_outputs(deployment.outputs(Target(stage, region, endpoint_url), _say), as_json=as_json)


@app.command()
def status(
    stage: Stage = _STAGE, region: Region = _REGION, endpoint_url: Endpoint = None, *, as_json: Json = False
) -> None:
    """Print how a stage is: stacks, functions, messages that wait or were given up on, alarms."""
    target = Target(stage, region, endpoint_url)
    found = status_of(target, deployment.outputs(target, _say), _say)
    if as_json:
        _print_json(asdict(found) | {"given_up": found.given_up, "ringing": found.ringing})
    else:
        _show_status(found)


@app.command()
def audit(
    stage: Stage = _STAGE,
    region: Region = _REGION,
    endpoint_url: Endpoint = None,
    voucher: Annotated[str | None, typer.Option(metavar="ID", help="One voucher, whether or not it changed.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Count vouchers anew from their ledgers: all that changed since the last audit. Exit code 1 on a difference."""
    if voucher is not None and not is_identifier(voucher):
        raise UsageError(f"{voucher} is no id of a voucher.", "Take it from an order, or from GET /v1/exceptions.")
    target = Target(stage, region, endpoint_url)
    found = auditor.audit(target, deployment.outputs(target, _say), voucher, _say)
    if as_json:
        _print_json(asdict(found))
    else:
        _show_audit(found)
    if found.differences:
        raise typer.Exit(ExitCode.FAILED)


@keys_app.command("list")
def list_keys(
    stage: Stage = _STAGE, region: Region = _REGION, endpoint_url: Endpoint = None, *, as_json: Json = False
) -> None:
    """Print the public keys, and which one signs."""
    keys = deployment.key_store(Target(stage, region, endpoint_url), _say).ensure()
    _show_keys(keys, as_json=as_json)


@keys_app.command()
def rotate(
    stage: Stage = _STAGE, region: Region = _REGION, endpoint_url: Endpoint = None, *, as_json: Json = False
) -> None:
    """Make a new key, publish it, then sign with it. QR codes already sent stay good."""
    target = Target(stage, region, endpoint_url)
    store = deployment.key_store(target, _say)
    keys = signing.rotate(store, lambda new: deployment.publish_keys(target, new, _say))
    _say(f"Key {keys.current} signs; warm functions follow within five minutes.")
    _show_keys(keys, as_json=as_json)


@keys_app.command()
def retire(
    number: Annotated[int, typer.Argument(help="Number of the key.")],
    stage: Stage = _STAGE,
    region: Region = _REGION,
    endpoint_url: Endpoint = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Forget a key: QR codes signed with it stop working (the codes that people type go on working)."""
    target = Target(stage, region, endpoint_url)
    if not yes:
        _ask(f"QR codes signed with key {number} will be refused. Go on?")
    store = deployment.key_store(target, _say)
    keys = signing.retire(store, number, lambda left: deployment.publish_keys(target, left, _say))
    _show_keys(keys, as_json=as_json)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        app(prog_name="storebound")
    except InfraError as error:
        _fail(error)
    except ClientError as error:
        _fail(_refused(error))
    except BotoCoreError as error:
        step = "Sign in to AWS (aws sso login), or start the local stack (make run) and name it with --endpoint-url."
        _fail(UnreachableError(str(error), step))
    sys.exit(ExitCode.OK)


def _fail(error: InfraError) -> NoReturn:
    _say(f"storebound: {error}\n  next: {error.next_step}")
    sys.exit(error.exit_code)


def _refused(error: ClientError) -> InfraError:
    if error.response["Error"]["Code"] in _NOT_LET_IN:
        return UnreachableError(str(error), "Check which account and role you are: aws sts get-caller-identity")
    return DeployError(str(error), "Correct what it names, and run the command again.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody is there to answer.", "Run it again with --yes.")
    typer.confirm(question, abort=True, err=True)


def _architecture(wished: str | None, target: Target) -> str:
    """The wished architecture, else AWS's cheaper one, or the one that a local stack can run."""
    chosen = wished or (host_architecture() if target.local else "arm64")
    if chosen not in LAMBDA_ARCHITECTURES:
        raise UsageError(f"{chosen} is no architecture of Lambda.", f"Choose one of {', '.join(LAMBDA_ARCHITECTURES)}.")
    return chosen


def _assignments(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    wrong = [text for text, (_, sign, _) in zip(texts, pairs, strict=True) if not sign]
    if wrong:
        raise UsageError(f"--set {wrong[0]} sets nothing.", "Write it as --set TillConcurrency=20.")
    return {name: value for name, _, value in pairs}


def _print_json(content: Mapping[str, Any]) -> None:
    print(json.dumps(content, indent=2, sort_keys=True))


def _show_outputs(found: deployment.Outputs, *, as_json: bool) -> None:
    if as_json:
        _print_json(asdict(found))
        return
    print(f"{'api_url':<28} {found.api_url}\n{'region':<28} {found.region}")
    groups = {"table": found.tables, "queue": found.queues, "secret": found.secrets, "function": found.functions}
    for kind, members in groups.items():
        for name, value in members.items():
            print(f"{f'{kind} {name}':<28} {value}")


def _show_plan(planned: Mapping[str, list[Change] | None], *, as_json: bool) -> None:
    if as_json:
        _print_json(
            {name: None if found is None else [asdict(each) for each in found] for name, found in planned.items()}
        )
        return
    for name, changes in planned.items():
        if changes is None:
            print(f"{name}: new; can be planned once the data stack is there")
        else:
            print(f"{name}: {len(changes) or 'no'} changes")
            print(*(f"  {change}" for change in changes), sep="\n", end="\n" if changes else "")


def _show_status(found: Status) -> None:
    for name, state in found.stacks.items():
        print(f"{name:<28} {state}")
    for name, function in found.functions.items():
        print(f"{name:<28} {function.state}, since {function.last_modified}")
    for name, queue in found.queues.items():
        print(f"{name:<28} {queue.waiting} waiting, {queue.in_work} in work, {queue.delayed} delayed")
    print(f"{'alarms':<28} {', '.join(found.ringing) or 'none'} of {len(found.alarms)}")


def _show_audit(found: Audit) -> None:
    print(f"{'audited':<28} {found.audited} vouchers, {len(found.differences) or 'no'} differences")
    print(f"{'up to':<28} {found.watermark or 'no whole run yet'}")
    for each in found.differences:
        row = f" in row {each['sequence']} of its ledger" if each["sequence"] else ""
        print(f"{each['voucher_id']} {each['code']}{row}\n  says     {each['says']}\n  counted  {each['counted']}")


def _show_keys(keys: SigningKeys, *, as_json: bool) -> None:
    public = dict(entry.split(":", 1) for entry in keys.verify_keys.split(","))
    if as_json:
        _print_json({"current": keys.current, "public_keys": public})
        return
    for number, key in public.items():
        print(f"{number:>3} {key}{'  signs' if int(number) == keys.current else ''}")


if __name__ == "__main__":
    main()
