"""The contacts that a change between two projects can reach, judged by their history on the old side.

A contact who met nothing that changed gets the same from both sides, so a comparison replays that contact once. Decides
by definitions alone; replays nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from scenario_cli.model.canonical import canonical
from scenario_cli.model.expression import Attr, Call, Const, Item, expressions_in, path_of, walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario, State
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    EventTrigger,
    SegmentTrigger,
    Trigger,
    trigger_events,
)
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS
from scenario_cli.model.waits import DAY, Wait

# Fields of a scenario that a trigger reads when it fires: who enters, and next to which journeys.
_ENTRY = frozenset({
    "audience", "key", "while_running", "reentry", "priority", "holdout", "active", "max_running", "exclusive",
    "group_limit", "group_wait",
})  # fmt: skip
_TRIGGERS = frozenset({"triggers", "on_project_clock"})
_IDLE = frozenset({"name", "phase", "status", "version", "states"})

_SHORTEST_MONTH = 28  # days
# Periods of a calendar with a day more, in case a clock is set back or a place crosses the date line.
_LONGEST: Mapping[str | int, int] = {"day": 2 * DAY, "week": 8 * DAY, "month": 32 * DAY}

# Settings of the project that any contact can depend on, with the words for them.
_EVERYWHERE = {"name": "the project's name", "salt": "the salt", "timezone": "the time zone", "clock": "the clock"}


@dataclass(frozen=True, slots=True)
class Touching:
    """The events and records that a contact must have on the old side for the new side to differ.

    - `everybody`: why nobody can be left out; empty if some can.
    - `events`: in the contact's log, since they can let a contact enter a scenario on the new side;
    - `tried`: scenarios that let the contact in or refused it;
    - `entered`: scenarios that let the contact in;
    - `states`: of scenarios, that a journey stayed in for at least so long, in microseconds; 0: that it entered;
    - `messages`: any message that left, was held or was dropped;
    - `caps`: so many messages within so many microseconds, after which a changed cap can hold back the next.

    `texts` are the templates, each with its channel, whose text or values changed. A text that differs because its
    message leaves at another time does not count.
    """

    everybody: tuple[str, ...] = ()
    events: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    entered: frozenset[str] = frozenset()
    states: Mapping[tuple[str, str], int] = field(default_factory=dict)
    messages: bool = False
    caps: tuple[tuple[int, int], ...] = ()
    texts: frozenset[tuple[str, str]] = frozenset()

    @property
    def anybody(self) -> bool:
        """Whether the change can reach a contact by more than the texts of messages."""
        by_journeys = self.events or self.tried or self.entered or self.states
        return bool(self.everybody or by_journeys or self.messages or self.caps)


def touching(before: Project, after: Project, tables: frozenset[str] = frozenset()) -> Touching:
    """Compares the definitions of two projects; `tables` are those whose rows differ."""
    sides = _Meanings(before, dict.fromkeys(tables, "before")), _Meanings(after, dict.fromkeys(tables, "after"))
    everybody = [*_everywhere(before, after)]
    events: set[str] = set()
    tried: set[str] = set()
    entered: set[str] = set()
    states: dict[tuple[str, str], int] = {}
    for name in dict.fromkeys((*before.scenarios, *after.scenarios)):
        old, new = (_running(project, name) for project in (before, after))
        if old is not None:
            fields, changed = _changed(old, new, *sides)
            if new is None or fields & (_TRIGGERS | _ENTRY):
                tried.add(name)
            if fields - _TRIGGERS - _ENTRY:
                entered.add(name)
            states |= {(name, state): stay for state, stay in changed.items()}
        if new is not None and (old is None or fields & _TRIGGERS):
            for trigger in new.triggers:
                arrivals = _arrivals(trigger, after)
                if arrivals is None:
                    everybody.append(f"a trigger of '{name}' that is not fired by an event of the log")
                else:
                    events |= arrivals
    return Touching(
        tuple(dict.fromkeys(everybody)),
        frozenset(events),
        frozenset(tried),
        frozenset(entered),
        states,
        _delivery(*sides),
        _caps(*sides),
        changed_texts(before, after) | _with_other_values(*sides),
    )


def changed_texts(before: Project, after: Project) -> frozenset[tuple[str, str]]:
    """The templates of the new side, each with its channel, whose texts can differ from the old side."""
    every = {(template.name, template.channel) for template in after.templates}
    if not is_of_its_own(before, after):
        return frozenset(every)
    old, new = (_by_message(project) for project in (before, after))
    return frozenset(message for message in every if old.get(message) != new[message])


def is_of_its_own(before: Project, after: Project) -> bool:
    """Whether texts can differ only by their own templates and values: all else that they can read is the same."""
    return _of_texts(before) == _of_texts(after)


def _of_texts(project: Project) -> dict[str, Any]:
    """All that texts can read in addition to their own templates: settings, constants, and included files."""
    own = {template.path for template in project.templates}
    return {
        "settings": (project.locale, project.currency, project.title, project.timezone, canonical(project.links)),
        "constants": canonical(project.constants),
        "included": {path: text for path, text in project.texts.items() if path not in own},
    }


def _by_message(project: Project) -> dict[tuple[str, str], list[Any]]:
    texts: dict[tuple[str, str], list[Any]] = {}
    for template in sorted(project.templates, key=lambda template: template.path):
        texts.setdefault((template.name, template.channel), []).append(
            (canonical(template), project.texts.get(template.path))
        )
    return texts


def _running(project: Project, name: str) -> Scenario | None:
    scenario = project.scenarios.get(name)
    return scenario if scenario is not None and scenario.runs else None


def _everywhere(before: Project, after: Project) -> Iterator[str]:
    for setting, words in _EVERYWHERE.items():
        if getattr(before, setting) != getattr(after, setting):
            yield f"{words} changed"
    yield from plan_conflicts(before, after)
    if before.plan.groups != after.plan.groups:
        yield "a group of events changed"
    for name in {*before.plan.events} ^ {*after.plan.events}:
        event = before.plan.events.get(name) or after.plan.events[name]
        if event.profile or event.broadcast:
            yield f"'{name}' changes profiles or reaches everybody"
    for attribute in ("timezone", "locale"):
        if (attribute in before.plan.profile) != (attribute in after.plan.profile):
            yield f"the attribute '{attribute}' was added or removed"


def plan_conflicts(before: Project, after: Project) -> Iterator[str]:
    """The events and attributes that both tracking plans have and declare differently, as sentences' beginnings."""
    old, new = before.plan, after.plan
    for name in old.events.keys() & new.events.keys():
        before_event, after_event = old.events[name], new.events[name]
        if (before_event.profile, before_event.broadcast) != (after_event.profile, after_event.broadcast):
            yield f"the kind of event '{name}' changed"
        for property_ in sorted(before_event.properties.keys() & after_event.properties.keys()):
            if before_event.properties[property_].type != after_event.properties[property_].type:
                yield f"the type of '{name}.{property_}' changed"
    for name in sorted(old.profile.keys() & new.profile.keys()):
        if old.profile[name].type != new.profile[name].type:
            yield f"the type of the attribute '{name}' changed"


