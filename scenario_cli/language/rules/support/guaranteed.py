"""The values that every journey of a scenario certainly has, by its conditions of entry. Evaluates nothing."""

from __future__ import annotations

from scenario_cli.analysis.silence.missing import Paths, guaranteed_names
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Expr, ListOf, path_of
from scenario_cli.model.project import Project
from scenario_cli.model.triggers import AttributeTrigger, DateTrigger, EventTrigger, SegmentTrigger, Trigger


def guaranteed(subject: Subject) -> Paths:
    """The dotted names that every entry requires: the trigger's conditions, the audience and the key.

    Values of the event are under `trigger`. An attribute that is emptied after the entry is not considered.
    """
    scenario = subject.scenario
    paths: Paths = frozenset()
    if scenario.triggers:
        by_trigger = [_by_trigger(trigger, subject.project) for trigger in scenario.triggers]
        paths = frozenset.intersection(*by_trigger)
    if scenario.audience is not None:
        paths |= guaranteed_names(scenario.audience.root, True)
    if scenario.key is not None:
        paths |= _paths_of(scenario.key.root)  # without its key nobody enters
    return frozenset(("trigger", *path[1:]) if path[0] == "event" else path for path in paths)


def _by_trigger(trigger: Trigger, project: Project) -> Paths:
    match trigger:
        case EventTrigger() | AttributeTrigger() if trigger.where is not None:
            return guaranteed_names(trigger.where.root, True)
        case DateTrigger():
            return _paths_of(trigger.date.root)
        case SegmentTrigger() if not trigger.left and trigger.segment.text in project.segments:
            return guaranteed_names(project.segments[trigger.segment.text].condition.root, True)
    return frozenset()


def _paths_of(node: Expr) -> Paths:
    parts = node.items if isinstance(node, ListOf) else (node,)
    return frozenset(path for part in parts if (path := path_of(part)) is not None)
