"""The auditor at work: what it finds, what it writes, and that it goes on where it ended."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from chalice.local import LambdaContext

from app import audit as audit_function
from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Set
from functions.adapters.errors import UnavailableError
from functions.administration.accounts.audit import Auditor, Findings
from functions.domain.audit import Code, Progress
from functions.domain.credential import Credential
from tests.support.faults import answering, lost_reply
from tests.support.retail import PRODUCTS, XINYI, Retailer, money
from tests.support.world import NOON


def auditor(retailer: Retailer, pause: Callable[[float], None] = lambda _: None) -> Auditor:
    return Auditor(audits=retailer.world.wiring.audits, clock=retailer.world.clock, pause=pause)


@pytest.fixture(autouse=True)
def yesterday_is_audited(retailer: Retailer) -> None:
    """So that no test asks for a whole day's hours."""
    retailer.world.wiring.audits.mark(Progress(NOON - timedelta(minutes=1), NOON))


def run(retailer: Retailer) -> Findings:
    return auditor(retailer).run(lambda: True)


def corrupt(retailer: Retailer, voucher_id: str, **attributes: object) -> None:
    """Something else than the rules writes the voucher."""
    retailer.world.wiring.database.write([Set(keys.voucher(voucher_id), attributes)])


def cash(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].voucher_id


def liability(retailer: Retailer) -> dict[str, int]:
    """The sums, by where they stand."""
    return {str(item["sk"]): item["amount"] for item in retailer.world.items("vouchers") if item["pk"] == "LIABILITY"}


def owed(retailer: Retailer) -> int:
    """What is owed on prepaid vouchers in Taiwan dollars."""
    return sum(amount for place, amount in liability(retailer).items() if "prepaid" in place and "TWD" in place)


def event(**detail: object) -> dict[str, Any]:
    return {
        "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
        "time": "2026-11-22T04:00:00Z", "region": "us-east-1", "resources": ["arn"], "detail": detail,
    }  # fmt: skip


def invoke(**detail: object) -> dict[str, Any]:
    """The Lambda function, as the schedule or the command line calls it."""
    context = LambdaContext("storebound-test-audit", 1024, max_runtime_ms=240_000)
    report: dict[str, Any] = audit_function(event(**detail), context)
    return report


