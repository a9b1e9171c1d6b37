"""The KPI of a program as a scenario that sends nothing: a contact who does `of` enters once, and `then` is its goal.

So a measure has the same meaning as triggers, segments and goals have everywhere, and is checked and counted the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.model.project import Measure, Programme, Project
from scenario_cli.model.scenario import Goal, Scenario, State
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import EventTrigger, SegmentTrigger, Trigger
from scenario_cli.model.waits import DAY

SEGMENT = "segment."


def measuring(programme: Programme, measure: Measure) -> Scenario:
    """The scenario that measures. Its name is not possible in a file, and it comes after all others."""
    span = measure.span
    return Scenario(
        name=f"kpi of {programme.name}",
        file=span.file,
        span=span,
        triggers=(_trigger(measure),),
        states={"measured": State("measured", span)},
        digest="",
        status="live",
        priority=0,
        purpose="transactional",
        goal=Goal(measure.then, span, measure.where, within=measure.within),
    )


def measured(project: Project) -> dict[str, Scenario]:
    """The scenario that measures the KPI of each program that has a measure."""
    return {
        name: measuring(programme, programme.measure)
        for name, programme in project.programs.items()
        if programme.measure is not None
    }


def with_measuring(project: Project, programs: Iterable[str]) -> tuple[Project, tuple[str, ...]]:
    """The project with the scenarios that measure the KPIs of these programs, and their names."""
    chosen = set(programs)
    scenarios = [scenario for name, scenario in measured(project).items() if name in chosen]
    added = {scenario.name: scenario for scenario in scenarios}
    return replace(project, scenarios={**project.scenarios, **added}), tuple(added)


def window(measure: Measure) -> int:
    """The time within which `then` counts, in microseconds."""
    return measure.within.days * DAY + measure.within.microseconds


def _trigger(measure: Measure) -> Trigger:
    name = measure.of.text
    if not name.startswith(SEGMENT):
        return EventTrigger(measure.of, measure.span)
    segment = name.removeprefix(SEGMENT)
    is_plain = measure.of.span.end_column - measure.of.span.column == len(name)
    span = measure.of.span.inside(len(SEGMENT), len(segment)) if is_plain else measure.of.span
    return SegmentTrigger(Name(segment, span), measure.span, already_in=True)
