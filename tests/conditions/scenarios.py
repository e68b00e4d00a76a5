"""All scenarios."""

from tests.conditions import changes, rows

SCENARIOS = [*changes.SCENARIOS, *rows.SCENARIOS]