class TestWhatItFinds:
    def test_every_new_voucher_is_audited_and_is_right(self, retailer: Retailer) -> None:
        findings = run(retailer)

        assert (findings.audited, findings.differences, findings.finished) == (len(PRODUCTS), [], True)

    def test_what_did_not_change_is_not_audited_again(self, retailer: Retailer) -> None:
        run(retailer)

        assert run(retailer).audited == 0

    def test_what_changed_is_audited_once_more(self, retailer: Retailer) -> None:
        run(retailer)
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
        retailer.redeem("r-2", retailer.sold["CASH-500"].qr, money=money("50"))

        assert run(retailer).audited == 1

    def test_a_busy_life_over_http_never_differs(self, retailer: Retailer) -> None:
        held = retailer.sold["CASH-500"]
        retailer.redeem("r-1", held.qr, money=money("200"))
        retailer.refund("f-1", "r-1", money=money("50"))
        retailer.hold("h-1", held.qr, money=money("10"), order="o-1")
        retailer.hold("h-2", held.qr, money=money("20"), order="o-1")
        retailer.capture("h-2", money=money("5"))
        retailer.hold("h-3", held.qr, money=money("20"))
        retailer.release("h-3")
        retailer.void("r-1")
        for action in ("suspend", "resume", "reissue"):
            assert retailer.act(action, held.voucher_id).status == 200
        retailer.customer("hao")
        moved = retailer.transfer(held.voucher_id, "hao")
        retailer.void("h-2")
        retailer.act("revoke", moved.json["voucher_id"])

        findings = run(retailer)

        assert (findings.audited, findings.differences) == (len(PRODUCTS) + 1, [])

    def test_money_that_appears_is_found_and_laid_before_a_person(self, retailer: Retailer) -> None:
        corrupt(retailer, cash(retailer), worth={"money": {"minor": 501, "currency": "TWD"}})

        ((voucher_id, difference),) = run(retailer).differences

        assert (voucher_id, difference.code) == (cash(retailer), Code.WORTH)
        (case,) = retailer.exceptions()
        assert (case["kind"], case["voucher_id"], case["code"]) == ("audit_difference", voucher_id, "worth")
        assert case["at_stake"]["money"] == money("501")

    def test_a_row_that_makes_no_sense_is_found(self, retailer: Retailer) -> None:
        retailer.world.wiring.database.write(
            [Set(keys.voucher(cash(retailer))._replace(sk=keys.ledger_sort(1)), {"change": "all of it"})]
        )

        ((_, difference),) = run(retailer).differences

        assert (difference.code, difference.says) == (Code.UNREADABLE, keys.ledger_sort(1))

    def test_a_version_that_makes_no_sense_is_found_and_stops_nobody(self, retailer: Retailer) -> None:
        corrupt(retailer, cash(retailer), version="odd")

        findings = run(retailer)

        assert [(voucher_id, each.code) for voucher_id, each in findings.differences] == [
            (cash(retailer), Code.UNREADABLE)
        ]
        assert (findings.audited, findings.finished) == (len(PRODUCTS), True)

    def test_the_same_difference_opens_one_case_however_often_it_is_met(self, retailer: Retailer) -> None:
        corrupt(retailer, cash(retailer), flag="odd", credential=7)
        run(retailer)

        auditor(retailer).audit(cash(retailer))

        assert len(retailer.exceptions()) == 1

    def test_half_of_a_change_that_was_read_by_chance_raises_no_alarm(self, retailer: Retailer) -> None:
        """A query may see a transaction's ledger row and not yet its voucher: then it is read again."""
        right = retailer.voucher(cash(retailer))["worth"]
        corrupt(retailer, cash(retailer), worth={"money": {"minor": 1, "currency": "TWD"}})
        pauses: list[float] = []

        def the_rest_arrives(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                corrupt(retailer, cash(retailer), worth=right)

        findings = auditor(retailer, the_rest_arrives).audit(cash(retailer))

        assert (findings.differences, len(pauses), retailer.exceptions()) == ([], 2, [])

    def test_a_voucher_is_audited_by_name_whether_or_not_it_changed(self, retailer: Retailer) -> None:
        run(retailer)

        assert auditor(retailer).audit(cash(retailer)).audited == 1

    def test_a_voucher_that_never_was_is_not_audited(self, retailer: Retailer) -> None:
        before = retailer.world.rows()

        findings = auditor(retailer).audit("no-such-voucher")

        assert (findings.audited, findings.differences) == (0, [])
        assert retailer.world.rows() == before


class TestWhatItKeeps:
    def test_what_is_owed_is_what_is_left(self, retailer: Retailer) -> None:
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

        run(retailer)

        assert owed(retailer) == 300

    def test_it_follows_every_change_and_is_never_counted_twice(self, retailer: Retailer) -> None:
        for turn in range(3):
            retailer.redeem(f"r-{turn}", retailer.sold["CASH-500"].qr, money=money("100"))
            run(retailer)
            auditor(retailer).audit(cash(retailer))
        retailer.void("r-1")
        run(retailer)

        assert owed(retailer) == 300

    def test_two_auditors_at_once_count_once(self, retailer: Retailer) -> None:
        audits = retailer.world.wiring.audits
        saved, others = audits.save, [lambda: auditor(retailer).audit(cash(retailer))]

        def another_is_quicker(verdict: Any) -> None:
            if others:
                others.pop()()
            saved(verdict)

        audits.save = another_is_quicker  # type: ignore[method-assign]
        findings = auditor(retailer).audit(cash(retailer))

        assert (findings.audited, owed(retailer)) == (1, 500)

    def test_a_write_whose_answer_was_lost_counts_once(self, retailer: Retailer) -> None:
        with lost_reply(), pytest.raises(UnavailableError):
            run(retailer)

        run(retailer)

        assert owed(retailer) == 500

    def test_what_is_revoked_is_owed_no_more(self, retailer: Retailer) -> None:
        run(retailer)
        retailer.act("revoke", cash(retailer))

        run(retailer)

        assert owed(retailer) == 0

    def test_it_writes_no_voucher_and_no_ledger(self, retailer: Retailer) -> None:
        corrupt(retailer, cash(retailer), credential=7)
        before = {str(row) for rows in retailer.world.rows().values() for row in rows}

        run(retailer)

        new = [row for rows in retailer.world.rows().values() for row in rows if str(row) not in before]
        assert {row["pk"]["S"].partition("#")[0] for row in new} == {"AUDIT", "AUDITOR", "LIABILITY", "EXCEPTIONS"}

    def test_what_it_says_reaches_administrators(self, retailer: Retailer) -> None:
        run(retailer)

        found = retailer.api.call("GET", "/v1/liability?funding=prepaid").json

        assert found["as_of"] == "2026-11-22T03:59:00.000Z"
        assert {line["product_id"] for line in found["items"]} == {"cash-500", "spa-3", "mug-2", "dollars"}


class TestHowFarItComes:
    def test_a_run_that_ends_half_way_is_gone_on_with(self, retailer: Retailer) -> None:
        left = iter([True] * 5)  # for two hours in which nothing happened, and for three vouchers

        first = auditor(retailer).run(lambda: next(left, False))
        second = run(retailer)

        assert (first.audited, first.finished) == (3, False)
        assert (second.audited, second.finished) == (len(PRODUCTS) - 3, True)

    def test_an_auditor_that_never_ran_begins_a_day_back(self, retailer: Retailer) -> None:
        retailer.world.fill(
            "vouchers", [row for row in retailer.world.rows()["vouchers"] if row["pk"]["S"] != "AUDITOR"]
        )
        retailer.world.clock.forward(hours=23)

        assert run(retailer).audited == len(PRODUCTS)

    def test_the_watermark_of_half_a_run_promises_no_more_than_was_done(self, retailer: Retailer) -> None:
        retailer.world.clock.forward(hours=5)
        left = iter([True] * (2 + len(PRODUCTS) + 3))  # two hours before, the sales, their hour and two hours after it

        findings = auditor(retailer).run(lambda: next(left, False))

        assert (findings.finished, findings.watermark) == (False, NOON + timedelta(hours=3))

    def test_the_watermark_never_goes_back(self, retailer: Retailer) -> None:
        run(retailer)
        retailer.world.clock.forward(hours=3)
        before = run(retailer).watermark

        again = auditor(retailer).run(lambda: False)

        assert again.watermark == before

    def test_a_day_of_standing_still_is_made_up_for(self, retailer: Retailer) -> None:
        run(retailer)
        for hour in range(30):
            retailer.world.clock.forward(hours=1)
            retailer.redeem(f"r-{hour}", retailer.sold["CASH-500"].qr, money=money("1"))
        retailer.redeem("r-1", retailer.sold["MUG-2"].qr, at="pos-9")
        retailer.world.clock.forward(hours=40)

        findings = run(retailer)

        assert (findings.audited, owed(retailer)) == (2, 470)

    def test_what_appears_in_the_index_an_hour_late_is_audited(self, retailer: Retailer) -> None:
        run(retailer)
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("1"))
        with hidden_index(retailer, cash(retailer)):
            retailer.world.clock.forward(minutes=55)
            assert run(retailer).audited == 0

        assert run(retailer).audited == 1

    def test_when_the_table_cannot_be_read_the_watermark_stays(self, retailer: Retailer) -> None:
        before = run(retailer).watermark
        retailer.world.clock.forward(hours=1)
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("1"))

        with (
            answering("Query", "InternalServerError", times=100),
            pytest.raises(UnavailableError),
        ):
            run(retailer)

        progress = retailer.world.wiring.audits.progress()
        assert progress is not None
        assert progress.watermark == before


