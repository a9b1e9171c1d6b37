"""Puts figures together with the facts that their reader needs: scenarios, goals, shares, costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.analysis.labels import duration_words
from scenario_cli.hosts.replay import Replay
from scenario_cli.hosts.results.over_log import OF_REPLAY, Sought
from scenario_cli.model.export import ReadReport
from scenario_cli.model.project import Programme, Project
from scenario_cli.model.results_report import AboutKpi, AboutScenario, Earlier, Figures, Results
from scenario_cli.model.scenario import Scenario, Split
from scenario_cli.model.waits import DAY


def results_of(
    job: Replay, read: ReadReport, figures: Figures, left_out: int, lift: float | None, sought: Sought = OF_REPLAY,
    earlier: Earlier | None = None,
) -> Results:  # fmt: skip
    """`left_out` is the number of scenarios left out that would run with those shown; `lift` is the relative effect
    that a test is planned for.
    """
    project = job.project
    return Results(
        project.name, project.digest, project.currency, project.timezone, job.start, job.until, read,
        {name: channel.cost for name, channel in project.channels.items() if channel.cost},
        project.policy.control_group,
        tuple(_about(project.scenarios[name]) for name in job.reported),
        tuple(_kpi(project.programs[name]) for name in programs_of(project, job.reported)),
        figures, left_out, lift, sought.source, sought.store, sought.cut, earlier,
    )  # fmt: skip


def programs_of(project: Project, scenarios: Iterable[str]) -> list[str]:
    """The programs of these scenarios that have a KPI, in the order of project.yaml."""
    named = {scenario.program.text for scenario in map(project.scenarios.__getitem__, scenarios) if scenario.program}
    return [name for name, programme in project.programs.items() if name in named and programme.kpi]


def _kpi(programme: Programme) -> AboutKpi:
    about = AboutKpi(programme.name, programme.title or programme.name, programme.kpi)
    measure = programme.measure
    if measure is None:
        return about
    then = f"{measure.then.text} where {measure.where.source}" if measure.where is not None else measure.then.text
    return replace(about, of=measure.of.text, then=then, window=duration_words(measure.within))


def _about(scenario: Scenario) -> AboutScenario:
    goal = scenario.goal
    return AboutScenario(
        scenario.name,
        scenario.title,
        scenario.program.text if scenario.program else "",
        goal.event.text if goal is not None else "",
        duration_words(goal.within) if goal is not None else "",
        scenario.holdout,
        tuple((state.name, _arms(state.split)) for state in scenario.states.values() if state.split is not None),
        goal.within.days * DAY + goal.within.microseconds if goal is not None else 0,
    )


def _arms(split: Split) -> tuple[tuple[str, float | None], ...]:
    return tuple(
        (target.state or target.outcome or "", float(weight) if isinstance(weight, int | float) else None)
        for target, weight in split.arms
    )
