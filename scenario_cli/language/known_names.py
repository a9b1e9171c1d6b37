"""The names that a project has, by the meaning that schemas give a place, each with a sentence about it. Checks none.

Schemas use the word `meaning`: a place with `"meaning": "segment"` holds the name of a segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scenario_cli.model.built_in import BUILT_IN
from scenario_cli.model.exits import outcomes
from scenario_cli.model.project import EventType, Project, Property
from scenario_cli.model.scenario import OWN_OUTCOMES, Scenario, State

# Each name with a sentence about it, which can be empty.
Described = Mapping[str, str]

# The meanings of places that name something which other files define.
NAMING = (
    "attribute", "channel", "event", "event of the plan", "event or segment", "metric", "phase", "program", "property",
    "scenario", "segment", "state", "table", "template",
)  # fmt: skip
# The meanings of places that take any text; values used before can be offered there.
USED_BEFORE = ("group", "outcome", "owner", "tag")

_OF_BUILT_IN = {
    "message.sent": "A message of ours left.",
    "message.dropped": "A message of ours was dropped; event.reason says why.",
    "journey.entered": "The contact entered a scenario.",
    "journey.ended": "A journey ended; event.outcome says how.",
    "profile.updated": "A journey changed an attribute of the profile.",
}


def names_of(project: Project) -> Mapping[str, Described]:
    """The names by the meaning of a place; states, which belong to a scenario, are in `states_of`."""
    plan = project.plan
    events_of_plan = plan.events.values()
    events = {name: about_event(event) for name, event in plan.events.items()}
    groups = {name: f"Any of {', '.join(members)}." for name, members in plan.groups.items()}
    segments = {name: segment.condition.source for name, segment in project.segments.items()}
    events_read = {**events, **groups, **{name: _OF_BUILT_IN.get(name, "") for name in BUILT_IN}}
    return {
        "attribute": {name: about_property(attribute) for name, attribute in plan.profile.items()},
        "channel": dict.fromkeys(project.channels, ""),
        "event": events_read,
        "event of the plan": events,
        "event or segment": {**events, **groups, **{f"segment.{name}": text for name, text in segments.items()}},
        "metric": dict.fromkeys(project.metrics, ""),
        "phase": dict.fromkeys(project.phases, ""),
        "program": {name: program.title or program.objective for name, program in project.programs.items()},
        "property": {
            name: about_property(property_)
            for event in plan.events.values()
            for name, property_ in event.properties.items()
        },
        "scenario": {name: about_scenario(scenario) for name, scenario in project.scenarios.items()}
        | dict.fromkeys(project.faulty - project.scenarios.keys(), ""),
        "segment": segments,
        "table": {name: f"{table.path}, by {', '.join(table.keys)}" for name, table in project.tables.items()},
        "template": dict.fromkeys(sorted({template.name for template in project.templates}), ""),
        "group": _sorted(scenario.exclusive for scenario in project.scenarios.values()),
        "outcome": _sorted(outcome for scenario in project.scenarios.values() for outcome in outcomes(scenario))
        | dict.fromkeys(OWN_OUTCOMES, "Given by the executor."),
        "owner": _sorted(
            [*(scenario.owner for scenario in project.scenarios.values()), *(event.owner for event in events_of_plan)]
        ),
        "tag": _sorted(
            tag for scenario in project.scenarios.values() for message in scenario.messages for tag in message.tags
        ),
    }  # fmt: skip


def states_of(scenario: Scenario) -> Described:
    """The states of a scenario, in the order written."""
    return {name: about_state(state) for name, state in scenario.states.items()}


def templates_of(project: Project) -> Mapping[str, Described]:
    """The templates of each channel, each with its title or subject."""
    by_channel: dict[str, dict[str, str]] = {channel: {} for channel in project.channels}
    for template in project.templates:
        title = next((template.fields[key].text for key in ("subject", "title") if key in template.fields), "")
        by_channel.setdefault(template.channel, {}).setdefault(template.name, title)
    return by_channel


def about_event(event: EventType) -> str:
    means = _sentence(event.description)
    return f"{means} {_sentence(f'Sent when {event.triggered_when}' if event.triggered_when else '')}".strip()


def about_property(property_: Property) -> str:
    """The description of a property or attribute: its words, type, the values it can have."""
    type_ = f"({property_.type})" if property_.type else ""
    values = f"One of {', '.join(map(str, property_.enum[:12]))}." if property_.enum else ""
    return " ".join(part for part in (property_.description, type_, values) if part)


def about_scenario(scenario: Scenario) -> str:
    return scenario.title or scenario.description


def about_state(state: State) -> str:
    """The purpose of a state, else the message it sends."""
    if state.description:
        return state.description
    messages = [f"{message.template.text} by {message.channel.text}" for message in state.messages]
    return f"Sends {', '.join(messages)}." if messages else ""


def _sentence(words: str) -> str:
    return f"{words.rstrip('.')}." if words else ""


def _sorted(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(sorted({name for name in names if name}), "")
