"""What the run prints is plain where it is read by programs, and aligned where it is Chinese."""

import io

import pytest

from infra.local.show import Colour, Screen, pad, width_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def painted(stream: io.StringIO) -> str:
    Screen(stream).line(Screen(stream).paint("409", Colour.RED))
    return stream.getvalue()


def test_a_terminal_is_shown_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert painted(Terminal()) == "\033[31m409\033[0m\n"


def test_a_pipe_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert painted(io.StringIO()) == "409\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert painted(Terminal()) == "409\n"


def test_a_chinese_character_takes_two_columns() -> None:
    assert width_of(pad("林小美", 10)) == 10
