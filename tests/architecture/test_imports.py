"""Nothing happens when a module is imported: a function's cold start pays for it, and a test cannot take it back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import FUNCTIONS, ROOT, module_of, python_files

MODULES = [module_of(path) for path in python_files(FUNCTIONS)]
# Runs in an interpreter of its own. Everything that a module does besides defining things is noted with its name.
WATCH = """
import importlib, json, sys

home, modules = sys.argv[1], json.loads(sys.argv[2])
done, watching = [], False

def watch(event, arguments):
    if not watching:
        return
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system", "os.putenv",
                 "os.remove", "os.mkdir"}:
        done.append((module, event))
    if event == "open":
        path, mode, flags = arguments
        writes = any(letter in (mode or "") for letter in "wax+")
        ours = str(path).startswith(home) and not str(path).endswith((".py", ".pyc"))
        if (writes and ".pyc" not in str(path)) or ours:
            done.append((module, f"open {path} {mode}"))

def forbidden(name):
    def call(*_, **__):
        done.append((module, name))
        raise RuntimeError(f"{module} calls {name} when it is imported")
    return call

module = "boto3"
import boto3, botocore.session, threading
botocore.session.Session.create_client = forbidden("botocore client")
boto3.setup_default_session = forbidden("boto3 session")
threading.Thread.start = lambda _: done.append((module, "thread"))
sys.addaudithook(watch)
sys.dont_write_bytecode = True
watching = True
for module in modules:
    importlib.import_module(module)
watching = False
print(json.dumps({"done": done, "imported": sorted(sys.modules)}))
"""


def watched(root: Path, home: Path, modules: list[str]) -> dict[str, Any]:
    """What importing these modules of `home` did, in a fresh interpreter that knows no environment."""
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-W", "error", "-c", WATCH, str(home), json.dumps(modules)],
        cwd=root,
        env={"PYTHONPATH": f"{root}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    seen: dict[str, Any] = json.loads(run.stdout)
    return seen


@pytest.fixture(scope="module")
def everything() -> dict[str, Any]:
    return watched(ROOT, FUNCTIONS, MODULES)


def test_importing_every_module_does_nothing(everything: dict[str, Any]) -> None:
    assert everything["done"] == []


def test_every_module_was_imported(everything: dict[str, Any]) -> None:
    assert set(MODULES) - set(everything["imported"]) == set()
    assert len(MODULES) > 50


@pytest.mark.parametrize(
    ("slip", "noticed"),
    [
        ("import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('127.0.0.1', 9))", "socket.connect"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("open('left-behind.txt', 'w').close()", "open left-behind.txt w"),
        ("open(__file__.replace('slip.py', 'settings.json')).close()", "settings.json r"),
        ("import threading; threading.Thread(target=print).start()", "thread"),
        ("import os; os.environ['A'] = 'b'", "os.putenv"),
    ],
)
def test_a_module_that_does_something_is_noticed(tmp_path: Path, slip: str, noticed: str) -> None:
    (tmp_path / "slip.py").write_text(slip, encoding="utf-8")
    (tmp_path / "settings.json").write_text("{}", encoding="utf-8")

    done = watched(tmp_path, tmp_path, ["slip"])["done"]

    assert any(module == "slip" and what.endswith(noticed) for module, what in done), done


def test_a_module_that_makes_a_client_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "slip.py").write_text("import boto3; boto3.client('sqs', region_name='us-east-1')", encoding="utf-8")

    with pytest.raises(AssertionError, match="slip calls b"):
        watched(tmp_path, tmp_path, ["slip"])
