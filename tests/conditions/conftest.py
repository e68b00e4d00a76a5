import pytest

from tests.support.fixtures import retailer

__all__ = ["retailer"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was too late tries again at once: in one thread nobody else is under way."""
    monkeypatch.setattr("functions.runtime.again._FIRST_PAUSE", 0)
