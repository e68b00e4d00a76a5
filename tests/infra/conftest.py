import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.cfn import read_template
from infra.deploy import DeployOptions, Outputs, Target, deploy
from infra.layer import ROOT, build_layer, host_architecture
from infra.package import BUILD, Package, build_package

REGION = "ap-northeast-1"


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app as it was when the session began: tests compare builds while somebody goes on editing."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder / "app.py")
    return folder


@pytest.fixture(scope="session")
def package(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("build")
    borrow_layer(folder)
    return build_package(host_architecture(), source, folder)


def borrow_layer(folder: Path) -> None:
    """Let a build in `folder` find the layer that was built before."""
    layer = build_layer(host_architecture(), BUILD).path
    shutil.copy(layer, folder)
    shutil.copy(layer.with_suffix(".inputs"), folder)


@pytest.fixture(scope="session")
def app_template(package: Package) -> dict[str, Any]:
    return package.read_template()


@pytest.fixture(scope="session")
def data_template() -> dict[str, Any]:
    return read_template(ROOT / "infra" / "data.yaml")


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A local AWS of this session's own, which holds every function to its policy."""
    port = _free_port()
    folder = tmp_path_factory.mktemp("ministack")
    process = _start(port, folder)
    try:
        _wait_until_healthy(port, process)
        # To the local AWS, a key that is an account number is the root of that account.
        yield Target("test", REGION, f"http://127.0.0.1:{port}", "000000000000", "test")
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def options(local_aws: Target, package: Package, source: Path) -> DeployOptions:
    return DeployOptions(
        email_from="shop@example.com",
        api_origin=f"{local_aws.endpoint_url}/_aws/execute-api",
        architecture=host_architecture(),
        # Nobody: no test speaks to LINE.
        line_api_url="http://127.0.0.1:9",
        deletion_protection=False,
        source=source,
        build=package.code.parent,
    )


@pytest.fixture(scope="session")
def deployed(local_aws: Target, options: DeployOptions) -> Outputs:
    return deploy(local_aws, options, lambda _: None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(port: int, folder: Path) -> subprocess.Popen[bytes]:
    settings = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "STATE_DIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "AUTH": "true",
    }
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=os.environ | settings, cwd=folder, stdout=log, stderr=log
        )


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the local AWS does not start")
