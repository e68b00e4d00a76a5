import sys

import pytest
from botocore.exceptions import ClientError

from infra import cli
from infra import deploy as deployment


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["storebound", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    code = end.value.code
    assert isinstance(code, int)
    return code


def test_local_stack_that_does_not_answer_is_told_apart_by_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "outputs", "--endpoint-url", "http://127.0.0.1:9") == 4


@pytest.mark.parametrize(
    "wrong", [["--architecture", "z80"], ["--set", "TillConcurrency"], ["--no-such-option"]], ids=lambda each: each[0]
)
def test_wrong_usage_is_told_apart_by_its_exit_code(monkeypatch: pytest.MonkeyPatch, wrong: list[str]) -> None:
    assert run(monkeypatch, "deploy", "--endpoint-url", "http://127.0.0.1:9", *wrong) == 2


@pytest.mark.parametrize(("reason", "code"), [("AccessDenied", 4), ("ExpiredToken", 4), ("ValidationError", 1)])
def test_what_aws_refuses_is_told_apart_from_whom(monkeypatch: pytest.MonkeyPatch, reason: str, code: int) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": reason, "Message": "no"}}, "DescribeStacks")

    monkeypatch.setattr(deployment, "outputs", refuse)

    assert run(monkeypatch, "outputs") == code


def test_every_error_names_the_next_step(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "outputs", "--endpoint-url", "http://127.0.0.1:9")

    assert "\n  next: " in capsys.readouterr().err


def test_help_lists_the_exit_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, "--help")

    assert "3 not deployed" in capsys.readouterr().out


def test_no_colour_is_written_where_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")

    run(monkeypatch, "--help")

    assert "\x1b[3" not in capsys.readouterr().out
