"""MiniStack is ours alone, listens here alone, and keeps its state however the run ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local import ministack as module
from infra.local.folder import Folder
from infra.local.ministack import REGION, MiniStack, MiniStackError, free_port, ministack
from infra.target import Target

pytestmark = pytest.mark.stack


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / ".storebound")


@contextmanager
def running(folder: Folder, port: int | None = None) -> Iterator[MiniStack]:
    with folder.locked() as lock, ministack(folder, port, lock) as server:
        yield server


def make_queue(endpoint_url: str) -> None:
    Target("test", REGION, endpoint_url).client("sqs").create_queue(QueueName="kept")


def queues(endpoint_url: str) -> list[str]:
    found = Target("test", REGION, endpoint_url).client("sqs").list_queues()
    return [url.rpartition("/")[2] for url in found.get("QueueUrls", [])]


def test_it_listens_on_the_loopback_address_alone(folder: Folder, listening: Callable[[int], list[object]]) -> None:
    with running(folder) as server:
        addresses = listening(server.pid)

    assert [str(address) for address in addresses] == ["127.0.0.1"]


def test_it_takes_the_port_of_the_last_run(folder: Folder) -> None:
    port = free_port(None)

    with running(folder, port) as server:
        assert server.port == port


def test_a_busy_port_means_another_port(folder: Folder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]

        with running(folder, taken) as server:
            assert server.port != taken


def test_a_server_that_takes_the_port_first_is_never_used(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = foreign.getsockname()[1]
        ports = iter([taken, free_port(None)])
        monkeypatch.setattr(module, "free_port", lambda _preferred: next(ports))

        with running(folder) as server:
            assert server.port != taken


def test_its_state_is_kept(folder: Folder) -> None:
    with running(folder) as server:
        make_queue(server.endpoint_url)

    with running(folder) as server:
        assert queues(server.endpoint_url) == ["kept"]


def test_queues_answer_at_the_new_port_when_the_port_has_changed(folder: Folder) -> None:
    with running(folder) as server:
        make_queue(server.endpoint_url)
        former = server.port

    with socket.create_server(("127.0.0.1", former)), running(folder, former) as server:
        addresses = Target("test", REGION, server.endpoint_url).client("sqs").list_queues()["QueueUrls"]

        assert addresses == [f"{server.endpoint_url}/000000000000/kept"]


def test_the_terminals_ctrl_c_does_not_reach_it(folder: Folder) -> None:
    with running(folder) as server:
        assert os.getsid(server.pid) == server.pid != os.getsid(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_told_to_end_twice_does_not_cut_its_saving_short(folder: Folder, number: int) -> None:
    with running(folder) as server:
        make_queue(server.endpoint_url)
        os.kill(server.pid, number)
        os.kill(server.pid, number)

    with running(folder) as server:
        assert queues(server.endpoint_url) == ["kept"]


def test_its_end_is_noticed(folder: Folder) -> None:
    with running(folder) as server:
        os.kill(server.pid, signal.SIGKILL)
        time.sleep(0.3)

        with pytest.raises(MiniStackError, match="ended by itself"):
            server.check()


def test_it_sees_nothing_of_the_users_environment(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")

    with running(folder) as server:
        environment = Path(f"/proc/{server.pid}/environ").read_text()

    assert "production" not in environment
    assert "AWS_SESSION_TOKEN" not in environment


def test_it_saves_its_state_when_the_run_is_killed(folder: Folder) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom infra.local.folder import Folder\n"
        "from infra.local.ministack import ministack\nfolder = Folder(Path(sys.argv[1]))\n"
        "with folder.locked() as lock, ministack(folder, None, lock) as server:\n"
        "    print(server.endpoint_url, flush=True)\n    time.sleep(600)"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, str(folder.root)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        make_queue(url)
        parent.kill()

    # The lock is MiniStack's until it has saved, so that the next run waits for it.
    with running(folder) as server:
        assert queues(server.endpoint_url) == ["kept"]