def _with_other_values(old: _Meanings, new: _Meanings) -> frozenset[tuple[str, str]]:
    """The templates of scenarios that hand their messages other values, or other templates."""
    pairs = [
        (_running(old.project, name), scenario) for name, scenario in new.project.scenarios.items() if scenario.runs
    ]
    updates = [
        [canonical(act.update) for scenario in side.project.scenarios.values() for act in scenario.acts if act.update]
        for side in (old, new)
    ]
    is_renamed = any(_running(new.project, name) is None for name in old.project.scenarios)  # and has another name now
    other = [
        scenario
        for before, scenario in pairs
        if updates[0] != updates[1] or (is_renamed if before is None else old.values(before) != new.values(scenario))
    ]
    return frozenset(
        (message.template.text, message.channel.text) for scenario in other for message in scenario.messages
    )


def _changed(
    old: Scenario, new: Scenario | None, old_side: _Meanings, new_side: _Meanings
) -> tuple[set[str], dict[str, int]]:
    """The fields that differ, and the states of the old side that differ or are gone, each with the stay in it from
    which on the difference shows."""
    if new is None:
        return set(), {}
    old_fields, new_fields = old_side.fields(old), new_side.fields(new)
    fields = {name for name in old_fields.keys() | new_fields.keys() if old_fields.get(name) != new_fields.get(name)}
    states = {
        name: _stay(state, new.states[name], old_side, new_side) if name in new.states else 0
        for name, state in old.states.items()
        if name not in new.states or old_side.state(state) != new_side.state(new.states[name])
    }
    return fields, states


