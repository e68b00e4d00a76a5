"""The catalogue of queue messages in `events/`: schemas and a table, both made of the code.

python -m infra.catalogue           writes them
python -m infra.catalogue --check   says which of them the code has left behind, and exits with 1 if any
"""

import json
import sys
from collections.abc import Mapping
from inspect import getdoc
from pathlib import Path
from typing import Final

from functions.contracts.messages import MESSAGES, Message

EVENTS: Final = Path(__file__).parent.parent / "events"
BEGIN: Final = "<!-- made by python -m infra.catalogue -->"
END: Final = "<!-- end of what is made -->"
_HEAD: Final = ("| message | version | road | says | schema | sample |", "|---|---|---|---|---|---|")


def made(events: Path = EVENTS) -> dict[Path, str]:
    """Every file of the catalogue that is made, with what it should hold.

    Raises:
        ValueError: the README has lost the marks between which the table stands.
    """
    schemas = {
        events / "schemas" / f"{kind}.{version}.json": _schema(kind, version, model)
        for (kind, version), model in MESSAGES.items()
    }
    readme = events / "README.md"
    return schemas | {readme: _with_table(readme.read_text(encoding="utf-8"), MESSAGES)}


def behind(events: Path = EVENTS) -> list[str]:
    """The files that are not what the code says, those that nothing speaks of any more included."""
    files = made(events)
    stale = [path for path, content in files.items() if not path.exists() or path.read_text("utf-8") != content]
    orphans = set((events / "schemas").iterdir()) - files.keys()
    return sorted(path.relative_to(events).as_posix() for path in (*stale, *orphans))


def write(events: Path = EVENTS) -> None:
    """Bring the catalogue up to date. A schema that nothing speaks of is left for a person to judge."""
    for path, content in made(events).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _schema(kind: str, version: int, model: type[Message]) -> str:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:storebound:message:{kind}:{version}",
    }
    return json.dumps(head | model.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


def _with_table(readme: str, messages: Mapping[tuple[str, int], type[Message]]) -> str:
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"events/README.md needs a line {BEGIN} and, behind it, a line {END}")
    rows = [_row(kind, version, model) for (kind, version), model in sorted(messages.items())]
    return "\n".join((f"{before}{BEGIN}", *_HEAD, *rows, f"{END}{after}"))


def _row(kind: str, version: int, model: type[Message]) -> str:
    road, _, says = (getdoc(model) or "").partition(": ")
    schema, sample = f"schemas/{kind}.{version}.json", f"samples/{kind}/{version}.json"
    return f"| `{kind}` | {version} | {road} | {says} | [schema]({schema}) | [sample]({sample}) |"


def main(arguments: list[str]) -> int:
    """Write or check, and say so."""
    if arguments != ["--check"]:
        write()
        return 0
    stale = behind()
    for path in stale:
        print(f"events/{path} is not what the code says; run python -m infra.catalogue", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
