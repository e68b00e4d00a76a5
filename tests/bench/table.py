"""Tables for people."""

from collections.abc import Iterable, Sequence


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    print(f"\n{title}\n")  # noqa: T201 - this is what it is for
    for number, line in enumerate(lines):
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  " + "   ".join(cells).rstrip())  # noqa: T201 - as above
        if number == 0:
            print("  " + "   ".join("-" * width for width in widths))  # noqa: T201 - as above
