"""Bodies that nobody of this project wrote, where they lie beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parents[3] / "shared" / "samples"


def sample(name: str) -> bytes:
    """The bytes of one sample; without the samples the test is skipped."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"the samples of other projects are not here: {name}")
    return path.read_bytes()


def sample_json(name: str) -> Any:
    """One sample, read."""
    return json.loads(sample(name))
