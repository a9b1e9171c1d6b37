"""The first page: totals, programs, phases by channel, every scenario, gaps."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.relationship_plan import Line, ProgrammePlan, RelationshipPlan, relationship_plan
from scenario_cli.model.results import ScenarioResult
from scenario_cli.reports.dry_run.facts import head, total_cost, warnings
from scenario_cli.reports.dry_run.tables import rate, together
from scenario_cli.reports.look.table import CellContent, Column, Row, Table, Text, cell, row
from scenario_cli.reports.relationship_plan.document import phase_title, program_title, summary
from scenario_cli.reports.site.addresses import OVERVIEW, anchor
from scenario_cli.reports.site.content import Content, messages_of
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links
from scenario_cli.reports.text import Style, percent

_NO_LIMIT = 1_000  # columns of a line, which a page wraps itself
_STATUSES = ("live", "draft", "paused", "archived")


def overview_page(content: Content) -> str:
    links = Links(content, OVERVIEW)
    plan = relationship_plan(content.project)
    data_warnings = warnings(content.run, Style(False), _NO_LIMIT) if content.run is not None else []
    return site_page(
        links,
        "overview",
        "Overview",
        heading=content.title,
        summary=summary(plan),
        log=head(content.run) if content.run is not None else [],
        tiles=_tiles(content),
        contents=[
            ("Phases and channels", "#cross"), ("Programs", "#programs"), ("Scenarios", "#scenarios"),
            *([("Gaps", "#gaps")] if plan.gaps else []),
            *([("Data warnings", "#warnings")] if data_warnings else []),
        ],
        channels=plan.channels,
        phases=[{"title": phase_title(phase), "cells": _cells(plan, phase, links)} for phase in plan.phases],
        programs=[_program(program, links) for program in plan.programs],
        scenarios=_scenarios(plan, links),
        gaps=plan.gaps,
        warnings=data_warnings,
    )  # fmt: skip


def _tiles(content: Content) -> list[tuple[str, str, str]]:
    project, run = content.project, content.run
    statuses = [scenario.status for scenario in project.scenarios.values()]
    counts = ((status, statuses.count(status)) for status in _STATUSES)
    messages = sum(len(messages_of(scenario)) for scenario in project.scenarios.values())
    tiles = [
        ("scenarios", f"{len(statuses):,}", ", ".join(f"{count} {status}" for status, count in counts if count)),
        ("programs", f"{len(project.programs):,}", ""),
        ("messages", f"{messages:,}", ""),
        ("events", f"{len(project.plan.events):,}", ""),
        ("metrics and segments", f"{len(project.metrics) + len(project.segments):,}", ""),
    ]
    if run is None:
        return tiles
    total = together(list(run.summary.scenarios.values()))
    cost = total_cost(run)
    return [
        *tiles,
        ("contacts in the log", f"{run.summary.contacts:,}", ""),
        ("journeys", f"{total.entered:,}", ""),
        ("messages sent", f"{total.sent.total():,}", ""),
        ("messages dropped", f"{total.dropped.total():,}", ""),
        ("conversions", f"{total.converted:,}", percent(total.converted, total.entered)),
        *([("cost of messages", f"{cost:,.2f}", run.currency)] if cost >= 0.01 else []),
    ]


def _cells(plan: RelationshipPlan, phase: str, links: Links) -> list[dict[str, Any]]:
    return [
        {
            "channel": channel,
            "parts": [links.scenario(line.name, _short(line)) for line in plan.cell(phase, channel)],
        }
        for channel in plan.channels
    ]


def _short(line: Line) -> str:
    """A scenario in the cross-table, with its status if it is not live."""
    title = line.title or line.name
    return title if line.status == "live" else f"{title} ({line.status})"


def _program(program: ProgrammePlan, links: Links) -> dict[str, Any]:
    pairs = (("objective", program.objective), ("KPI", program.kpi))
    return {
        "id": anchor("program", program.name),
        "title": program_title(program),
        "facts": [(word, cell(value)) for word, value in pairs if value],
        "scenarios": [(links.scenario(line.name, line.title or line.name), line.status) for line in program.scenarios],
    }


def _scenarios(plan: RelationshipPlan, links: Links) -> Table:
    columns = [
        Column("scenario"), Column("status"), Column("program, phase"), Column("messages", True),
        Column("reviewed, owner"),
    ]  # fmt: skip
    run = links.content.run
    if run is not None:
        columns += [Column(name, True) for name in ("entered", "sent", "dropped", "converted", "rate")]
    rows = [_line(line, program, links) for program in plan.programs for line in program.scenarios]
    total: list[CellContent] = ["all", "", "", sum(sum(line.channels.values()) for line in plan.scenarios), ""]
    if run is not None:
        total += _figures(together(list(run.summary.scenarios.values())))
    return Table("Every scenario", tuple(columns), tuple(rows), row(*total), sorts=True)


def _line(line: Line, program: ProgrammePlan, links: Links) -> Row:
    names = (links.scenario(line.name, line.title), Text(line.name, code=True)) if line.title else ()
    cells: list[CellContent] = [
        names or links.scenario(line.name), line.status, (program_title(program), phase_title(line.phase)),
        sum(line.channels.values()), (line.reviewed or "never", line.owner or "nobody named"),
    ]  # fmt: skip
    run = links.content.run
    if run is not None:
        result = run.summary.scenarios.get(line.name)
        cells += _figures(result) if result is not None else [""] * 5
    return row(*cells)


def _figures(result: ScenarioResult) -> list[CellContent]:
    return [
        result.entered, result.sent.total(), result.dropped.total(), result.converted,
        rate(result.converted, result.entered),
    ]  # fmt: skip