@contextmanager
def hidden_index(retailer: Retailer, voucher_id: str) -> Iterator[None]:
    """The index does not know of a voucher's change yet."""
    row = retailer.voucher(voucher_id)
    corrupt(retailer, voucher_id, changed_in="elsewhere")
    yield
    corrupt(retailer, voucher_id, changed_in=row["changed_in"])


class TestTheFunction:
    def test_the_schedule_s_empty_event_audits_what_changed(self, retailer: Retailer) -> None:
        del retailer

        assert invoke() == {
            "audited": len(PRODUCTS), "differences": [], "watermark": "2026-11-22T03:59:00.000Z", "finished": True,
        }  # fmt: skip

    def test_one_voucher_is_audited_by_name(self, retailer: Retailer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)
        corrupt(retailer, cash(retailer), credential=7)

        report = invoke(voucher_id=cash(retailer))

        assert report["differences"] == [
            {"voucher_id": cash(retailer), "code": "credential", "says": "7", "counted": "1", "sequence": None}
        ]

    def test_a_run_ends_in_the_time_it_was_given(self, retailer: Retailer, monkeypatch: pytest.MonkeyPatch) -> None:
        del retailer
        monkeypatch.setattr(
            "functions.administration.accounts.entry.time.monotonic", iter([0.0, 0.5, 2.0, 3.0]).__next__
        )

        assert invoke(seconds=1)["finished"] is False

    def test_the_alarm_s_metric_is_written_whether_or_not_something_differs(
        self, retailer: Retailer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "audit")  # as the deployment does
        invoke()
        corrupt(retailer, cash(retailer), credential=7, version=9)
        invoke(voucher_id=cash(retailer))

        written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "AuditDifferences" in line]

        assert [(each["AuditDifferences"], each["service"]) for each in written] == [
            ([0.0], "storebound-test-audit"),
            ([1.0], "storebound-test-audit"),
        ]
        (directive,) = written[0]["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == ("Storebound", [["service"]])


def test_an_audit_logs_no_credential_and_nothing_that_a_customer_sent(
    retailer: Retailer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    corrupt(retailer, cash(retailer), credential=7, customer_id="canary-4711")

    invoke(voucher_id=cash(retailer))

    logged = capsys.readouterr()
    code = retailer.world.wiring.codebook.code(Credential(cash(retailer), 1))
    assert not {each for each in ("canary-4711", code) if each in logged.out + logged.err}


def test_a_store_s_settlement_and_what_is_owed_add_up_to_what_was_sold(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    retailer.world.clock.forward(days=1)
    retailer.void("r-1")
    retailer.redeem("r-2", retailer.sold["CASH-500"].qr, money=money("120"))
    run(retailer)

    settled = sum(
        int(total["net"]["amount"])
        for day in ("2026-11-22", "2026-11-23")
        for total in retailer.api.call("GET", f"/v1/settlements/{XINYI}/{day}").json["totals"]["money"]
    )

    assert settled + owed(retailer) == 500
    assert timedelta(days=1) == retailer.world.clock.now - NOON
