"""The folder `.storebound/`: what a run keeps for the next one, and what it tells outsiders while it is up."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.errors import InfraError

_LOCK = "lock"
_PATIENCE_SECONDS = 20.0


class AlreadyRunningError(InfraError):
    """Another run uses the folder."""


class Folder:
    """Paths and small files of one `.storebound/`. Readable by its owner alone: it holds tokens and live vouchers."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def local_json(self) -> Path:
        """What an outsider needs; there only while the stack is up (docs of the running local stack)."""
        return self.root / "local.json"

    @property
    def state(self) -> Path:
        """Where MiniStack keeps its state between runs."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """Where MiniStack keeps what lies in S3."""
        return self.root / "objects"

    @property
    def scratch(self) -> Path:
        """Where MiniStack unpacks functions; emptied at every start."""
        return self.root / "scratch"

    @property
    def log(self) -> Path:
        """What MiniStack wrote."""
        return self.root / "ministack.log"

    @property
    def function_log(self) -> Path:
        """What the functions wrote."""
        return self.root / "functions.log"

    @property
    def inbox(self) -> Path:
        """The phone's messages, one JSON document a line."""
        return self.root / "inbox.jsonl"

    def remembered(self) -> dict[str, Any]:
        """What an earlier run kept: ports, the shop's secret, the tills' tokens. Empty where there is none."""
        try:
            found = json.loads(self._memory.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, **facts: object) -> None:
        """Keep more of it for the next run."""
        write_private(self._memory, self.remembered() | facts)

    @contextmanager
    def locked(self, *, reset: bool = False) -> Iterator[int]:
        """Use the folder alone; with `reset`, empty it first. Yields the lock's file descriptor.

        A child that is given the descriptor holds the lock for as long as it lives, so that a MiniStack which is
        still saving its state after this process was killed is not overtaken by the next run.

        Raises:
            AlreadyRunningError: another run has it.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _acquire(descriptor, self.root)
            self._prepare(reset=reset)
            yield descriptor
        finally:
            os.close(descriptor)

    @property
    def _memory(self) -> Path:
        return self.root / "memory.json"

    def _prepare(self, *, reset: bool) -> None:
        for entry in self.root.iterdir():
            if entry.name != _LOCK and (reset or entry in {self.scratch, self.local_json}):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for log in (self.log, self.function_log):
            if log.exists():
                log.replace(log.with_suffix(".previous.log"))
        for part in (self.state, self.objects, self.scratch):
            part.mkdir(exist_ok=True)


def write_private(path: Path, content: object) -> None:
    """Replace a JSON file at once; only its owner may read it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
    Path(draft).replace(path)


def _acquire(descriptor: int, root: Path) -> None:
    """Take the lock; wait a while for a run that is dead but whose MiniStack is still saving."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try_lock(descriptor):
        owner = _owner(descriptor)
        if _is_alive(owner):
            raise AlreadyRunningError(
                f"The local stack already runs here (process {owner}, {root}).",
                "Use it, or end it with Ctrl-C where it runs.",
            )
        if time.monotonic() > deadline:
            raise AlreadyRunningError(f"An earlier run is still saving its data in {root}.", "Try again in a minute.")
        time.sleep(0.2)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0)
    return int(text) if text.isdigit() else None


def _is_alive(process: int | None) -> bool:
    if process is None:
        # The owner holds the lock and has not written its number yet.
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
