"""Each condition of each conditional write is taken away in turn, and something must break."""

import pytest

from tests.conditions.scenario import Scenario
from tests.conditions.scenarios import SCENARIOS
from tests.conditions.watch import watching, without
from tests.support.endpoints import requests
from tests.support.retail import Retailer, open_retailer
from tests.support.world import ADMIN_TOKEN

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


@every_scenario
def test_with_its_condition_a_promise_is_kept(retailer: Retailer, scenario: Scenario) -> None:
    assert scenario.deed(retailer) == scenario.right


@every_scenario
def test_without_it_the_promise_is_broken(retailer: Retailer, scenario: Scenario) -> None:
    with without(scenario.condition):
        assert scenario.deed(retailer) == scenario.wrong


def test_every_condition_is_proved(retailer: Retailer) -> None:
    """A failure names conditions that no scenario proves: write one for each (CONTRIBUTING, 'Conditions')."""
    with watching() as seen:
        for request in requests(retailer):
            token = retailer.tills["pos-1"] if request.template.startswith("/v1/pos/") else ADMIN_TOKEN
            request.send(retailer, token)
        retailer.sell("SPA-3")
        for scenario in SCENARIOS:
            scenario.deed(open_retailer(retailer.world))

    assert sorted(map(str, seen - {scenario.condition for scenario in SCENARIOS})) == []
