"""A replay's result as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.reports.dry_run import facts
from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.text import Style, percent


def dry_run_page(run: DryRun) -> str:
    title, *rest = facts.head(run)
    periods = facts.calendar(run.summary)
    calendar = [
        {
            "name": name,
            "counts": [f"{counts[channel]:,}" for channel in periods.channels] + [f"{counts.total():,}"],
            "share": round(100 * counts.total() / periods.most, 1),
        }
        for name, counts in periods.periods.items()
    ]
    values = {
        "project": run.project,
        "title": f"{run.project}: {title}",
        "head": rest,
        "overview": facts.overview(run),
        "scenarios": [_scenario(result, run) for result in run.summary.scenarios.values()],
        "unit": periods.unit,
        "channels": periods.channels,
        "calendar": calendar,
        "pressure": facts.pressure(run),
        "weeks": facts.weeks(run.summary),
        "warnings": facts.warnings(run, Style(False), 1_000),
    }
    return html_page("scenario_cli.reports.dry_run", run=values)


def _scenario(result: ScenarioResult, run: DryRun) -> dict[str, Any]:
    return {
        "name": result.name,
        "title": result.title,
        "sum": f"{result.entered:,} entered = {' + '.join(facts.outcome_parts(result))}",
        "funnel": [
            {
                "name": name,
                "reached": f"{funnel.reached:,}",
                "percent": percent(funnel.reached, result.entered),
                "share": round(100 * funnel.reached / result.entered, 1),
                "waiting": f"{funnel.waiting:,}" if funnel.waiting else "",
            }
            for name, funnel in result.funnel.items()
        ]
        if result.entered
        else [],
        "facts": [(word, ", ".join(parts)) for word, parts in facts.scenario_facts(result, run)],
    }
