"""How large the archives are that are deployed."""

import zipfile
from pathlib import Path

from infra.package import build_package


def rows() -> list[tuple[str, ...]]:
    """One row an archive."""
    built = build_package("arm64")
    return [_row("functions", built.code), _row("layer", built.layer)]


def _row(name: str, archive: Path) -> tuple[str, ...]:
    with zipfile.ZipFile(archive) as opened:
        unzipped = sum(entry.file_size for entry in opened.infolist())
    return name, _kilobytes(archive.stat().st_size), _kilobytes(unzipped), ""


def _kilobytes(size: int) -> str:
    return f"{size / 1024:,.0f} KB"
