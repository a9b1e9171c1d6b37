"""Compares the results of scenarios in one span with an earlier span: since the last committee, or last year.

Counts nobody: both figures come from `hosts.results.over_log.figures_of`, each from a replay of its span.
"""

from __future__ import annotations

from scenario_cli.analysis.statistics import Difference, rate_difference
from scenario_cli.model.results_report import Achieved, Figures
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """The results of a scenario now and before.

    `rate` is the difference of the shares of journeys that reached the goal, with its interval, and `value` that of the
    values per journey; each is None if a span has no journeys, or no values. `journeys` is the change in their number
    as a part of those before, None if there were none.
    """

    now: Achieved
    before: Achieved
    rate: Difference | None
    value: float | None
    journeys: float | None


def change(now: Achieved, before: Achieved) -> Change:
    """The differences from the earlier span.

    The interval takes journeys as independent of one another. A contact with several makes it a little too narrow.
    """
    rate = value = None
    if now.journeys and before.journeys:
        rate = rate_difference(now.converted, now.journeys, before.converted, before.journeys)
        if now.value is not None and before.value is not None:
            value = float(now.value / now.journeys - before.value / before.journeys)
    journeys = (now.journeys - before.journeys) / before.journeys if before.journeys else None
    return Change(now, before, rate, value, journeys)


def changes(now: Figures, before: Figures) -> dict[str, Change]:
    """The change of each scenario that both figures have, in the order of the first."""
    return {
        name: change(figures.achieved, before.scenarios[name].achieved)
        for name, figures in now.scenarios.items()
        if name in before.scenarios
    }
