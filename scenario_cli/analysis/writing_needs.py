"""The texts to write for a scenario: each message with its moment, audience, limits, languages and variables.

Does not judge the texts; a message without a template yet is listed as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scenario_cli.analysis.constants import constant_text
from scenario_cli.analysis.labels import (
    clock_label,
    date_label,
    duration_words,
    entry_label,
    goal_label,
    length_words,
)
from scenario_cli.analysis.lineage import Lineage, Source, Sources
from scenario_cli.analysis.readings import captures
from scenario_cli.analysis.time.moments import moments
from scenario_cli.model.built_in import event_type
from scenario_cli.model.expression import Const, Literal, Value
from scenario_cli.model.project import Channel, Constant, Programme, Project, Property, Template
from scenario_cli.model.scenario import FirstOf, Message, Scenario, Sending
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import EACH, Path, Variable, Variables

EVERY_STATE = "every state"  # the state of a message that a transition of the scenario sends


@dataclass(frozen=True, slots=True)
class VariableNeed:
    """A value that a text can hold. `type` and `example` are empty if unknown; `may_be_missing`: it is not always
    present, and the text has no replacement for it.
    """

    name: str
    type: str = ""
    example: str = ""
    may_be_missing: bool = False


@dataclass(frozen=True, slots=True)
class MessageNeed:
    """A message. `conditions` select its recipients among the journeys; `expiry` is the latest time for sending; `own`
    are values for it alone.

    `parts` are its written parts (`subject`, `body`...); `locales` are its languages, and `missing` those that only
    other messages of the project have.
    """

    state: str
    purpose: str
    channel: str
    template: str
    recipient: str
    about: str
    moments: tuple[str, ...]
    conditions: tuple[str, ...]
    expiry: str
    limits: tuple[str, ...]
    parts: tuple[str, ...]
    locales: tuple[str, ...]
    missing: tuple[str, ...]
    own: tuple[VariableNeed, ...]
    used: tuple[VariableNeed, ...]


@dataclass(frozen=True, slots=True)
class WritingNeeds:
    """One scenario's messages. `available` are the values that all of them can hold, in addition to those of every
    contact.

    `frees_key` is the point from which a journey no longer holds its key; `clock` is the clock of the times if it is
    not the contact's.
    """

    scenario: Scenario
    program: Programme | None
    enters: str
    frees_key: str
    clock: str
    goal: str
    available: tuple[VariableNeed, ...]
    messages: tuple[MessageNeed, ...]


def writing_needs(scenario: Scenario, project: Project, variables: Variables) -> WritingNeeds:
    """`variables` are the values that the project's templates read."""
    names = captures(scenario, project)
    program = project.programs.get(scenario.program.text) if scenario.program is not None else None
    goal = scenario.goal
    return WritingNeeds(
        scenario,
        program,
        entry_label(scenario),
        _freeing(scenario),
        f"{clock_label(scenario)}, {project.timezone}" if scenario.on_project_clock else "",
        f"{goal_label(goal).removeprefix('goal: ')}, within {length_words(goal.within.elapsed)}" if goal else "",
        tuple(_available(names, project)),
        tuple(
            _message(scenario, sending, message, project, names, variables)
            for sending in scenario.sendings
            for message in sending.messages
        ),
    )


def profile_variables(project: Project) -> tuple[VariableNeed, ...]:
    """The values that every message of any scenario can hold: attributes, metrics, segments, constants."""
    variables = [_described(f"contact.{name}", property_) for name, property_ in project.plan.profile.items()]
    variables += [VariableNeed(f"metric.{name}") for name in project.metrics]
    variables += [VariableNeed(f"segment.{name}", "boolean") for name in project.segments]
    return (*variables, *map(_constant, project.constants.values()))


def languages(project: Project) -> tuple[str, ...]:
    """The project's own language and the languages of its templates."""
    translations = {_tag(template.locale) for template in project.templates if template.locale is not None}
    return tuple(dict.fromkeys([_tag(project.locale), *sorted(translations)]))


def _message(
    scenario: Scenario, sending: Sending, message: Message, project: Project, names: Mapping[str, Sources],
    variables: Variables,
) -> MessageNeed:  # fmt: skip
    key = (message.template.text, message.channel.text)
    files = [template for template in project.templates if (template.name, template.channel) == key]
    channel = project.channels.get(message.channel.text)
    lineage = Lineage(project, noting=False)
    message_values = {name.text: value for name, value in message.values}
    within = {**names, **{name: lineage.origin(value, names) for name, value in message_values.items()}}
    translated = {_tag(template.locale or project.locale) for template in files}
    all_languages = languages(project)
    state = sending.state
    return MessageNeed(
        state=state.name if state is not None else EVERY_STATE,
        purpose=message.purpose,
        channel=message.channel.text,
        template=message.template.text,
        recipient=project.recipient(message),
        about=state.description if state is not None else "",
        moments=tuple(moments(scenario, sending)),
        conditions=tuple(_conditions(sending, message, channel, project)),
        expiry=_expiry(message),
        limits=tuple(_limits(channel)),
        parts=_parts(files),
        locales=tuple(language for language in all_languages if language in translated),
        missing=tuple(language for language in all_languages if language not in translated),
        own=tuple(_own_value(name, value, within, project) for name, value in message_values.items()),
        used=tuple(_used(variable, message_values, within, project) for variable in variables.get(key, ())),
    )


