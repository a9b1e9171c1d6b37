"""The results of scenarios now, compared with earlier results."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scenario_cli.analysis.changes_over_time import change, changes
from scenario_cli.model.results_report import Achieved, Figures, ScenarioFigures


def test_a_change_is_of_rates_values_and_journeys() -> None:
    # Newcombe 1998, table II, case (a): 56 of 70 minus 48 of 80.
    now = Achieved(journeys=70, converted=56, value=Decimal(700))
    before = Achieved(journeys=80, converted=48, value=Decimal(400))
    result = change(now, before)
    assert result.rate is not None
    assert [round(part, 4) for part in (result.rate.estimate, result.rate.low, result.rate.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]
    assert result.value == 5.0
    assert result.journeys == pytest.approx(-0.125)


def test_a_span_without_journeys_has_no_rate_to_compare() -> None:
    result = change(Achieved(journeys=5), Achieved())
    assert (result.rate, result.value, result.journeys) == (None, None, None)


def test_scenarios_that_only_one_span_has_are_left_out() -> None:
    now = Figures({name: ScenarioFigures() for name in ("a", "b")})
    before = Figures({name: ScenarioFigures() for name in ("b", "c")})
    assert list(changes(now, before)) == ["b"]
