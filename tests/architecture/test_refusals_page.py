"""docs/refusals.md says what the code says: every refusal with its code, status and both sentences."""

from pathlib import Path

from functions.domain.refusal_texts import TEXTS
from functions.domain.refusals import Refusal
from functions.runtime.problems import REFUSAL_STATUS

PAGE = Path(__file__).parents[2] / "docs" / "refusals.md"


def rows() -> list[str]:
    """The lines of the table, as they should be."""
    kinds = sorted(Refusal.__subclasses__(), key=lambda kind: (kind.code, kind.text != kind.code, kind.text))
    return [
        f"| `{kind.code}` | {int(REFUSAL_STATUS.get(kind, 409))} | {'yes' if kind.retryable else ''} "
        f"| {TEXTS[kind.text].zh_hant} | {TEXTS[kind.text].en} |"
        for kind in kinds
    ]


def test_the_page_and_the_code_say_the_same() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert lines == rows()