def _conditions(sending: Sending, message: Message, channel: Channel | None, project: Project) -> Iterator[str]:
    first_of = [send for send in sending.send if isinstance(send, FirstOf) and message in send.messages]
    for send in first_of:
        names = [choice.channel.text for choice in send.messages]
        yield f"by the first of {', '.join(names)} that can reach the contact"
    if message.condition is not None:
        yield f"only if {' '.join(message.condition.source.split())}"
    recipient = project.recipient(message)
    if recipient != "contact":
        yield f"goes to {'a person of ours' if recipient == 'staff' else 'a system'}, not to the contact"
    elif message.purpose == "transactional":
        yield "everybody with an address, also without consent"
    elif channel is not None and channel.consent is not None:
        yield f"who has agreed: {' '.join(channel.consent.source.split())}"
    else:
        yield "everybody with an address"


def _freeing(scenario: Scenario) -> str:
    names = [state.name for state in scenario.states.values() if state.frees_key]
    return f"while this journey continues, from {' or '.join(names)} on" if names else ""


def _expiry(message: Message) -> str:
    if message.until is not None:
        return date_label(message.until)
    return f"{duration_words(message.expires)} after it was requested" if message.expires is not None else ""


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
        whole_events = [source for source in sorted(sources) if source.kind == "event" and not source.path]
        fields: dict[str, Property] = {}
        for source in whole_events:
            event = event_type(project.plan, source.owner)
            fields |= event.properties if event is not None else {}
        if fields:
            for key, property_ in fields.items():
                yield from _with_inside(f"{name}.{key}", property_)
        elif name != "trigger":
            inside = [candidate for source in sources if (candidate := _property(source, project)) is not None]
            yield from _with_inside(name, inside[0]) if len(inside) == 1 else [VariableNeed(name)]


def _with_inside(name: str, property_: Property) -> Iterator[VariableNeed]:
    """A value and its inner values: the keys of an object, or of a list's elements."""
    yield _described(name, property_)
    inside, prefix = (property_.items, f"{name}{EACH}") if property_.items is not None else (property_, name)
    for key, field in (inside.fields or {}).items():
        yield _described(f"{prefix}.{key}", field)


def _own_value(name: str, value: Value, names: Mapping[str, Sources], project: Project) -> VariableNeed:
    if isinstance(value, Literal) or isinstance(value.root, Const):
        return VariableNeed(name, "", _value_text(_literal(value)))
    return _of_sources(name, names.get(name, frozenset()), project)


def _used(
    variable: Variable, message_values: Mapping[str, Value], names: Mapping[str, Sources], project: Project
) -> VariableNeed:  # fmt: skip
    value = message_values.get(variable.path[0])
    if variable.path[0] == "const" and len(variable.path) == 2 and variable.path[1] in project.constants:
        return _constant(project.constants[variable.path[1]])
    if value is not None and (isinstance(value, Literal) or isinstance(value.root, Const)) and len(variable.path) == 1:
        return VariableNeed(variable.name, "", _value_text(_literal(value)))
    sources = _followed(variable.path, names, project)
    need = _of_sources(variable.name, sources, project)
    missing = not variable.guarded and any(_may_be_missing(source, project) for source in sources)
    return VariableNeed(need.name, need.type, need.example, missing)


def _literal(value: Value) -> Any:
    """A literal value or a constant."""
    return value.value if isinstance(value, Literal) else value.root.value if isinstance(value.root, Const) else None


def _constant(constant: Constant) -> VariableNeed:
    return VariableNeed(f"const.{constant.name}", "", constant_text(constant.value))


def _followed(path: Path, names: Mapping[str, Sources], project: Project) -> Sources:
    lineage = Lineage(project, noting=False)
    sources = lineage.name(path[0], names)
    for key in path[1:]:
        sources = lineage.elements(sources) if key == EACH else lineage.key(sources, key)
    return sources


def _of_sources(name: str, sources: Sources, project: Project) -> VariableNeed:
    """The plan's property for a value, if all its sources agree."""
    properties = [property_ for source in sorted(sources) if (property_ := _property(source, project)) is not None]
    described = [_described(name, candidate) for candidate in properties]
    return described[0] if len(set(described)) == 1 else VariableNeed(name)


def _property(source: Source, project: Project) -> Property | None:
    if not source.path:
        return None
    event = project.plan.events.get(source.owner)
    fields: Mapping[str, Property] = event.properties if event is not None else project.plan.profile
    property_ = fields.get(source.path[0])
    for key in source.path[1:]:
        if property_ is not None:
            property_ = property_.items if key == EACH else (property_.fields or {}).get(key)
    return property_


def _may_be_missing(source: Source, project: Project) -> bool:
    """Whether the plan does not promise the value; for an inner value, whether it does not promise the outer one."""
    if source.kind == "contact":
        return source.path != ("id",)
    event = project.plan.events.get(source.owner)
    return event is not None and bool(source.path) and source.path[0] not in event.required


def _described(name: str, property_: Property) -> VariableNeed:
    example = property_.example if not isinstance(property_.example, dict | list) else None
    return VariableNeed(name, property_.type or "", _value_text(example) if example is not None else "")


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_value_text, value))
    return str(value)
