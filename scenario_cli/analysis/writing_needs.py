"""The texts to write for a scenario: each message with its moment, audience, limits, languages and variables.

Says nothing about what is written; a message without a template yet is listed as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scenario_cli.analysis.constants import constant_text
from scenario_cli.analysis.labels import audience_label, event_label, goal_label, length_words, trigger_label
from scenario_cli.analysis.lineage import Lineage, Source, Sources
from scenario_cli.analysis.readings import captures
from scenario_cli.analysis.time.moments import moments
from scenario_cli.model.built_in import event_type
from scenario_cli.model.expression import Const, Literal, Value
from scenario_cli.model.project import Channel, Constant, Programme, Project, Property, Template
from scenario_cli.model.scenario import FirstOf, Message, Scenario, State, Transition
from scenario_cli.model.variables import EACH, Path, Variable, Variables

EVERY_STATE = "every state"  # stands for the state of a message that a transition of the scenario sends


@dataclass(frozen=True, slots=True)
class VariableNeed:
    """A value that a text can hold. `type` and `example` are empty where nothing is known; `may_be_missing`: it is not
    always there, and the text does not say what to write then."""

    name: str
    type: str = ""
    example: str = ""
    may_be_missing: bool = False


@dataclass(frozen=True, slots=True)
class MessageNeed:
    """`conditions` say who gets it of those whose journey comes here; `own` are the values given to it alone.

    `parts` are what is written (`subject`, `body`...); `locales` and `missing` the languages that are there, and those
    that other messages of the project have and this has not.
    """

    state: str
    purpose: str
    channel: str
    template: str
    recipient: str
    about: str
    moments: tuple[str, ...]
    conditions: tuple[str, ...]
    limits: tuple[str, ...]
    parts: tuple[str, ...]
    locales: tuple[str, ...]
    missing: tuple[str, ...]
    own: tuple[VariableNeed, ...]
    used: tuple[VariableNeed, ...]


@dataclass(frozen=True, slots=True)
class WritingNeeds:
    """One scenario's messages. `available` are the values that all of them can hold, beside those of every contact."""

    scenario: Scenario
    program: Programme | None
    enters: str
    goal: str
    available: tuple[VariableNeed, ...]
    messages: tuple[MessageNeed, ...]


def writing_needs(scenario: Scenario, project: Project, variables: Variables) -> WritingNeeds:
    """`variables` are what the project's templates read."""
    names = captures(scenario, project)
    program = project.programs.get(scenario.program.text) if scenario.program is not None else None
    enters = " or ".join(map(trigger_label, scenario.triggers))
    enters += f", {audience_label(scenario.audience)}" if scenario.audience is not None else ""
    goal = scenario.goal
    return WritingNeeds(
        scenario,
        program,
        enters,
        f"{goal_label(goal).removeprefix('goal: ')}, within {length_words(goal.within.elapsed)}" if goal else "",
        tuple(_available(names, project)),
        tuple(
            _message(scenario, state, transition, message, project, names, variables)
            for state, transition, message in _asked(scenario)
        ),
    )


def profile_variables(project: Project) -> tuple[VariableNeed, ...]:
    """The values that every message of any scenario can hold: attributes, metrics, segments, constants."""
    found = [_described(f"contact.{name}", known) for name, known in project.plan.profile.items()]
    found += [VariableNeed(f"metric.{name}") for name in project.metrics]
    found += [VariableNeed(f"segment.{name}", "boolean") for name in project.segments]
    return (*found, *map(_constant, project.constants.values()))


def languages(project: Project) -> tuple[str, ...]:
    """The project's own language, and those in which any message is there."""
    others = {_tag(template.locale) for template in project.templates if template.locale is not None}
    return tuple(dict.fromkeys([_tag(project.locale), *sorted(others)]))


def _asked(scenario: Scenario) -> Iterator[tuple[State | None, Transition | None, Message]]:
    """The messages by state, those of its transitions last; then what transitions of every state send."""
    for state in scenario.states.values():
        yield from ((state, None, message) for message in state.messages)
        yield from ((state, one, message) for one in state.on for message in one.messages)
    yield from ((None, one, message) for one in scenario.on for message in one.messages)


def _when(scenario: Scenario, state: State | None, transition: Transition | None) -> Iterator[str]:
    """The moments at which a message is asked for."""
    if transition is not None:
        where = f"in {state.name}" if state is not None else "in any state"
        yield f"each time that {event_label(transition)} comes {where}"
    elif state is not None:
        yield from moments(scenario, state.name)


def _message(
    scenario: Scenario, state: State | None, transition: Transition | None, message: Message, project: Project,
    names: Mapping[str, Sources], variables: Variables,
) -> MessageNeed:  # fmt: skip
    key = (message.template.text, message.channel.text)
    files = [template for template in project.templates if (template.name, template.channel) == key]
    channel = project.channels.get(message.channel.text)
    here = Lineage(project, noting=False)
    own = {name.text: value for name, value in message.values}
    within = {**names, **{name: here.origin(value, names) for name, value in own.items()}}
    written = {_tag(one.locale or project.locale) for one in files}
    every = languages(project)
    return MessageNeed(
        state=state.name if state is not None else EVERY_STATE,
        purpose=message.purpose,
        channel=message.channel.text,
        template=message.template.text,
        recipient=project.recipient(message),
        about=state.description if state is not None else "",
        moments=tuple(_when(scenario, state, transition)),
        conditions=tuple(_conditions((transition or state), message, channel, project)),
        limits=tuple(_limits(channel)),
        parts=_parts(files),
        locales=tuple(one for one in every if one in written),
        missing=tuple(one for one in every if one not in written),
        own=tuple(_own(name, value, within, project) for name, value in own.items()),
        used=tuple(_used(one, own, within, project) for one in variables.get(key, ())),
    )


