import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.errors import BuildError
from infra.layer import build_layer, host_architecture
from infra.package import BUILD, CODE_ZIP_MAX, LAYER_UNZIPPED_MAX, LAYER_ZIP_MAX, Package, build_package

# What Lambda's Python brings along; everything else has to come from our layer.
OF_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
# Amazon Linux 2, which Lambda's python3.11 runs on.
GLIBC_MAX = (2, 26)
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
sys.path[:0] = {paths!r}
import app, functions
for module in pkgutil.walk_packages(functions.__path__, "functions."):
    importlib.import_module(module.name)
"""
SIGN_AND_VERIFY = """
import sys
sys.path[:0] = {paths!r}
from nacl.signing import SigningKey
key = SigningKey(bytes(32))
key.verify_key.verify(key.sign(b"claim"))
assert not [name for name in sys.modules if name.partition(".")[0] in ("cffi", "pycparser")]
"""


@pytest.fixture(scope="module")
def lambda_paths(package: Package, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Where Lambda would find modules: the code, the layer, and the few libraries of its own; no virtualenv."""
    root = tmp_path_factory.mktemp("lambda")
    for archive, folder in ((package.code, "task"), (package.layer, "opt")):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(root / folder)
    (root / "runtime").mkdir()
    for name in OF_THE_RUNTIME:
        (root / "runtime" / name).symlink_to(_site_packages() / name)
    return [str(root / "task"), str(root / "opt" / "python"), str(root / "runtime")]


def _site_packages() -> Path:
    return Path(pytest.__file__).parent.parent


def run_bare(script: str, paths: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a script in an interpreter that knows no installed package."""
    command = [sys.executable, "-I", "-S", "-B", "-c", script.format(paths=paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own interpreter


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Path:
    """An app to change."""
    return Path(shutil.copytree(source, tmp_path / "copy"))


@pytest.fixture
def build(package: Package, tmp_path: Path) -> Path:
    """A place for another build, which has the layer already."""
    for path in (package.layer, package.layer.with_suffix(".inputs")):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_everything_imports_with_the_code_and_the_layer_alone(lambda_paths: list[str]) -> None:
    done = run_bare(IMPORT_EVERYTHING, lambda_paths)

    assert done.returncode == 0, done.stderr


def test_bare_interpreter_shows_a_missing_library(lambda_paths: list[str]) -> None:
    """Else the test above would prove nothing."""
    without_layer = [lambda_paths[0], lambda_paths[2]]

    assert "ModuleNotFoundError" in run_bare(IMPORT_EVERYTHING, without_layer).stderr


def test_signatures_need_nothing_of_what_the_layer_leaves_out(lambda_paths: list[str]) -> None:
    done = run_bare(SIGN_AND_VERIFY, lambda_paths)

    assert done.returncode == 0, done.stderr


def test_package_holds_every_file_of_the_app(package: Package, source: Path) -> None:
    sources = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}

    assert sources <= set(zipfile.ZipFile(package.code).namelist())


def test_package_holds_nothing_but_the_app_and_chalice(package: Package) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(package.code).namelist()}

    assert tops == {"app.py", "functions", "chalice", "__pycache__"}


@pytest.mark.parametrize("part", ["code", "layer"])
def test_every_module_is_compiled_beforehand(package: Package, part: str) -> None:
    names = set(zipfile.ZipFile(getattr(package, part)).namelist())
    modules = {name for name in names if name.endswith(".py")}
    tag = sys.implementation.cache_tag
    compiled = {re.sub(rf"__pycache__/([^/]+)\.{tag}\.pyc$", r"\1.py", name) for name in names if name.endswith(".pyc")}

    assert compiled == modules


def test_code_stays_within_its_budget(package: Package) -> None:
    assert package.code.stat().st_size <= CODE_ZIP_MAX


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_layer_stays_within_its_budget(architecture: str) -> None:
    archive = build_layer(architecture, BUILD).path
    unzipped = sum(info.file_size for info in zipfile.ZipFile(archive).infolist())

    assert archive.stat().st_size <= LAYER_ZIP_MAX
    assert unzipped <= LAYER_UNZIPPED_MAX


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_libraries_run_on_lambda_s_system(architecture: str) -> None:
    archive = zipfile.ZipFile(build_layer(architecture, BUILD).path)
    binaries = [archive.read(name) for name in archive.namelist() if name.endswith(".so")]
    needed = {
        (int(major), int(minor))
        for binary in binaries
        for major, minor in re.findall(rb"\x00GLIBC_(\d+)\.(\d+)", binary)
    }

    assert needed
    assert max(needed) <= GLIBC_MAX


def test_same_sources_give_the_same_package(package: Package, copy: Path, build: Path) -> None:
    again = build_package(host_architecture(), copy, build)

    assert again.code.read_bytes() == package.code.read_bytes()
    assert again.template.read_bytes() == package.template.read_bytes()


def test_same_lock_gives_the_same_layer(package: Package, tmp_path: Path) -> None:
    assert build_layer(host_architecture(), tmp_path).path.read_bytes() == package.layer.read_bytes()


def test_changed_source_gives_another_package(package: Package, copy: Path, build: Path) -> None:
    (copy / "functions" / "domain" / "added.py").write_text('"""A module more."""\n')

    assert build_package(host_architecture(), copy, build).code_key != package.code_key


def test_function_without_a_row_in_the_table_is_refused(copy: Path, build: Path) -> None:
    with (copy / "app.py").open("a") as app:
        app.write('\n\n@app.lambda_function(name="stray")\ndef stray(event, context): ...\n')

    with pytest.raises(BuildError, match=r"only the app has \['Stray'\]"):
        build_package(host_architecture(), copy, build)


def test_app_without_its_domain_is_refused(copy: Path, build: Path) -> None:
    shutil.rmtree(copy / "functions" / "domain")
    (copy / "app.py").write_text(
        'from chalice import Chalice\napp = Chalice(app_name="storebound")\n'
        '@app.lambda_function(name="till")\ndef till(event, context): ...\n'
    )

    with pytest.raises(BuildError, match=r"functions/domain/__init__\.py"):
        build_package(host_architecture(), copy, build)


def test_app_that_does_not_import_is_refused_with_its_reason(copy: Path, build: Path) -> None:
    (copy / "app.py").write_text("import nothing_of_this_name\n")

    with pytest.raises(BuildError, match="nothing_of_this_name"):
        build_package(host_architecture(), copy, build)
