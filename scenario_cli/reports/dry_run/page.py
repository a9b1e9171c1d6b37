"""A replay's result as one HTML page that needs no other files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenario_cli.analysis.flow import Step
from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.reports.dry_run import facts, tables
from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.look.table import Cell, Column, Table, Text, row
from scenario_cli.reports.text import Style, percent


def dry_run_page(run: DryRun, flows: Mapping[str, Sequence[Step]]) -> str:
    """`flows` are the states of each scenario in the order of its flow."""
    title, *rest = facts.head(run)
    names = list(run.summary.scenarios)
    marks = {name: f"s{number}" for number, name in enumerate(names, 1)}
    warnings = facts.warnings(run, Style(False), 1_000)
    calendar = _calendar(run)
    values = {
        "project": run.project,
        "title": f"{run.project}: {title}",
        "head": rest,
        "tiles": _tiles(run),
        "contents": [
            *([("Overview", "#overview")] if len(names) > 1 else []),
            *((name, f"#{marks[name]}") for name in names),
            (f"By {calendar.columns[0].name}" if calendar is not None else "By day", "#calendar"),
            ("Pressure", "#pressure"),
            *([("Data warnings", "#warnings")] if warnings else []),
        ],
        "overview": tables.scenarios_table(run, lambda name: Text(name, f"#{marks[name]}")),
        "scenarios": [
            _scenario(result, run, flows[name], marks[name]) for name, result in run.summary.scenarios.items()
        ],
        "calendar": calendar,
        "pressure": facts.pressure(run),
        "weeks": _weeks(run),
        "warnings": warnings,
    }
    return html_page("scenario_cli.reports.dry_run", run=values)


def _tiles(run: DryRun) -> list[tuple[str, str, str]]:
    """The totals over all scenarios that are shown."""
    total = tables.together(list(run.summary.scenarios.values()))
    requested = total.sent.total() + total.dropped.total()
    cost = facts.total_cost(run)
    return [
        ("contacts", f"{run.summary.contacts:,}", ""),
        ("journeys", f"{total.entered:,}", ""),
        ("messages sent", f"{total.sent.total():,}", percent(total.sent.total(), requested)),
        ("dropped", f"{total.dropped.total():,}", percent(total.dropped.total(), requested)),
        ("conversions", f"{total.converted:,}", percent(total.converted, total.entered)),
        *([("value", f"{total.value:,.0f}", run.currency)] if total.value is not None else []),
        *([("cost", f"{cost:,.2f}", run.currency)] if cost >= 0.01 else []),
    ]


def _scenario(result: ScenarioResult, run: DryRun, steps: Sequence[Step], mark: str) -> dict[str, Any]:
    messages = tables.messages_table(result, steps, run.costs, run.currency, lambda key: Text(key[0]))
    return {
        "id": mark,
        "name": result.name,
        "title": result.title,
        "sum": f"{result.entered:,} entered = {' + '.join(facts.outcome_parts(result))}",
        "funnel": tables.funnel_table(steps, result, Text) if result.entered else None,
        "messages": messages if messages.rows else None,
        "facts": [(word, ", ".join(parts)) for word, parts in facts.scenario_facts(result, run) if word != "dropped"],
    }


def _calendar(run: DryRun) -> Table | None:
    """Messages that left, by period and channel; None if none did."""
    periods = facts.calendar(run.summary)
    if not periods.periods:
        return None
    columns = (
        Column(periods.unit, whole=True), *(Column(name, True) for name in periods.channels), Column("all", True),
        Column(""),
    )  # fmt: skip
    rows = [
        row(name, *(counts[channel] for channel in periods.channels), counts.total(),
            Cell(share=round(100 * counts.total() / periods.most, 1)))
        for name, counts in periods.periods.items()
    ]  # fmt: skip
    totals = [sum(counts[channel] for counts in periods.periods.values()) for channel in periods.channels]
    total = row("all", *totals, sum(totals), "") if len(rows) > 1 else None
    return Table(f"Messages by channel and {periods.unit}", columns, tuple(rows), total, sorts=True)


def _weeks(run: DryRun) -> Table | None:
    head, *rows = facts.weeks(run.summary) or [[]]
    if not rows:
        return None
    columns = (Column(head[0]), *(Column(name, True) for name in head[1:]))
    return Table("Weeks of contacts by the messages in them", columns, tuple(row(*cells) for cells in rows))
