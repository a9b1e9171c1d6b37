"""The results of scenarios as a document, for a terminal or for sending."""

from __future__ import annotations

from scenario_cli.analysis.comparison import Comparison, compared, incremental
from scenario_cli.model.export import ReadReport
from scenario_cli.model.results_report import CONTROL, HELD_OUT, REPLAY, WRITTEN_TO, Group, Results
from scenario_cli.reports.document.parts import Document, Facts, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.dry_run.facts import alone
from scenario_cli.reports.exports.log import day, moment
from scenario_cli.reports.results import words
from scenario_cli.reports.results.by_scenario import by_scenario, cost_of
from scenario_cli.reports.results.joining import joining_facts, unjoined
from scenario_cli.reports.results.kpis import by_program
from scenario_cli.reports.results.messages import by_arm, by_message
from scenario_cli.reports.results.planned_tests import planned
from scenario_cli.reports.results.slices import by_slice
from scenario_cli.reports.text import percent, plural


def results_document(results: Results) -> Document:
    document: Document = [
        Heading(1, results.project, "results"),
        Paragraph(words.SOURCES[results.source]),
        _head(results),
        *by_scenario(results),
    ]
    comparisons = list(comparisons_of(results))
    if comparisons:
        document += [Heading(2, "With messages and without"), Paragraph(words.COMPARED[results.source])]
    for name, holdout_name, comparison in comparisons:
        document += _comparison(name, holdout_name, comparison, results)
    document += planned(results) + by_slice(results) + by_arm(results) + by_message(results)
    return document + by_program(results) + unjoined(results)


def comparisons_of(results: Results) -> list[tuple[str, str, Comparison]]:
    """Each comparison with its scenario, empty for all together, and which group messages are kept from."""
    figures = results.figures
    comparisons = []
    if results.control_group:
        comparisons.append(("", CONTROL, _compared(figures.groups, CONTROL, results.control_group)))
    for about in results.scenarios:
        groups = figures.scenarios[about.name].groups
        if about.holdout and about.goal and groups:
            comparisons.append((about.name, HELD_OUT, _compared(groups, HELD_OUT, about.holdout)))
        if results.control_group and about.goal and groups:
            comparisons.append((about.name, CONTROL, _compared(groups, CONTROL, results.control_group)))
    return comparisons


def _compared(groups: dict[str, Group], holdout_name: str, drawn: float) -> Comparison:
    return compared(groups.get(WRITTEN_TO, Group()), groups.get(holdout_name, Group()), drawn)


def _head(results: Results) -> Facts:
    read = results.read
    span = f" from {day(read.first, results.timezone)} to {day(read.last, results.timezone)}" if read.rows else ""
    is_cut = read.last is not None and results.until != read.last
    return facts(
        ("log", f"{plural(read.rows, 'row')}{span}"),
        ("not used", tuple(f"{plural(each.count, 'row')}: {each.reason}" for each in read.unusable)),
        ("missing", _misfits(read)),
        *joining_facts(results),
        ("entries", f"from {moment(results.start, results.timezone)} on" if results.start is not None else ""),
        ("until", f"{moment(results.until, results.timezone)}" if is_cut else ""),
        ("run", alone(results.left_out) if results.left_out else ""),
    )


def _misfits(read: ReadReport) -> tuple[str, ...]:
    """Values that the figures lack because they are not of the declared type. Without examples: a page is sent on."""
    table = read.contacts_table.misfits if read.contacts_table is not None else ()
    return tuple(
        f"{plural(each.count, 'value')} of {each.event or 'contact'}.{each.property} not of type {each.declared}"
        for each in (*read.misfits, *table)
    )


def costs_of(name: str, results: Results) -> float:
    """The cost of the messages of a scenario, or of all that are shown if none is named."""
    return sum(
        cost_of(figures.achieved, results) for each, figures in results.figures.scenarios.items() if name in ("", each)
    )


def _comparison(name: str, holdout_name: str, comparison: Comparison, results: Results) -> Document:
    currency = results.currency
    alarms = [words.mismatch(comparison)]
    alarms += [words.draw_not_kept(comparison)] if results.source != REPLAY else []
    groups = ((WRITTEN_TO, comparison.group), (holdout_name, comparison.other))
    head = ("group", "contacts", *(["got one"] if results.source != REPLAY else []), "did it", "share",
            "value a contact")  # fmt: skip
    difference, value = comparison.difference, comparison.value if _has_value(groups) else None
    return [
        Heading(3, f"`{name}`" if name else "all scenarios",
                f"{words.share(comparison.share)} {words.GROUPS[holdout_name]}"),
        *(Paragraph(alarm) for alarm in alarms if alarm),
        Grid(head, tuple(_group(each, group, results) for each, group in groups), frozenset(range(1, len(head)))),
        facts(
            ("difference", words.points(difference) if difference is not None else ""),
            ("relative", words.signed_share(comparison.lift) if comparison.lift is not None else ""),
            ("value a contact", words.amounts(value, currency) if value is not None else ""),
            *(_incremental(name, comparison, value is not None, results) if results.source != REPLAY else []),
            ("verdict", words.is_shown(comparison)),
        ),
    ]  # fmt: skip


def _incremental(name: str, comparison: Comparison, has_value: bool, results: Results) -> list[tuple[str, str]]:
    """The effect of the messages: conversions, value, and the ratio of that value to their cost."""
    contacts, cost = comparison.group.contacts, costs_of(name, results)
    lines = []
    if comparison.difference is not None:
        lines.append(("more did it", words.number(incremental(comparison.difference, contacts))))
    if comparison.value is not None and has_value:
        value = incremental(comparison.value, contacts)
        lines.append(("more value", f"{words.number(value)} {results.currency}".rstrip()))
        if cost:
            estimate, low, high = (words.times(part / cost) for part in (value.estimate, value.low, value.high))
            lines.append(("times its cost", f"{estimate} (95% interval {low} to {high})"))
    return lines


def _has_value(groups: tuple[tuple[str, Group], ...]) -> bool:
    return any(group.value for _, group in groups)


def _group(name: str, group: Group, results: Results) -> tuple[tuple[str, ...], ...]:
    worth = words.money(group.value / group.contacts, results.currency, 2) if group.contacts and group.value else ""
    return row(
        words.GROUPS[name],
        f"{group.contacts:,}",
        *([f"{group.written:,}"] if results.source != REPLAY else []),
        f"{group.converted:,}",
        percent(group.converted, group.contacts),
        worth,
    )
