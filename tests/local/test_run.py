"""`make run`, as a person starts it: from nothing, with Ctrl-C, again, and by the contract alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from infra.layer import ROOT
from infra.local import retailer
from infra.local.order import paid_order
from infra.local.web import Api, until

pytestmark = pytest.mark.stack

_START_SECONDS = 180.0
_STOP_SECONDS = 60.0


@dataclass
class Run:
    """A run in a process of its own."""

    process: "subprocess.Popen[str]"
    folder: Path
    output: Path

    @property
    def local(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "local.json").read_text())
        return found

    def interrupt(self, times: int = 1) -> int:
        for _ in range(times):
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(_STOP_SECONDS)


def start(folder: Path, *arguments: str) -> Run:
    """Start a run with an empty home and broken AWS settings, and wait until it says that it is up."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    output = folder.parent / "output.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_PROFILE": "no-such-profile",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "infra.local", "--folder", str(folder), *arguments]
    with output.open("w") as file:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, cwd=ROOT, env=environment, stdout=file, stderr=file, text=True
        )
    run = Run(process, folder, output)
    try:
        _await(run)
    except BaseException:
        process.terminate()
        process.wait(_STOP_SECONDS)
        raise
    return run


def _await(run: Run) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while "Ctrl-C" not in run.output.read_text():
        assert run.process.poll() is None, run.output.read_text()
        assert time.monotonic() < deadline, run.output.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / ".storebound"


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Run]:
    """A first run that played its order."""
    run = start(folder)
    yield run
    run.interrupt()


@pytest.fixture
def messages(first: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Api(first.local["phone_url"]).get("/messages").body
    return found


def test_it_plays_one_order_from_the_shop_to_the_till(first: Run) -> None:
    output = first.output.read_text()

    assert [
        step for step in ("NT$500 available", "NT$300 left", "insufficient", "restored") if step not in output
    ] == []


def test_what_it_tells_outsiders_has_the_fields_of_the_contract(first: Run) -> None:
    promised = {"api_url", "admin_token", "terminals", "shops", "phone_url", "console_url", "scanner_url"}

    assert promised <= set(first.local)
    assert [set(terminal) for terminal in first.local["terminals"]] == [{"terminal_id", "store_id", "token"}] * 2
    assert [set(shop) for shop in first.local["shops"]] == [{"shop_id", "kind", "secret"}]


def test_what_it_tells_outsiders_is_for_the_user_alone(first: Run) -> None:
    assert (first.folder / "local.json").stat().st_mode & 0o777 == 0o600


def test_its_tokens_are_not_printed(first: Run) -> None:
    output, local = first.output.read_text(), first.local
    secrets = [local["admin_token"], local["shops"][0]["secret"], *(till["token"] for till in local["terminals"])]

    assert [secret for secret in secrets if secret in output] == []


@pytest.mark.parametrize("page", ["phone_url", "console_url", "scanner_url"])
def test_every_address_that_it_tells_answers(first: Run, page: str) -> None:
    assert urllib3.request("GET", first.local[page]).status == 200


def test_nothing_listens_beyond_this_machine(first: Run, listening: Callable[[int], list[Any]]) -> None:
    addresses = listening(first.process.pid)

    assert len(addresses) >= 2
    assert [address for address in addresses if not address.is_loopback] == []


def test_a_message_has_the_fields_of_the_contract(messages: list[dict[str, Any]]) -> None:
    assert set(messages[0]) == {"channel", "to", "voucher_id", "received_at", "body"}


@pytest.mark.parametrize(
    ("person", "channel", "sku"),
    [(retailer.MEI, "line", "COFFEE-10"), (retailer.LEE, "email", "SPA-3"), (retailer.HAO, "sms", "CASH-500")],
    ids=["LINE", "email", "SMS"],
)
def test_each_seeded_customer_is_reached_on_their_channel(
    first: Run, person: retailer.Person, channel: str, sku: str
) -> None:
    order = paid_order(person, first.local["shops"][0]["secret"], sku)
    admin = Api(first.local["api_url"], first.local["admin_token"])
    phone = Api(first.local["phone_url"])

    admin.post_raw(f"/webhooks/{retailer.SHOP}", order.body, order.headers).expect(200)
    voucher_id = until("the voucher", lambda: _voucher(admin, order.order_id))
    message = until("the message", lambda: next(iter(phone.get(f"/messages?voucher_id={voucher_id}").body), None))

    assert (message["channel"], message["to"]) == (channel, person.line_user_id or person.email or person.phone)


def test_a_second_run_in_the_same_folder_ends_and_says_so(first: Run) -> None:
    command = [sys.executable, "-m", "infra.local", "--folder", str(first.folder)]

    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own

    assert second.returncode != 0
    assert f"already runs here (process {first.process.pid}" in second.stderr


@dataclass(frozen=True)
class Ended:
    """A run that played an order and was ended with Ctrl-C."""

    folder: Path
    local: dict[str, Any]
    voucher_id: str
    exit_code: int

    def is_kept_by(self, run: Run) -> bool:
        """Whether the voucher is there in another run."""
        answer = Api(run.local["api_url"], run.local["admin_token"]).get(f"/v1/vouchers/{self.voucher_id}")
        return answer.status == 200 and answer.body["voucher_id"] == self.voucher_id


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    run = start(tmp_path_factory.mktemp("ended") / ".storebound")
    local = run.local
    (message,) = Api(local["phone_url"]).get("/messages").body
    return Ended(run.folder, local, message["voucher_id"], run.interrupt(times=3))


def test_ctrl_c_ends_it_in_good_order_however_often_it_is_pressed(ended: Ended) -> None:
    assert ended.exit_code == 0


def test_its_addresses_are_gone_when_it_has_ended(ended: Ended) -> None:
    assert not (ended.folder / "local.json").exists()


def test_the_next_run_goes_on_from_the_data_at_the_same_addresses(ended: Ended) -> None:
    run = start(ended.folder, "--no-journey")
    try:
        assert run.local == ended.local
        assert ended.is_kept_by(run)
    finally:
        run.interrupt()


def test_when_its_ports_are_taken_it_goes_on_at_others_with_the_same_data(ended: Ended) -> None:
    with _taken(ended.local["phone_url"]), _taken(ended.local["endpoint_url"]):
        run = start(ended.folder)  # and plays an order
        try:
            assert {run.local[name] == ended.local[name] for name in ("phone_url", "endpoint_url")} == {False}
            assert ended.is_kept_by(run)
        finally:
            run.interrupt()


def _taken(url: str) -> socket.socket:
    return socket.create_server(("127.0.0.1", int(url.rpartition(":")[2])))


def _voucher(admin: Api, order_id: str) -> str | None:
    vouchers = admin.get(f"/v1/orders/{retailer.SHOP}/{order_id}").expect(200).body["vouchers"]
    return vouchers[0] if vouchers else None
