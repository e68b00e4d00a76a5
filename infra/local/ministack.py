"""MiniStack as a child process: the local AWS of one run, on a port of its own, stopped so that it keeps its state."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import urllib3

from infra.errors import InfraError
from infra.local.folder import Folder

HOST = "127.0.0.1"
REGION = "ap-northeast-1"
_CHILD = Path(__file__).with_name("ministack_child.py")
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_ATTEMPTS = 5
_HOLD_QUEUE_ADDRESSES = ("sqs.json", "cloudformation.json", "lambda.json")


class MiniStackError(InfraError):
    """MiniStack did not start, or ended by itself."""


class MiniStack:
    """A MiniStack that this process started, and nobody else's."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.port = port
        self.endpoint_url = f"http://{HOST}:{port}"
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """The process, which leads a process group of its own."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def check(self) -> None:
        """Make sure that it still runs.

        Raises:
            MiniStackError: it ended.
        """
        code = self._process.poll()
        if code is not None:
            raise MiniStackError(f"MiniStack ended by itself (code {code}).", f"See the end of {self._log}")

    def stop(self) -> None:
        """Ask it to save its state and end, wait for that, then end the functions' processes that it left."""
        if self._process.poll() is None:
            self._process.terminate()
            self._await_end()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _await_end(self) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        while not _has_ended(self.pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        # It is not reaped yet, so the number of its group cannot be another's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def _has_ended(pid: int) -> bool:
    """Whether a child has ended, without reaping it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


@contextmanager
def ministack(folder: Folder, preferred_port: int | None, lock: int) -> Iterator[MiniStack]:
    """A running MiniStack; on leaving, it is stopped and its state saved.

    Raises:
        MiniStackError: it does not start.
    """
    server = _start(folder, preferred_port, lock)
    try:
        yield server
    finally:
        server.stop()


def _start(folder: Folder, preferred_port: int | None, lock: int) -> MiniStack:
    for _ in range(_ATTEMPTS):
        port = free_port(preferred_port)
        _follow_port(folder.state, port)
        nonce = secrets.token_hex(16)
        with folder.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and file
                # Isolated (-I): neither this folder nor PYTHONPATH may shadow MiniStack's or a function's modules.
                [sys.executable, "-I", str(_CHILD)],
                cwd=folder.root,
                env=_environment(folder, port, nonce),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock,),
            )
        server = MiniStack(process, port, folder.log)
        try:
            if _await_health(process, server.endpoint_url, nonce):
                return server
        except BaseException:
            server.stop()
            raise
        server.stop()  # somebody was faster at the port
    raise MiniStackError("MiniStack does not start.", f"See the end of {folder.log}")


def _follow_port(state: Path, port: int) -> None:
    """Make the kept state that of a server on `port`.

    MiniStack names a queue by its address, port and all: on another port it would deliver none of its messages.
    """
    mark = state / "port"
    former = mark.read_text() if mark.exists() else str(port)
    if former != str(port):
        for name in _HOLD_QUEUE_ADDRESSES:
            file = state / name
            if file.exists():
                text = file.read_text(encoding="utf-8")
                file.write_text(text.replace(f"http://{HOST}:{former}/", f"http://{HOST}:{port}/"), encoding="utf-8")
    mark.write_text(str(port))


def free_port(preferred: int | None) -> int:
    """A port of the loopback address that nobody uses: the preferred one if it can be."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As a server would: ports of connections that have just ended are free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port or 0))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise MiniStackError(f"No port is free on {HOST}.", "End a program that serves on one.")


def _environment(folder: Folder, port: int, nonce: str) -> dict[str, str]:
    """All that MiniStack is told; nothing of the user's environment but where programs are."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder.scratch),
        "TMPDIR": str(folder.scratch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        # Comes back in the health answer: so a server that this run did not start is never taken for ours.
        "MINISTACK_EDITION": nonce,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder.objects),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": f"unix://{folder.scratch / 'no-docker'}",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }


def _await_health(process: "subprocess.Popen[bytes]", url: str, nonce: str) -> bool:
    """Whether our MiniStack came up; False if it ended because somebody else took the port."""
    http = urllib3.PoolManager(retries=False, timeout=2.0)
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            answer = http.request("GET", f"{url}/_ministack/health")
            if answer.status == 200 and answer.json().get("edition") == nonce:  # noqa: PLR2004 - HTTP
                return True
        except (urllib3.exceptions.HTTPError, ValueError):
            pass
        time.sleep(0.05)
    return False
