"""The basis of the figures of segments and channels: metrics, and the effects of a replay's own scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scenario_cli.analysis.lineage import Lineage
from scenario_cli.analysis.needs import emitted_events, updated_attributes
from scenario_cli.model.expression import Attr, Expression, Ref, calls_in
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS, JOURNEY_EVENTS, PROFILE_UPDATED

JOURNEYS = "journeys"


def metrics_read(project: Project, condition: Expression) -> tuple[str, ...]:
    """The metrics that a condition names itself or through the segments that it names, in the order of the project."""
    named = _read(project, condition).uses
    inner = {datum.name for datum, uses in named.items() if datum.kind == "metric" and any(map(_no_metric, uses))}
    return tuple(name for name in project.metrics if name in inner)


def _no_metric(use: str) -> bool:
    return not use.startswith("metric ")


def metric_rests_on(project: Project, scenarios: Iterable[Scenario], name: str) -> tuple[str, ...]:
    """The scenario effects that a metric reads, as `rests_on` returns them."""
    span = project.metrics[name].span
    return rests_on(project, scenarios, [Expression(name, Attr(Ref("metric", span), name, span), span)])


def rests_on(
    project: Project, scenarios: Iterable[Scenario], expressions: Sequence[Expression | None]
) -> tuple[str, ...]:
    """The effects of a replay's scenarios that some expressions read: built-in events, whether a journey runs
    (`journeys`), events that they emit, and attributes that they update (`contact.NAME`).
    """
    running = list(scenarios)
    emitted = {name for scenario in running for name in emitted_events(scenario)}
    updated = {name for scenario in running for name in updated_attributes(scenario)}
    effects: set[str] = set()
    for expression in expressions if running else ():
        if expression is None:
            continue
        lineage = _read(project, expression)
        events = {counted.event for counted in lineage.counted}
        names = {(datum.kind, datum.name) for datum in lineage.uses}
        effects |= events & ({*BUILT_IN_EVENTS, *emitted} - {*JOURNEY_EVENTS, PROFILE_UPDATED})
        effects |= {f"contact.{name}" for kind, name in names if kind == "attribute" and name in updated}
        effects |= {f"contact.{name}" for name in updated if PROFILE_UPDATED in events}
        definitions = [expression, *(project.metrics[name] for kind, name in names if kind == "metric"),
                       *(project.segments[name] for kind, name in names if kind == "segment")]  # fmt: skip
        if events & {*JOURNEY_EVENTS} or any(call.name == "running" for call in calls_in(definitions)):
            effects.add(JOURNEYS)
    return tuple(sorted(effects))


def _read(project: Project, expression: Expression) -> Lineage:
    lineage = Lineage(project)
    lineage.expression(expression, {}, "")
    return lineage
