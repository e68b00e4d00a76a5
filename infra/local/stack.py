"""A whole local stack in one folder: MiniStack, both CloudFormation stacks, the phone, the retailer."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import DeployOptions, Outputs, Target, deploy
from infra.errors import DeployError, InfraError
from infra.layer import host_architecture
from infra.local import journey, retailer
from infra.local.folder import Folder, write_private
from infra.local.isolation import isolated
from infra.local.logs import FunctionLogs
from infra.local.ministack import REGION, MiniStack, ministack
from infra.local.phone.inbox import Inbox
from infra.local.phone.post import Post
from infra.local.phone.server import Phone, Retailer, RunningPhone, running_phone
from infra.local.phone.vouchers import Lookup
from infra.local.seed import seed, shop_secrets
from infra.local.show import Screen
from infra.local.web import WHERE_TO_LOOK, Api, UnexpectedError

STAGE = "local"


@dataclass(frozen=True)
class Stack:
    """A stack that is up.

    `terminals` are `{"terminal_id", "store_id", "token"}`, `shops` `{"shop_id", "kind", "secret"}`, `customers` as the
    API takes them with their `customer_id`. `phone` can be called directly: `phone.trouble.plant(...)`,
    `phone.messages(...)`. `target` makes boto3 clients for the local AWS.
    """

    folder: Folder
    api_url: str
    admin_token: str
    terminals: list[dict[str, str]]
    shops: list[dict[str, str]]
    customers: list[dict[str, Any]]
    phone_url: str
    phone: Phone
    target: Target
    outputs: Outputs
    server: MiniStack
    logs: FunctionLogs

    @property
    def endpoint_url(self) -> str:
        """Where the local AWS answers."""
        return self.server.endpoint_url

    @property
    def console_url(self) -> str:
        """What an administrator may do: the API's description."""
        return f"{self.api_url}/openapi.json"

    @property
    def scanner_url(self) -> str:
        """Where there are QR codes to scan: the phone."""
        return f"{self.phone_url}/"

    @property
    def public(self) -> dict[str, Any]:
        """What `local.json` tells outsiders (CONTRACT, 'The running local stack')."""
        return {
            "api_url": self.api_url,
            "admin_token": self.admin_token,
            "terminals": self.terminals,
            "shops": self.shops,
            "customers": self.customers,
            "phone_url": self.phone_url,
            "console_url": self.console_url,
            "scanner_url": self.scanner_url,
            "endpoint_url": self.endpoint_url,
        }

    def admin(self) -> Api:
        """The API, called as an administrator."""
        return Api(self.api_url, self.admin_token)

    def till(self, place: int = 0) -> Api:
        """The API, called as one of the tills."""
        return Api(self.api_url, self.terminals[place]["token"])


@contextmanager
def local_stack(
    root: Path, *, reset: bool = False, play: bool = False, screen: Screen | None = None
) -> Iterator[Stack]:
    """Bring up a stack whose data is in `root`, on ports of its own; on leaving, all ends and the data is kept.

    Raises:
        infra.errors.InfraError: it does not come up; with the next step for the operator.
    """
    show = screen or Screen.silent()
    folder = Folder(root)
    with ExitStack() as parts:
        parts.enter_context(isolated())
        lock = parts.enter_context(folder.locked(reset=reset))
        remembered = folder.remembered()
        with show.task("Local AWS started"):
            server = parts.enter_context(ministack(folder, remembered.get("aws_port"), lock))
        parts.enter_context(_explained(server))
        phone = Phone(Inbox(folder.inbox), Post(server.endpoint_url).fetch, shop_secrets(folder).line_token)
        running = parts.enter_context(running_phone(phone, remembered.get("phone_port")))
        # Mail that nobody looked at would be forgotten by the local AWS.
        parts.callback(phone.collect)
        folder.remember(aws_port=server.port, phone_port=running.port)
        with show.task("Functions, tables and queues deployed"):
            target, outputs = _deploy(server, running, show)
        logs = FunctionLogs(target, folder.function_log)
        parts.enter_context(_collected(logs, server))
        with show.task("Shop, stores, tills and customers set up"):
            stack = _populate(folder, server, running, target, outputs, logs)
        write_private(folder.local_json, stack.public)
        parts.callback(folder.local_json.unlink, missing_ok=True)
        if play:
            show.title("One order, from the web shop to the till")
            journey.play(stack, show)
        yield stack


@contextmanager
def _explained(server: MiniStack) -> Iterator[None]:
    """What goes wrong because MiniStack is gone is told as that; what the local AWS refuses is told without a trace."""
    try:
        yield
    except (InfraError, BotoCoreError, ClientError) as error:
        server.check()
        if isinstance(error, InfraError):
            raise
        raise DeployError(f"The local AWS refuses: {error}", WHERE_TO_LOOK) from error


@contextmanager
def _collected(logs: FunctionLogs, server: MiniStack) -> Iterator[None]:
    """What the functions wrote is in its file at the end, above all where something went wrong."""
    try:
        yield
    finally:
        if server.is_running:
            logs.collect()


def _deploy(server: MiniStack, running: RunningPhone, show: Screen) -> tuple[Target, Outputs]:
    target = Target(STAGE, REGION, server.endpoint_url)
    options = DeployOptions(
        email_from=retailer.EMAIL_FROM,
        line_api_url=running.url,
        api_origin=f"{server.endpoint_url}/_aws/execute-api",
        architecture=host_architecture(),
        deletion_protection=False,
    )
    return target, deploy(target, options, show.note)


def _populate(
    folder: Folder,
    server: MiniStack,
    running: RunningPhone,
    target: Target,
    outputs: Outputs,
    logs: FunctionLogs,
) -> Stack:
    secret = target.client("secretsmanager").get_secret_value(SecretId=outputs.secrets["admin"])
    seeded = seed(outputs.api_url, secret["SecretString"], folder)
    stack = Stack(
        folder=folder,
        api_url=outputs.api_url,
        admin_token=seeded.admin_token,
        terminals=seeded.terminals,
        shops=seeded.shops,
        customers=seeded.customers,
        phone_url=running.url,
        phone=running.phone,
        target=target,
        outputs=outputs,
        server=server,
        logs=logs,
    )
    running.phone.retailer = Retailer(seeded.customers, {"api": f"{stack.api_url}/openapi.json"}, _lookup(stack))
    return stack


def _lookup(stack: Stack) -> Lookup:
    """Ask a till what a typed code is; a lookup changes nothing."""
    till = stack.till()

    def voucher_id(code: str) -> str | None:
        try:
            answer = till.post("/v1/pos/lookup", {"credential": code}).expect(HTTPStatus.OK)
        except UnexpectedError:
            return None
        return str(answer.body["voucher_id"])

    return voucher_id