def _conditions(
    asking: State | Transition | None, message: Message, channel: Channel | None, project: Project
) -> Iterator[str]:
    sends = asking.send if asking is not None else ()
    first_of = [send for send in sends if isinstance(send, FirstOf) and message in send.messages]
    for send in first_of:
        names = [one.channel.text for one in send.messages]
        yield f"by the first of {', '.join(names)} that can reach the contact"
    if message.condition is not None:
        yield f"only if {' '.join(message.condition.source.split())}"
    recipient = project.recipient(message)
    if recipient != "contact":
        yield f"goes to {'a person of ours' if recipient == 'staff' else 'a system'}, not to the contact"
    elif message.purpose == "transactional":
        yield "whoever has an address, also without consent"
    elif channel is not None and channel.consent is not None:
        yield f"who has agreed: {' '.join(channel.consent.source.split())}"
    else:
        yield "whoever has an address"


def _limits(channel: Channel | None) -> Iterator[str]:
    if channel is None:
        return
    if channel.title_max is not None:
        yield f"title {channel.title_max:,} characters"
    if channel.max_length is not None:
        yield f"text {channel.max_length:,} characters"
    if channel.name == "sms":
        yield "one SMS holds 160 characters, or 70 where one of them is not in the GSM alphabet (ê, “, emoji)"


def _parts(files: Iterable[Template]) -> tuple[str, ...]:
    fields = dict.fromkeys(field for template in files for field in template.fields)
    return (*fields, "body") if fields or files else ()


def _tag(locale: str | None) -> str:
    return (locale or "").replace("_", "-")


def _available(names: Mapping[str, Sources], project: Project) -> Iterator[VariableNeed]:
    for name, sources in names.items():
        whole = [source for source in sorted(sources) if source.kind == "event" and not source.path]
        fields: dict[str, Property] = {}
        for source in whole:
            event = event_type(project.plan, source.owner)
            fields |= event.properties if event is not None else {}
        if fields:
            for key, known in fields.items():
                yield from _with_inside(f"{name}.{key}", known)
        elif name != "trigger":
            inside = [found for source in sources if (found := _property(source, project)) is not None]
            yield from _with_inside(name, inside[0]) if len(inside) == 1 else [VariableNeed(name)]


def _with_inside(name: str, known: Property) -> Iterator[VariableNeed]:
    """A value, and what lies right inside it: the keys of an object, those of a list's elements."""
    yield _described(name, known)
    inside, under = (known.items, f"{name}{EACH}") if known.items is not None else (known, name)
    for key, field in (inside.fields or {}).items():
        yield _described(f"{under}.{key}", field)


def _own(name: str, value: Value, names: Mapping[str, Sources], project: Project) -> VariableNeed:
    if isinstance(value, Literal) or isinstance(value.root, Const):
        return VariableNeed(name, "", _shown(_written(value)))
    return _of_sources(name, names.get(name, frozenset()), project)


def _used(
    variable: Variable, own: Mapping[str, Value], names: Mapping[str, Sources], project: Project
) -> VariableNeed:  # fmt: skip
    value = own.get(variable.path[0])
    if variable.path[0] == "const" and len(variable.path) == 2 and variable.path[1] in project.constants:
        return _constant(project.constants[variable.path[1]])
    if value is not None and (isinstance(value, Literal) or isinstance(value.root, Const)) and len(variable.path) == 1:
        return VariableNeed(variable.name, "", _shown(_written(value)))
    sources = _followed(variable.path, names, project)
    found = _of_sources(variable.name, sources, project)
    missing = not variable.guarded and any(_may_be_missing(source, project) for source in sources)
    return VariableNeed(found.name, found.type, found.example, missing)


def _written(value: Value) -> Any:
    """A value that is written out, or a constant."""
    return value.value if isinstance(value, Literal) else value.root.value if isinstance(value.root, Const) else None


def _constant(constant: Constant) -> VariableNeed:
    return VariableNeed(f"const.{constant.name}", "", constant_text(constant.value))


def _followed(path: Path, names: Mapping[str, Sources], project: Project) -> Sources:
    here = Lineage(project, noting=False)
    found = here.name(path[0], names)
    for key in path[1:]:
        found = here.elements(found) if key == EACH else here.key(found, key)
    return found


def _of_sources(name: str, sources: Sources, project: Project) -> VariableNeed:
    """The plan's property for a value; that of several events, if they agree."""
    known = [found for source in sorted(sources) if (found := _property(source, project)) is not None]
    described = [_described(name, one) for one in known]
    return described[0] if len(set(described)) == 1 else VariableNeed(name)


def _property(source: Source, project: Project) -> Property | None:
    if not source.path:
        return None
    event = project.plan.events.get(source.owner)
    fields: Mapping[str, Property] = event.properties if event is not None else project.plan.profile
    found = fields.get(source.path[0])
    for key in source.path[1:]:
        if found is not None:
            found = found.items if key == EACH else (found.fields or {}).get(key)
    return found


def _may_be_missing(source: Source, project: Project) -> bool:
    """Whether the plan does not promise the value; of what lies inside a value, whether it promises that."""
    if source.kind == "contact":
        return source.path != ("id",)
    event = project.plan.events.get(source.owner)
    return event is not None and bool(source.path) and source.path[0] not in event.required


def _described(name: str, known: Property) -> VariableNeed:
    example = known.example if not isinstance(known.example, dict | list) else None
    return VariableNeed(name, known.type or "", _shown(example) if example is not None else "")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)
