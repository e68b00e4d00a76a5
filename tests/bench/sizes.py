"""How large the archives are that are deployed."""

import zipfile
from pathlib import Path

from infra.package import CODE_ZIP_MAX, LAYER_ZIP_MAX, build_package


def rows() -> list[tuple[str, ...]]:
    """One row an archive."""
    built = build_package("arm64")
    return [_row("functions", built.code, CODE_ZIP_MAX), _row("layer", built.layer, LAYER_ZIP_MAX)]


def _row(name: str, archive: Path, budget: int) -> tuple[str, ...]:
    with zipfile.ZipFile(archive) as opened:
        unzipped = sum(entry.file_size for entry in opened.infolist())
    return name, _kilobytes(archive.stat().st_size), _kilobytes(unzipped), _kilobytes(budget)


def _kilobytes(size: int) -> str:
    return f"{size / 1024:,.0f} KB"
