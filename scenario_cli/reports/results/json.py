"""The results of scenarios as JSON; its schema is `results.output.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scenario_cli.analysis.changes_over_time import Change, changes
from scenario_cli.analysis.comparison import Arm, Comparison, arms_as_drawn, incremental
from scenario_cli.analysis.planned_test import PlannedTest
from scenario_cli.analysis.statistics import Difference, median, wilson
from scenario_cli.model.message_events import KINDS
from scenario_cli.model.results_report import (
    HELD_OUT,
    REPLAY,
    WRITTEN_TO,
    AboutKpi,
    AboutScenario,
    Achieved,
    Earlier,
    Group,
    Kpi,
    Results,
    ScenarioFigures,
    Sendings,
)
from scenario_cli.reports.exports.log import moment, read_values
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked
from scenario_cli.reports.results.by_scenario import cost_of
from scenario_cli.reports.results.document import comparisons_of, costs_of
from scenario_cli.reports.results.messages import splits_of
from scenario_cli.reports.results.planned_tests import tests_of
from scenario_cli.reports.results.slices import SliceRow, rows_of
from scenario_cli.reports.results.slices import comparisons_of as slice_comparisons_of
from scenario_cli.reports.results.words import draw_not_kept

FORMAT_VERSION = 1


def results_json(results: Results) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "results",
        "project": results.project,
        "project_digest": results.project_digest,
        "timezone": results.timezone,
        "currency": results.currency,
        "source": results.source,
        **({"store": results.store} if results.store else {}),
        "from": moment(results.start, results.timezone),
        "until": moment(results.until, results.timezone),
        **({"left_out": results.left_out} if results.left_out else {}),
        "log": read_values(results.read, results.timezone),
        "scenarios": [_scenario(about, results) for about in results.scenarios],
        "comparisons": [_comparison(results, *each) for each in comparisons_of(results)],
        "splits": [_split(results, *each) for each in splits_of(results)],
        "weekdays": [
            {"weekday": number, **_sendings(each, results)} for number, each in sorted(results.figures.weekdays.items())
        ],
        "hours": [
            {"hour": number, **_sendings(each, results)} for number, each in sorted(results.figures.hours.items())
        ],
        "kpis": [_kpi(about, results.figures.kpis[about.program]) for about in results.kpis],
        "planned_tests": [
            {"scenario": about.name, "relative_lift": results.lift, **_planned(test)}
            for about, tests in tests_of(results)
            for test in tests
        ],
        **({"slices": [_slice(results, *each) for each in _slices(results)]} if results.cut else {}),
        **({"compared_with": _earlier(results, results.earlier)} if results.earlier is not None else {}),
        **({"joined": _joined(results)} if results.source != REPLAY else {}),
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
    return {
        "scenario": about.name,
        "title": about.title,
        "program": about.program,
        "goal": about.goal or None,
        "within": about.window or None,
        **_achieved(figures.achieved, results),
        **(_worth(figures, results) if results.source != REPLAY else {}),
        "messages": [
            {"state": state, "channel": channel, "template": template, **_sendings(each, results)}
            for (state, channel, template), each in sorted(figures.messages.items())
        ],
    }


def _achieved(achieved: Achieved, results: Results) -> dict[str, Any]:
    return {
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
    }


def _worth(figures: ScenarioFigures, results: Results) -> dict[str, Any]:
    """The value of the goals reached after messages, relative to the number of messages and to their cost."""
    sendings, cost = figures.sendings, cost_of(figures.achieved, results)
    return {
        "value_per_1000_messages": _ratio(1_000 * float(sendings.value), sendings.sent),
        "return": float(sendings.value) / cost if cost else None,
    }


def _slices(results: Results) -> Iterator[tuple[AboutScenario, SliceRow, Comparison | None, float | None]]:
    """Each slice of each scenario, with the comparison of its groups if there are some."""
    for about in results.scenarios:
        rows = rows_of(results, about)
        compared = {}
        if about.holdout and about.goal:
            compared = {id(each): (comparison, p) for each, comparison, p in slice_comparisons_of(about, rows)}
        for each in rows:
            yield about, each, *compared.get(id(each), (None, None))


def _slice(
    results: Results, about: AboutScenario, of: SliceRow, comparison: Comparison | None, p: float | None
) -> dict[str, Any]:
    values = (masked(value) if value is not None else None for value in of.values)
    period = {"name": of.period, "first_day": of.first_day, "is_over": of.is_over} if of.period else None
    return {
        "scenario": about.name,
        "values": dict(zip(results.cut.values, values, strict=True)),
        "period": period,
        **_achieved(of.figures.achieved, results),
        "change": _change(of.change) if of.change is not None else None,
        "comparison": {**_comparison(results, about.name, HELD_OUT, comparison), "p": p}
        if comparison is not None
        else None,
    }


def _earlier(results: Results, earlier: Earlier) -> dict[str, Any]:
    by_scenario = changes(results.figures, earlier.figures) if earlier.figures is not None else {}
    return {
        "with": earlier.how,
        "from": moment(earlier.start, results.timezone),
        "until": moment(earlier.until, results.timezone),
        "scenarios": [
            {"scenario": name, **_achieved(change.before, results), "change": _change(change)}
            for name, change in by_scenario.items()
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"journeys": change.journeys, "rate": _difference(change.rate), "value_per_journey": change.value}


def _joined(results: Results) -> dict[str, Any]:
    joined = results.figures.joined
    return {
        **{
            kind: {"read": joined.read[kind], "joined": joined.joined[kind], "elsewhere": joined.elsewhere[kind]}
            for kind in KINDS
        },
        "without_journey": joined.without_journey,
        "outbox": dict(sorted(joined.statuses.items())),
        "unjoined": [
            {"kind": kind, "reason": why, "name": masked(name), "count": count}
            for (kind, why, name), count in sorted(joined.unjoined.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


def _comparison(results: Results, name: str, kept_back: str, comparison: Comparison) -> dict[str, Any]:
    return {
        "scenario": name or None,
        "kept_back": kept_back,
        "share": comparison.share,
        "groups": [
            _group(WRITTEN_TO, comparison.group, results),
            _group(kept_back, comparison.other, results),
        ],
        "difference": _difference(comparison.difference),
        "relative_lift": comparison.lift,
        "value_difference": _difference(comparison.value),
        "shown": comparison.difference is not None and comparison.difference.excludes_zero,
        "more_contacts_needed": comparison.missing,
        "sample_ratio": {"p": comparison.ratio_p, "as_drawn": comparison.as_drawn},
        **(_incremental(name, comparison, results) if results.source != REPLAY else {}),
    }


def _incremental(name: str, comparison: Comparison, results: Results) -> dict[str, Any]:
    contacts, cost = comparison.group.contacts, costs_of(name, results)
    conversions, value = (
        incremental(difference, contacts) if difference is not None else None
        for difference in (comparison.difference, comparison.value)
    )
    return {
        "incremental_conversions": _difference(conversions),
        "incremental_value": _difference(value),
        "incremental_return": value.estimate / cost if value is not None and cost else None,
        "draw_kept_to": not draw_not_kept(comparison),
    }


def _split(
    results: Results, about: AboutScenario, state: str, weights: Sequence[float | None], arms: list[Arm]
) -> dict[str, Any]:
    messages = results.figures.scenarios[about.name].arm_messages
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
                "messages": _sendings(messages.get((state, arm.name), Sendings()), results),
            }
            for arm, weight in zip(arms, weights, strict=True)
        ],
    }


def _sendings(sendings: Sendings, results: Results) -> dict[str, Any]:
    counts = {"sent": sendings.sent, "credited": sendings.converted, "credited_value": float(sendings.value)}
    if results.source == REPLAY:
        return counts
    return {
        **counts,
        "opened": sendings.opened,
        "clicked": sendings.clicked,
        "clicked_of_opened": sendings.clicked_of_opened,
        "unsubscribed": sendings.unsubscribed,
    }


def _group(name: str, group: Group, results: Results) -> dict[str, Any]:
    return {"group": name, **_figures(group), **({"written": group.written} if results.source != REPLAY else {})}


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