def _stay(old: State, new: State, old_side: _Meanings, new_side: _Meanings) -> int:
    """The shortest of the waits that differ, if nothing else does; else 0."""
    if old_side.state(replace(old, after=())) != new_side.state(replace(new, after=())):
        return 0
    old_waits, new_waits = ([(_shortest(timeout.wait), side.of(timeout)) for timeout in state.after]
                            for state, side in ((old, old_side), (new, new_side)))  # fmt: skip
    return min((length for length, _ in [wait for wait in old_waits if wait not in new_waits]
                + [wait for wait in new_waits if wait not in old_waits]), default=0)  # fmt: skip


def _shortest(wait: Wait) -> int:
    """The least length of a wait under any clock and its changes, in microseconds."""
    duration = wait.duration
    if duration is None or wait.from_data:
        return 0
    # A day of the calendar that a place leaves out, because it crosses the date line, makes the wait shorter by a day;
    # a time of day is met on the last of its days.
    less = (DAY if duration.calendar else 0) + (DAY if wait.at is not None else 0)
    return max((duration.months * _SHORTEST_MONTH + duration.days) * DAY + duration.microseconds - less, 0)


def _arrivals(trigger: Trigger, project: Project) -> set[str] | None:
    """The events of a log that can fire a trigger, or arm it; None if something else does."""
    if not isinstance(trigger, EventTrigger | AbsenceTrigger):
        return None
    names = {event for name in trigger_events(trigger) for event in project.plan.expand(name.text)}
    emitted_names = {emitted.event.text for scenario in project.scenarios.values() for act in scenario.acts
            for emitted in act.emit}  # fmt: skip
    broadcast = {name for name, event in project.plan.events.items() if event.broadcast}
    return None if names & ({*BUILT_IN_EVENTS} | emitted_names | broadcast) else names


def _delivery(old: _Meanings, new: _Meanings) -> bool:
    """Whether the rules that every message goes through differ, caps left out."""
    before, after = (side.of(replace(side.project.policy, caps=())) for side in (old, new))
    return (before, old.channels()) != (after, new.channels())


def _caps(old: _Meanings, new: _Meanings) -> tuple[tuple[int, int], ...]:
    """The caps that one side alone has: their messages, and the longest that their period can be."""
    before, after = ([(side.of(cap), cap) for cap in side.project.policy.caps] for side in (old, new))
    differing = [cap for meaning, cap in before if all(meaning != other for other, _ in after)]
    differing += [cap for meaning, cap in after if all(meaning != other for other, _ in before)]
    if len(before) != len(after) and not differing:
        differing = [cap for _, cap in (*before, *after)]  # the list has one of them twice
    return tuple((cap.most, _LONGEST.get(cap.period) or int(cap.period)) for cap in differing)


