import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import cli
from infra import deploy as deployment
from infra.deploy import Outputs, Target


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


class Auditor:
    """What Lambda answers, run after run; `asked` is what each run was asked for."""

    def __init__(self, *reports: dict[str, Any], failure: str | None = None) -> None:
        self.reports, self.failure, self.asked = list(reports), failure, list[dict[str, Any]]()

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "the-auditor"
        self.asked.append(json.loads(Payload)["detail"])
        if self.failure:
            return {
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps({"errorType": self.failure}).encode()),
            }
        return {"Payload": io.BytesIO(json.dumps(self.reports.pop(0)).encode())}


def report(audited: int, *differences: dict[str, Any], finished: bool = True) -> dict[str, Any]:
    watermark = "2026-11-22T04:00:00.000Z"
    return {"audited": audited, "differences": list(differences), "watermark": watermark, "finished": finished}


DIFFERENCE = {
    "voucher_id": "v-1", "code": "worth", "says": "money TWD 501", "counted": "money TWD 500", "sequence": None,
}  # fmt: skip


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Auditor], None]:
    """A stage with this auditor."""

    def deploy(auditor: Auditor) -> None:
        outputs = Outputs("https://api", "region", {}, {}, {}, {"audit": "the-auditor"})
        monkeypatch.setattr(deployment, "outputs", lambda *_: outputs)
        monkeypatch.setattr(Target, "client", lambda *_: auditor)

    return deploy


class TestAudit:
    def test_an_audit_goes_on_until_all_is_audited(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        deployed: Callable[[Auditor], None],
    ) -> None:
        auditor = Auditor(report(100, finished=False), report(20))
        deployed(auditor)

        assert run(monkeypatch, "audit") == 0
        assert capsys.readouterr().out.splitlines() == [
            "audited                      120 vouchers, no differences",
            "up to                        2026-11-22T04:00:00.000Z",
        ]
        assert auditor.asked == [{"seconds": 25}] * 2

    def test_a_difference_is_printed_and_ends_with_exit_code_1(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        deployed: Callable[[Auditor], None],
    ) -> None:
        deployed(Auditor(report(1, DIFFERENCE, DIFFERENCE | {"code": "running_balance", "sequence": 3})))

        assert run(monkeypatch, "audit") == 1
        assert capsys.readouterr().out.splitlines()[2:] == [
            "v-1 worth",
            "  says     money TWD 501",
            "  counted  money TWD 500",
            "v-1 running_balance in row 3 of its ledger",
            "  says     money TWD 501",
            "  counted  money TWD 500",
        ]

    def test_one_voucher_is_audited_by_name_and_told_in_json(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        deployed: Callable[[Auditor], None],
    ) -> None:
        auditor = Auditor(report(1, DIFFERENCE))
        deployed(auditor)

        assert run(monkeypatch, "audit", "--voucher", "v-1", "--json") == 1
        assert json.loads(capsys.readouterr().out) == {
            "audited": 1, "differences": [DIFFERENCE], "watermark": "2026-11-22T04:00:00.000Z",
        }  # fmt: skip
        assert auditor.asked == [{"seconds": 25, "voucher_id": "v-1"}]

    @pytest.mark.parametrize("voucher", ["no-such-voucher", "no id"])
    def test_a_voucher_that_is_none_is_wrong_usage(
        self, monkeypatch: pytest.MonkeyPatch, deployed: Callable[[Auditor], None], voucher: str
    ) -> None:
        deployed(Auditor(report(0)))

        assert run(monkeypatch, "audit", "--voucher", voucher) == 2

    def test_an_auditor_that_fails_is_no_clean_audit(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        deployed: Callable[[Auditor], None],
    ) -> None:
        deployed(Auditor(failure="UnavailableError"))

        assert run(monkeypatch, "audit") == 1
        written = capsys.readouterr()
        assert written.out == ""
        assert "UnavailableError" in written.err
        assert "aws logs tail /storebound/dev/audit" in written.err


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
