"""The events that would change a message which is still to come: it would not leave, or at another time.

Changes of the profile are not among them: nearly every message depends on the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.analysis.needs import events_read_by
from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import exits
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import AbsenceTrigger, SegmentTrigger
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS


def changing_events(
    project: Project, scenario: Scenario, states: Iterable[str], requesting: str, enters: bool
) -> list[str]:
    """The events that matter while a journey is in the `states` before a message, which the state `requesting` sends.

    They lead the journey elsewhere, end it in favour of another, or count in a condition on the way. If the contact
    `enters` only later, also those that decide about the entry.
    """
    parts: list[object] = [message.condition for message in scenario.states[requesting].messages]
    names: set[str] = set()
    for state in dict.fromkeys(states):
        for exit_ in exits(scenario, scenario.states[state]):
            if exit_.event is not None:
                names.update(project.plan.expand(exit_.event.text) if exit_.target is not None else ())
            else:
                parts += [exit_.condition, exit_.wait]
    if enters:
        parts += [scenario.audience, scenario.triggers]
        names.update(_of_entry(project, scenario, parts))
    else:
        names.update(_of_other_entries(project, scenario))
    return sorted(names | (events_read_by(project, parts) - {*BUILT_IN_EVENTS}))


def _of_entry(project: Project, scenario: Scenario, parts: list[object]) -> Iterator[str]:
    """The events by which a trigger is due at another time; adds its segment to the `parts` that are read."""
    for trigger in scenario.triggers:
        if isinstance(trigger, AbsenceTrigger):
            yield from project.plan.expand(trigger.absent.text)
            yield from project.plan.expand(trigger.since.text)
        elif isinstance(trigger, SegmentTrigger):
            parts.append(project.segments[trigger.segment.text])


def _of_other_entries(project: Project, scenario: Scenario) -> Iterator[str]:
    """The events by which a contact enters a scenario whose journey takes the place of a running one."""
    for other in project.scenarios.values():
        restarts = other is scenario and scenario.while_running == "restart"
        displaces = bool(scenario.exclusive) and other.exclusive == scenario.exclusive
        if other.runs and (restarts or (displaces and other.priority > scenario.priority)):
            for trigger in other.triggers:
                events = events_of(trigger, project.plan) if not isinstance(trigger, AbsenceTrigger) else ()
                yield from (name for name in events if not name.startswith("@") and name not in BUILT_IN_EVENTS)
