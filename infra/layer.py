"""Builds the dependency layer from the hash-locked requirements; `layers/README.md` says what is in it and why."""

import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra import bytecode
from infra.archive import sha256_file, sha256_inputs, tree, write_zip
from infra.errors import BuildError
from infra.one_at_a_time import one_at_a_time

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "layers" / "requirements.txt"
LAMBDA_ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Amazon Linux 2, which python3.11 runs on, has glibc 2.26.
_WHEEL_PLATFORMS = ("manylinux2014", "manylinux_2_17", "manylinux_2_26")
# PyNaCl's binding needs `_cffi_backend` alone, which lies beside these; cffi's Python and C parser only build bindings.
_UNUSED = ("bin", "share", "include", "cffi", "pycparser")
_UNUSED_PATTERNS = ("*.dist-info", "**/tests", "**/__pycache__", "**/*.pyi", "**/*.c")


@dataclass(frozen=True)
class Layer:
    """A built layer: its zip and the SHA-256 of the zip."""

    path: Path
    digest: str


def host_architecture() -> str:
    """This machine's architecture by Lambda's name for it."""
    machine = platform.machine().lower()
    return "arm64" if machine in {"arm64", "aarch64"} else "x86_64"


def build_layer(architecture: str, out: Path) -> Layer:
    """Build `layer-<architecture>.zip` in `out`, or return the one that the same lock already gave.

    Raises:
        BuildError: pip finds no wheel that fits the lock, the Python version and the platform.
    """
    archive = out / f"layer-{architecture}.zip"
    stamp = archive.with_suffix(".inputs")
    recipe = [Path(__file__), Path(bytecode.__file__)]
    inputs = sha256_inputs([LOCK, *recipe], ROOT, architecture, sys.version)
    with one_at_a_time(out / "layer.lock"):
        if not (archive.exists() and stamp.exists() and stamp.read_text() == inputs):
            _build(architecture, archive)
            stamp.write_text(inputs)
    return Layer(archive, sha256_file(archive))


def _build(architecture: str, archive: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        packages = Path(scratch) / "python"
        _install(architecture, packages)
        _prune(packages)
        bytecode.compile_tree(packages, "/opt/python")
        write_zip(archive, tree(packages, "python/"))


def _install(architecture: str, packages: Path) -> None:
    done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
        [sys.executable, "-m", "pip", *_pip_arguments(architecture, packages)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise BuildError(f"The layer for {architecture} cannot be built: {reason}", "Check layers/requirements.txt.")


def _pip_arguments(architecture: str, packages: Path) -> list[str]:
    version = sys.version_info
    interpreter = ["--implementation", "cp", "--python-version", f"{version.major}.{version.minor}"]
    abis = [flag for abi in (f"cp{version.major}{version.minor}", "abi3", "none") for flag in ("--abi", abi)]
    machine = LAMBDA_ARCHITECTURES[architecture]
    platforms = [flag for name in _WHEEL_PLATFORMS for flag in ("--platform", f"{name}_{machine}")]
    install = ["install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    return [*install, *interpreter, *abis, *platforms, "--target", str(packages), "--requirement", str(LOCK)]


def _prune(packages: Path) -> None:
    unused = [packages / name for name in _UNUSED]
    unused += [path for pattern in _UNUSED_PATTERNS for path in packages.glob(pattern)]
    for path in unused:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
