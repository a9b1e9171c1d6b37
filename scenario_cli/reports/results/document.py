"""What scenarios achieve as a document, for a terminal or to be sent."""

from __future__ import annotations

from scenario_cli.analysis.comparison import Comparison, compared
from scenario_cli.analysis.statistics import median
from scenario_cli.model.results_report import CONTROL, HELD_OUT, WRITTEN_TO, AboutScenario, Achieved, Group, Results
from scenario_cli.reports.document.parts import Document, Facts, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.dry_run.facts import alone
from scenario_cli.reports.exports.log import day, moment
from scenario_cli.reports.results import words
from scenario_cli.reports.results.kpis import by_program
from scenario_cli.reports.results.messages import by_arm, by_message
from scenario_cli.reports.results.planned_tests import planned
from scenario_cli.reports.text import percent, plural


def results_document(results: Results) -> Document:
    document: Document = [
        Heading(1, results.project, "results"),
        Paragraph(words.OF_A_REPLAY),
        _head(results),
        Heading(2, "By scenario"),
        _scenarios(results),
    ]
    comparisons = list(comparisons_of(results))
    if comparisons:
        document += [Heading(2, "With messages and without"), Paragraph(words.GROUPS_OF_A_REPLAY)]
    for name, kept_back, comparison in comparisons:
        document += _comparison(name, kept_back, comparison, results.currency)
    return document + planned(results) + by_arm(results) + by_message(results) + by_program(results)


def comparisons_of(results: Results) -> list[tuple[str, str, Comparison]]:
    """Each comparison with its scenario, empty for all together, and which group messages are kept from."""
    figures = results.figures
    found = []
    if results.control_group:
        found.append(("", CONTROL, _compared(figures.groups, CONTROL, results.control_group)))
    for about in results.scenarios:
        groups = figures.scenarios[about.name].groups
        if about.holdout and about.goal and groups:
            found.append((about.name, HELD_OUT, _compared(groups, HELD_OUT, about.holdout)))
        if results.control_group and about.goal and groups:
            found.append((about.name, CONTROL, _compared(groups, CONTROL, results.control_group)))
    return found


def cost_of(achieved: Achieved, results: Results) -> float:
    """The cost of the messages that left, by the channels' price for a message."""
    return round(sum(results.costs.get(channel, 0.0) * count for channel, count in sorted(achieved.sent.items())), 6)


def _compared(groups: dict[str, Group], kept_back: str, drawn: float) -> Comparison:
    return compared(groups.get(WRITTEN_TO, Group()), groups.get(kept_back, Group()), drawn)


def _head(results: Results) -> Facts:
    read = results.read
    span = f" from {day(read.first, results.timezone)} to {day(read.last, results.timezone)}" if read.rows else ""
    is_cut = read.last is not None and results.until != read.last
    return facts(
        ("log", f"{plural(read.rows, 'row')}{span}"),
        ("entries", f"from {moment(results.start, results.timezone)} on" if results.start is not None else ""),
        ("until", f"{moment(results.until, results.timezone)}" if is_cut else ""),
        ("run", alone(results.left_out) if results.left_out else ""),
    )


def _scenarios(results: Results) -> Grid:
    head = (
        "scenario", "journeys", "contacts", "would be reached", "goal", "did it", "share", "value", "a journey",
        "median time", "cost of messages",
    )  # fmt: skip
    return Grid(head, tuple(_scenario(about, results) for about in results.scenarios))


def _scenario(about: AboutScenario, results: Results) -> tuple[tuple[str, ...], ...]:
    achieved = results.figures.scenarios[about.name].achieved
    name_and_volume = (f"`{about.name}`", f"{achieved.journeys:,}", f"{achieved.contacts:,}", f"{achieved.reached:,}")
    cost = words.money(cost_of(achieved, results), results.currency, 2) if achieved.sent else ""
    if not about.goal or not achieved.journeys:
        goal = f"{about.goal} within {about.window} after" if about.goal else ""
        return row(*name_and_volume, goal, "", "", "", "", "", cost)
    value_a_journey = achieved.value / achieved.journeys if achieved.value is not None else None
    return row(
        *name_and_volume,
        f"{about.goal} within {about.window} after",
        f"{achieved.converted:,}",
        percent(achieved.converted, achieved.journeys),
        words.money(achieved.value, results.currency),
        words.money(value_a_journey, results.currency, 2),
        words.time(median(achieved.times)),
        cost,
    )


def _comparison(name: str, kept_back: str, comparison: Comparison, currency: str) -> Document:
    title = f"`{name}`" if name else "all scenarios"
    alarm = words.mismatch(comparison)
    groups = ((WRITTEN_TO, comparison.group), (kept_back, comparison.other))
    grid = Grid(
        ("group", "contacts", "did it", "share", "value a contact"),
        tuple(_group(group_name, group, currency) for group_name, group in groups),
    )
    difference, value = comparison.difference, comparison.value
    return [
        Heading(3, title, f"{words.share(comparison.share)} {words.GROUPS[kept_back]}"),
        *([Paragraph(alarm)] if alarm else []),
        grid,
        facts(
            ("difference", words.points(difference) if difference is not None else ""),
            ("relative", words.signed_share(comparison.lift) if comparison.lift is not None else ""),
            ("value a contact", words.amounts(value, currency) if value is not None and _has_value(groups) else ""),
            ("verdict", words.is_shown(comparison)),
        ),
    ]


def _has_value(groups: tuple[tuple[str, Group], ...]) -> bool:
    return any(group.value for _, group in groups)


def _group(name: str, group: Group, currency: str) -> tuple[tuple[str, ...], ...]:
    worth = words.money(group.value / group.contacts, currency, 2) if group.contacts and group.value else ""
    return row(
        words.GROUPS[name],
        f"{group.contacts:,}",
        f"{group.converted:,}",
        percent(group.converted, group.contacts),
        worth,
    )
