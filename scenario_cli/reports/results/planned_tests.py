"""The time that tests of the scenarios would take, as a part of the results' document."""

from __future__ import annotations

from scenario_cli.analysis.planned_test import PlannedTest, planned_tests
from scenario_cli.model.results_report import AboutScenario, Results
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.results import words

_WEEKS_A_YEAR = 52


def planned(results: Results) -> Document:
    """The tests of each scenario; nothing if none was requested."""
    if results.lift is None:
        return []
    heading = Heading(2, f"How long until an effect of {words.signed_share(results.lift)} can be seen")
    rows = tuple(_row(about, test) for about, tests in tests_of(results) for test in tests)
    if not rows:
        return [heading, Paragraph("No scenario shown has both a goal and contacts for a marketing message.")]
    meaning = (
        "For as many contacts as in the log, with the same share of spontaneous conversions: the time "
        "until an effect of this size is detected four times out of five (power 80%, two-sided at 5%)."
    )
    head = ("scenario", "contacts a week", "do it anyway", "held out", "contacts needed", "takes")
    return [heading, Paragraph(meaning), Grid(head, rows, frozenset(range(1, len(head))))]


def tests_of(results: Results) -> list[tuple[AboutScenario, list[PlannedTest]]]:
    """The tests of each scenario with a goal; none if no lift was asked about."""
    begin = results.start if results.start is not None else results.read.first
    if results.lift is None or begin is None:
        return []
    by_scenario = []
    for about in results.scenarios:
        groups = results.figures.scenarios[about.name].groups.values()
        tests = planned_tests(groups, results.until - begin, results.lift, about.holdout) if about.goal else []
        by_scenario.append((about, tests))
    return by_scenario


def _row(about: AboutScenario, test: PlannedTest) -> tuple[tuple[str, ...], ...]:
    name_and_rates = (
        f"`{about.name}`",
        f"{test.contacts_a_week:,.1f}",
        words.share(test.rate),
        words.share(test.share),
    )
    if test.needed is None or test.weeks is None:
        return row(*name_and_rates, "no number of them", "")
    is_long = test.weeks > 2 * _WEEKS_A_YEAR
    takes = f"{test.weeks / _WEEKS_A_YEAR:,.0f} years" if is_long else f"{test.weeks:,.0f} weeks"
    return row(*name_and_rates, f"{test.needed:,}", takes)