class _Meanings:
    """The meaning of parts of a project, with that of the metrics, segments and tables that they read."""

    def __init__(self, project: Project, rows: Mapping[str, str]) -> None:
        self.project = project
        self.rows = rows  # replaces the rows of a table, if they differ between the sides
        self.every_word = frozenset(_WORD.findall("\n".join(project.texts.values())))
        self.words: dict[tuple[str, str], frozenset[str]] = {}
        for template in project.templates:
            texts = [*(text.text for text in template.head), project.texts.get(template.path, "")]
            words = frozenset(word for text in texts for word in _WORD.findall(text))
            words |= self.every_word if words & _INCLUDING else frozenset()
            message = template.name, template.channel
            self.words[message] = self.words.get(message, frozenset()) | words

    def of(self, part: object) -> tuple[Any, Any]:
        """The meaning of a value of the model."""
        return canonical(part), self._read(self._named(part))

    def fields(self, scenario: Scenario) -> dict[str, Any]:
        """The meaning of each of a scenario's fields except its states; of the states only which comes first."""
        meanings = {name: (meaning, self._read(self._named(getattr(scenario, name, None))))
                    for name, meaning in canonical(scenario).items() if name not in _IDLE}  # fmt: skip
        texts = self._texts(message for sending in scenario.common_sendings for message in sending.messages)
        return {**meanings, "texts": texts}

    def state(self, state: State) -> Any:
        """The meaning of a state, and of the values that its messages' templates read."""
        messages = (message for sending in state.sendings for message in sending.messages)
        return self.of(state), self._texts(messages)

    def values(self, scenario: Scenario) -> Any:
        """The meaning of all that a scenario hands to its messages' templates."""
        parts = (
            scenario.captures,
            tuple(transition.collect for transition in scenario.transitions),
            tuple(trigger.each for trigger in scenario.triggers),
            tuple((message.channel, message.template, message.values) for message in scenario.messages),
        )
        return canonical(parts), self._texts(scenario.messages)

    def channels(self) -> dict[str, list[Any]]:
        """The part of the channels' meaning that decides about messages."""
        return {
            name: [self.of(part) for part in (channel.address, channel.consent)] + [channel.recipient]
            for name, channel in self.project.channels.items()
        }

    def _texts(self, messages: Iterable[Any]) -> Any:
        """The meaning of the metrics, segments and tables that templates name."""
        words = {word for message in messages
                 for word in self.words.get((message.template.text, message.channel.text), ())}  # fmt: skip
        project = self.project
        return self._read(
            (kind, name)
            for kind, names in (("metric", project.metrics), ("segment", project.segments), ("table", project.tables))
            for name in sorted(names)
            if name in words
        )

    def _named(self, part: object) -> Iterator[tuple[str, str]]:
        if isinstance(part, tuple):
            for trigger in part:
                if isinstance(trigger, SegmentTrigger):
                    yield "segment", trigger.segment.text
        if part is None:
            return
        for expression in expressions_in(part):
            for node in walk(expression.root):
                if isinstance(node, Call) and node.name == "lookup" and isinstance(node.args[0], Const):
                    yield "table", str(node.args[0].value)
                path = path_of(node) if isinstance(node, Attr | Item) else None
                if path is not None and len(path) >= 2 and path[0] in ("metric", "segment"):
                    yield path[0], path[1]

    def _read(self, names: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """The meaning of metrics, segments and tables, and of all that they depend on, by their names."""
        meanings: dict[str, Any] = {}
        waiting = [*names]
        while waiting:
            kind, name = waiting.pop()
            if f"{kind} {name}" in meanings:
                continue
            project = self.project
            definition: Any = {
                "metric": project.metrics, "segment": project.segments, "table": project.tables,
            }[kind].get(name)  # fmt: skip
            meaning = None if definition is None else canonical(definition)
            meanings[f"{kind} {name}"] = (meaning, self.rows.get(name)) if kind == "table" else meaning
            waiting += [] if definition is None else self._named(definition)
        return meanings


_WORD = re.compile(r"[A-Za-z_]\w*")
_INCLUDING = frozenset({"include", "import", "extends", "from"})
