"""What the run says in the terminal: steps, tables and commands, aligned, coloured where there is a terminal."""

import io
import os
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TextIO


class Colour(StrEnum):
    """ANSI codes of what is used here."""

    BOLD = "1"
    DIM = "2"
    GREEN = "32"
    YELLOW = "33"
    RED = "31"
    CYAN = "36"


class Screen:
    """Writes to one stream. `NO_COLOR` and a stream that is no terminal both mean plain text (https://no-color.org)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")

    @classmethod
    def silent(cls) -> "Screen":
        """A screen that nobody sees."""
        return cls(io.StringIO())

    def line(self, text: str = "") -> None:
        """One line."""
        print(text, file=self._stream, flush=True)

    def note(self, text: str) -> None:
        """A detail of the task at hand."""
        self.line(self.paint(f"    {text}", Colour.DIM))

    def title(self, text: str) -> None:
        """A heading, after an empty line."""
        self.line()
        self.line(self.paint(text, Colour.BOLD))

    def paint(self, text: str, colour: Colour) -> str:
        """The text in a colour, if this stream shows any."""
        return f"\033[{colour}m{text}\033[0m" if self._coloured else text

    @contextmanager
    def task(self, name: str) -> Iterator[None]:
        """Say what is done and how long it took."""
        started = time.monotonic()
        yield
        seconds = self.paint(f"{time.monotonic() - started:5.1f} s", Colour.DIM)
        self.line(f"  {self.paint('✓', Colour.GREEN)} {pad(name, 44)} {seconds}")

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        width = max(width_of(name) for name, _ in rows)
        for name, value in rows:
            self.line(f"  {pad(name, width)}  {self.paint(value, Colour.CYAN)}")


def pad(text: str, width: int) -> str:
    """The text and as many blanks as fill `width` columns."""
    return text + " " * (width - width_of(text))


def width_of(text: str) -> int:
    """The columns a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
