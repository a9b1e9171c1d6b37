"""The names that an expression can use at a place of a YAML file that is being written, as far as they are known."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.language.names.metrics import about_contact, catalogue
from scenario_cli.language.names.scopes import scopes_of
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.symbols.cursor import Cursor
from scenario_cli.model.project import Project


def scope_at(project: Project, kind: str, cursor: Cursor) -> Scope:
    """The scope of the expression that is written, as far as it is known."""
    base = Scope(project.plan, catalogue(project))
    if kind == "metrics" and len(cursor.path) > 1:
        event = cursor.text(*cursor.path[:2], "of") or cursor.text(*cursor.path[:2], "count")
        if event and not {"value", "bins"} & {*map(str, cursor.path[2:3])}:
            return replace(base.at(project.plan.expand(event)), event_alone=True)
    if "measure" in cursor.path:
        measure = cursor.path[: cursor.path.index("measure") + 1]
        scope = base.at(project.plan.expand(cursor.text(*measure, "then")))
        return replace(scope, trigger=project.plan.expand(cursor.text(*measure, "of")), not_entered="a KPI")
    if kind != "scenario":
        return about_contact(base)
    scenario = project.scenarios.get(cursor.text("scenario"))
    scopes = scopes_of(scenario, base) if scenario is not None else None
    path = cursor.path
    event = _event_at_hand(cursor)
    if scopes is None:
        trigger = cursor.text("trigger", "event")
        known = replace(base, trigger=project.plan.expand(trigger)) if trigger else base
        return known.at(project.plan.expand(event) if event else None)
    if path[:1] == ("trigger",) or path[:1] in (("audience",), ("key",)):
        scope = scopes.on_trigger()
        return scope.at(project.plan.expand(event)) if event else scope
    if event:
        return scopes.on_event(event)
    state = str(path[1]) if path[:1] == ("states",) and len(path) > 1 else ""
    waits = {"after", "when"} & {*map(str, path[2:3])}
    return scopes.on_entering(state) if state in scopes.entering and not waits else scopes.quiet()


def _event_at_hand(cursor: Cursor) -> str:
    """The event that the place is about: that of its trigger, transition or goal."""
    path = cursor.path
    steps = [number for number, step in enumerate(path) if step == "on" and number + 1 < len(path)]
    if steps:
        return str(path[steps[-1] + 1])
    if path[:1] == ("goal",):
        return cursor.text("goal", "event")
    if path[:1] == ("trigger",):
        return cursor.text(*[step for step in path[:2] if isinstance(step, int) or step == "trigger"], "event")
    return ""
