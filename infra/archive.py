"""Zip files whose bytes depend on their content alone: the same input has the same hash on every machine and day."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

# The oldest moment a zip can name; the time of a build says nothing about its content.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE_FILE = 0o100644 << 16


def write_zip(target: Path, members: Mapping[str, Path]) -> str:
    """Write `members` (name in the zip to file on disk) and return the SHA-256 of the archive in hex."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Another build may be reading the old one.
    unfinished = target.with_suffix(f".{os.getpid()}.tmp")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = _READABLE_FILE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, members[name].read_bytes())
    unfinished.replace(target)
    return sha256_file(target)


def tree(root: Path, prefix: str = "") -> dict[str, Path]:
    """All files under `root` by the name they get in a zip."""
    return {prefix + path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


def sha256_file(path: Path) -> str:
    """The SHA-256 of one file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sha256_inputs(files: Iterable[Path], root: Path, *facts: str) -> str:
    """One hash over the names and contents of `files`, and over `facts` that change the outcome too."""
    digest = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(files):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{sha256_file(path)}".encode())
    return digest.hexdigest()
