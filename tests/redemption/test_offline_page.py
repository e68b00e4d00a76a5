"""docs/offline.md by its own example: a till that knows nothing but the page reads what the page shows."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.offline_till import OfflineTill, Scanned, read_list, read_qr
from tests.support.retail import Retailer

PAGE = (Path(__file__).parents[2] / "docs" / "offline.md").read_text()
EXAMPLE = PAGE.split("\n## A worked example\n", 1)[1].split("\n## ", 1)[0]
KEYS, LIST = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", EXAMPLE, re.DOTALL))
(QR, SAYS) = re.findall(r"```text\n(.*?)```", EXAMPLE, re.DOTALL)[0].strip().splitlines()
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def says(text: str) -> Scanned:
    voucher_id, number = text.split()
    return Scanned(voucher_id, int(number))


def changed(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """The answer with one character of it turned."""
    text = answer[name]
    return answer | {name: ("A" if text[9] != "A" else "B").join((text[:9], text[10:]))}


def test_the_qr_of_the_page_proves_what_the_page_says() -> None:
    assert read_qr(KEYS, QR) == says(SAYS)
    assert read_qr(KEYS, f"https://shop.example/v/{QR.lower()}") == says(SAYS)


def test_the_qr_of_the_page_with_any_character_turned_proves_nothing() -> None:
    turned = [QR[:place] + ("B" if QR[place] == "A" else "A") + QR[place + 1 :] for place in range(len(QR))]

    assert [text for text in turned if read_qr(KEYS, text) is not None] == []


def test_the_list_of_the_page_is_genuine_and_stops_the_voucher() -> None:
    till = OfflineTill(KEYS)

    assert till.take_over(LIST)
    assert not till.accepts(QR, NOON)
    assert till.newest[says(SAYS).voucher_id]["usable"] is False


def test_the_list_of_the_page_with_a_character_turned_is_not_believed() -> None:
    assert read_list(KEYS, changed(LIST, "list")) is None
    assert read_list(KEYS, changed(LIST, "signature")) is None


def test_the_app_answers_as_the_page_shows(retailer: Retailer) -> None:
    retailer.act("suspend", retailer.sold["CASH-500"].voucher_id)

    assert retailer.sold["CASH-500"].qr == QR
    assert retailer.till("GET", "keys").json == KEYS
    assert retailer.till("GET", "offline-list").json == LIST
