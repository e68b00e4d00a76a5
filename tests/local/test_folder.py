"""`.storebound/` belongs to one run at a time, and to one user."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.folder import AlreadyRunningError, Folder, write_private


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / ".storebound")


@pytest.fixture
def other_run(folder: Folder) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the folder until its stdin ends."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom infra.local.folder import Folder\n"
        "with Folder(Path(sys.argv[1])).locked():\n    print('mine', flush=True)\n    sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, str(folder.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def test_a_second_run_in_the_same_folder_is_told_which_process_has_it(
    folder: Folder, other_run: "subprocess.Popen[str]"
) -> None:
    with pytest.raises(AlreadyRunningError, match=rf"process {other_run.pid}\b"), folder.locked():
        pass


def test_a_run_that_was_killed_leaves_the_folder_free(folder: Folder, other_run: "subprocess.Popen[str]") -> None:
    other_run.kill()
    other_run.wait()

    with folder.locked():
        pass


def test_what_a_run_remembers_is_there_for_the_next(folder: Folder) -> None:
    with folder.locked():
        folder.remember(aws_port=4566)

    with folder.locked():
        assert folder.remembered() == {"aws_port": 4566}


def test_remembering_one_thing_forgets_no_other(folder: Folder) -> None:
    with folder.locked():
        folder.remember(aws_port=4566)
        folder.remember(phone_port=8080)

    assert folder.remembered() == {"aws_port": 4566, "phone_port": 8080}


def test_a_reset_clears_everything(folder: Folder) -> None:
    with folder.locked():
        folder.remember(aws_port=4566)
        (folder.state / "dynamodb.json").write_text("{}")
        folder.inbox.write_text("{}\n")

    with folder.locked(reset=True):
        left = [path.name for path in folder.root.rglob("*") if path.is_file()]

    assert left == ["lock"]


def test_without_a_reset_the_data_is_kept(folder: Folder) -> None:
    with folder.locked():
        (folder.state / "dynamodb.json").write_text("{}")

    with folder.locked():
        assert (folder.state / "dynamodb.json").exists()


def test_the_addresses_of_an_earlier_run_are_gone_when_the_next_one_starts(folder: Folder) -> None:
    with folder.locked():
        write_private(folder.local_json, {"api_url": "http://127.0.0.1:1"})

    with folder.locked():
        assert not folder.local_json.exists()


def test_nobody_else_may_look_into_the_folder(folder: Folder) -> None:
    with folder.locked():
        assert folder.root.stat().st_mode & 0o777 == 0o700


def test_a_file_with_secrets_is_for_its_owner_alone_whatever_the_umask(folder: Folder) -> None:
    before = os.umask(0)
    try:
        with folder.locked():
            write_private(folder.local_json, {"admin_token": "x"})
    finally:
        os.umask(before)

    assert folder.local_json.stat().st_mode & 0o777 == 0o600
