"""What scenarios achieve as JSON; its schema is `results.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.analysis.comparison import Arm, Comparison, arms_as_drawn
from scenario_cli.analysis.planned_test import PlannedTest
from scenario_cli.analysis.statistics import Difference, median, wilson
from scenario_cli.model.results_report import WRITTEN_TO, AboutKpi, AboutScenario, Group, Kpi, Results, Sendings
from scenario_cli.reports.exports.log import moment, read_values
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.results.document import comparisons_of, cost_of
from scenario_cli.reports.results.messages import splits_of
from scenario_cli.reports.results.planned_tests import tests_of

FORMAT_VERSION = 1


def results_json(results: Results) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "results",
        "project": results.project,
        "project_digest": results.project_digest,
        "timezone": results.timezone,
        "currency": results.currency,
        "source": "replay",
        "from": moment(results.start, results.timezone),
        "until": moment(results.until, results.timezone),
        **({"left_out": results.left_out} if results.left_out else {}),
        "log": read_values(results.read, results.timezone),
        "scenarios": [_scenario(about, results) for about in results.scenarios],
        "comparisons": [_comparison(*each) for each in comparisons_of(results)],
        "splits": [_split(*each) for each in splits_of(results)],
        "weekdays": [
            {"weekday": number, **_sendings(each)} for number, each in sorted(results.figures.weekdays.items())
        ],
        "hours": [{"hour": number, **_sendings(each)} for number, each in sorted(results.figures.hours.items())],
        "kpis": [_kpi(about, results.figures.kpis[about.program]) for about in results.kpis],
        "planned_tests": [
            {"scenario": about.name, "relative_lift": results.lift, **_planned(test)}
            for about, tests in tests_of(results)
            for test in tests
        ],
    }
    return json_text(document)


def _planned(test: PlannedTest) -> dict[str, Any]:
    return {
        "share": test.share,
        "rate": test.rate,
        "contacts_per_week": test.contacts_a_week,
        "contacts_needed": test.needed,
        "weeks": test.weeks,
    }


def _kpi(about: AboutKpi, kpi: Kpi) -> dict[str, Any]:
    if not about.of:
        return {"program": about.program, "kpi": about.kpi, "measure": None}
    low, high = wilson(kpi.converted, kpi.contacts) if kpi.contacts else (None, None)
    return {
        "program": about.program,
        "kpi": about.kpi,
        "measure": {"of": about.of, "then": about.then, "within": about.window},
        "contacts": kpi.contacts,
        "converted": kpi.converted,
        "rate": _ratio(kpi.converted, kpi.contacts),
        "low": low,
        "high": high,
        "median_seconds": median(kpi.times),
        "too_recent": kpi.too_recent,
    }


def _scenario(about: AboutScenario, results: Results) -> dict[str, Any]:
    figures = results.figures.scenarios[about.name]
    achieved = figures.achieved
    return {
        "scenario": about.name,
        "title": about.title,
        "program": about.program,
        "goal": about.goal or None,
        "within": about.window or None,
        "journeys": achieved.journeys,
        "contacts": achieved.contacts,
        "reached": achieved.reached,
        "sent": dict(sorted(achieved.sent.items())),
        "converted": achieved.converted,
        "rate": _ratio(achieved.converted, achieved.journeys),
        "value": None if achieved.value is None else float(achieved.value),
        "value_per_journey": None if achieved.value is None else _ratio(float(achieved.value), achieved.journeys),
        "cost": cost_of(achieved, results),
        "median_seconds_to_conversion": median(achieved.times),
        "messages": [
            {"state": state, "channel": channel, "template": template, **_sendings(each)}
            for (state, channel, template), each in sorted(figures.messages.items())
        ],
    }


def _comparison(name: str, kept_back: str, comparison: Comparison) -> dict[str, Any]:
    return {
        "scenario": name or None,
        "kept_back": kept_back,
        "share": comparison.share,
        "groups": [_group(WRITTEN_TO, comparison.group), _group(kept_back, comparison.other)],
        "difference": _difference(comparison.difference),
        "relative_lift": comparison.lift,
        "value_difference": _difference(comparison.value),
        "shown": comparison.difference is not None and comparison.difference.shown,
        "more_contacts_needed": comparison.missing,
        "sample_ratio": {"p": comparison.ratio_p, "as_drawn": comparison.as_drawn},
    }


def _split(about: AboutScenario, state: str, weights: Sequence[float | None], arms: list[Arm]) -> dict[str, Any]:
    return {
        "scenario": about.name,
        "state": state,
        "as_drawn": arms_as_drawn(arms, weights),
        "arms": [
            {
                "arm": arm.name,
                "weight": weight,
                **_figures(arm.group),
                "difference": _difference(arm.difference),
                "p": arm.p,
            }
            for arm, weight in zip(arms, weights, strict=True)
        ],
    }


def _sendings(sendings: Sendings) -> dict[str, int]:
    return {"sent": sendings.sent, "credited": sendings.converted}


def _group(name: str, group: Group) -> dict[str, Any]:
    return {"group": name, **_figures(group)}


def _figures(group: Group) -> dict[str, Any]:
    return {
        "contacts": group.contacts,
        "converted": group.converted,
        "rate": _ratio(group.converted, group.contacts),
        "value": float(group.value),
        "value_per_contact": _ratio(float(group.value), group.contacts),
    }


def _difference(difference: Difference | None) -> dict[str, float] | None:
    if difference is None:
        return None
    return {"estimate": difference.estimate, "low": difference.low, "high": difference.high}


def _ratio(part: float, whole: int) -> float | None:
    return part / whole if whole else None
