"""Everything that a scenario reads, each datum with what it is used for: conditions, keys, texts, addresses, consents.

Follows values with `lineage`; decides nothing about when data must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scenario_cli.analysis.graph import entering_events
from scenario_cli.analysis.lineage import NOTHING, Datum, Lineage, Source, Sources, events_source
from scenario_cli.analysis.pressure import asks_consent
from scenario_cli.model.built_in import events_of
from scenario_cli.model.expression import Value
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Goal, Message, Scenario, State, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import AttributeTrigger, DateTrigger, EventTrigger, SegmentTrigger, Trigger
from scenario_cli.model.variables import Variables

ENTRY, KEY, GOAL, WORTH = "who enters", "which journey it concerns", "what counts as success", "the value of a success"
TEXT_OF, CONSENT_TO = "text of ", "consent to "


def readings(scenario: Scenario, project: Project, variables: Variables) -> Lineage:
    """`variables` are what the templates read."""
    entering = entering_events(scenario, project.plan)
    reading = _Reading(scenario, project, variables, Lineage(project), captures(scenario, project), entering)
    reading.triggers()
    reading.goal()
    reading.transitions(scenario.on, "in every state")
    for branch in scenario.when:
        reading.found.expression(branch.condition, reading.names, "which way on, in every state")
    for state in scenario.states.values():
        reading.state(state)
    reading.keys()
    reading.settings()
    return reading.found


def captures(scenario: Scenario, project: Project) -> dict[str, Sources]:
    """Where each captured value comes from, over all places that capture it; with `trigger` and `item`."""
    plan = project.plan
    entering = entering_events(scenario, plan)
    here = Lineage(project, noting=False)
    triggers = [event for trigger in scenario.triggers for event in events_of(trigger, plan)]
    names: dict[str, Sources] = {"trigger": events_source(triggers)}
    items = NOTHING
    for trigger in scenario.triggers:
        if trigger.each is not None:
            at_hand = {**names, "event": events_source(events_of(trigger, plan))}
            items |= here.elements(here.origin(trigger.each, at_hand))
    names |= {"item": items} if items else {}
    while True:  # captures may be made of others
        before = dict(names)
        for name, value, events in _captured(scenario, entering):
            if value is None:
                sources = frozenset(Source("collected", one) for event in events for one in plan.expand(event))
            else:
                at_hand = {**names, "event": events_source(one for event in events for one in plan.expand(event))}
                sources = here.origin(value, at_hand)
            names[name.text] = names.get(name.text, NOTHING) | sources
        if names == before:
            return names


Captured = tuple[Name, Value | None, tuple[str, ...]]


def _captured(scenario: Scenario, entering: Mapping[str, frozenset[str] | None]) -> Iterator[Captured]:
    """Each place that captures: the name, the value (None: the event is added to a list), the events at hand."""
    for state in scenario.states.values():
        for name, value in state.set:
            yield name, value, tuple(sorted(entering[state.name] or ()))
    for transition in scenario.transitions:
        for name, value in transition.set:
            yield name, value, (transition.event.text,)
        if transition.collect is not None:
            yield transition.collect, None, (transition.event.text,)


@dataclass(slots=True)
class _Reading:
    scenario: Scenario
    project: Project
    variables: Variables
    found: Lineage
    names: Mapping[str, Sources]
    entering: Mapping[str, frozenset[str] | None]

    def at(self, *events: str) -> dict[str, Sources]:
        """The names where one of these events is at hand."""
        expanded = (one for event in events for one in self.project.plan.expand(event))
        return {**self.names, "event": events_source(expanded)}

    def triggers(self) -> None:
        for trigger in self.scenario.triggers:
            self.trigger(trigger)
        plan = self.project.plan
        here = self.at(*(event for trigger in self.scenario.triggers for event in events_of(trigger, plan)))
        self.found.expression(self.scenario.audience, here, ENTRY)
        self.found.expression(self.scenario.key, here, KEY)

    def trigger(self, trigger: Trigger) -> None:
        here = self.at(*events_of(trigger, self.project.plan))
        self.found.expression(trigger.each, here, ENTRY)
        match trigger:
            case EventTrigger():
                self.found.expression(trigger.where, here, ENTRY)
            case AttributeTrigger():
                self.attribute(trigger.attribute.text, ENTRY)
                self.found.expression(trigger.where, here, ENTRY)
            case DateTrigger():
                self.found.expression(trigger.date, self.names, ENTRY)
            case SegmentTrigger():
                self.found.segment(trigger.segment.text, ENTRY)

    def attribute(self, name: str, use: str) -> None:
        if name in self.project.plan.profile:
            self.found.uses.setdefault(Datum("attribute", name), {})[use] = None

    def goal(self) -> None:
        goal = self.scenario.goal
        if goal is not None:
            here = self.at(goal.event.text)
            self.found.expression(goal.where, here, GOAL)
            self.found.expression(goal.value, here, WORTH)

    def transitions(self, transitions: tuple[Transition, ...], where: str) -> None:
        for one in transitions:
            here = self.at(one.event.text)
            self.found.expression(one.where, here, f"which way on, {where}")
            self.values(one.set, here, "")
            self.values(one.update, here, "")
            for emitted in one.emit:
                self.values(emitted.values, here, f"event {emitted.event}")

    def values(self, values: tuple[tuple[Name, Value], ...], here: Mapping[str, Sources], use: str) -> None:
        """A value that is only kept is read where what it is kept as is read; one worked out reads here."""
        for name, value in values:
            origin = self.found.origin(value, here)
            if use or not origin or any(source.kind == "table" for source in origin):
                self.found.expression(value, here, use or f"value {name}")

    def state(self, state: State) -> None:
        here = self.at(*sorted(self.entering[state.name] or ()))
        self.values(state.set, here, "")
        for name, value in state.update:
            self.found.expression(value, here, f"attribute {name}")
        for emitted in state.emit:
            self.values(emitted.values, here, f"event {emitted.event}")
        for message in state.messages:
            self.message(state, message, here)
        for branch in state.choose:
            self.found.expression(branch.condition, here, f"which way on, {state.name}")
        for branch in state.when:
            self.found.expression(branch.condition, self.names, f"which way on, {state.name}")
        for timeout in state.after:
            self.found.expression(timeout.condition, self.names, f"which way on, {state.name}")
            for part in (timeout.wait.date, timeout.wait.length, timeout.wait.at_value):
                self.found.expression(part, self.names, f"when {state.name} is over")
        self.transitions(state.on, state.name)

    def message(self, state: State, message: Message, here: Mapping[str, Sources]) -> None:
        channel = self.project.channels.get(message.channel.text)
        self.found.expression(message.condition, here, f"whether {state.name} is sent")
        if message.to is not None:
            self.found.expression(message.to, here, f"address of {message.channel}")
        elif channel is not None:
            self.found.expression(channel.address, {}, f"address of {message.channel}")
        if channel is not None and asks_consent(message, self.project):
            self.found.expression(channel.consent, {}, f"{CONSENT_TO}{message.channel}")
        with_values = {name.text: self.found.origin(value, here) for name, value in message.values}
        self.values(message.values, here, f"{TEXT_OF}{state.name}")
        names = {**self.names, **with_values}
        for variable in self.variables.get((message.template.text, message.channel.text), ()):
            self.found.variable(variable.path, names, f"{TEXT_OF}{state.name}")

    def keys(self) -> None:
        """Properties that say which journey or which message a later event is about."""
        scenario, plan = self.scenario, self.project.plan
        listeners: list[Transition | Goal] = [*scenario.transitions]
        listeners += [scenario.goal] if scenario.goal is not None else []
        for one in listeners:
            wanted = [(scenario.key_property, KEY)] if not one.any_key else []
            wanted += [("message_id", "which message it is about")] if one.of is not None else []
            for event in plan.expand(one.event.text):
                for name, use in wanted:
                    if name is not None and event in plan.events and name in plan.events[event].properties:
                        self.found.uses.setdefault(Datum("property", name, event), {})[use] = None

    def settings(self) -> None:
        """What the project itself reads of a contact whom a scenario writes to."""
        messages = [message for state in self.scenario.states.values() for message in state.messages]
        if any(
            asks_consent(message, self.project) and self.project.recipient(message) == "contact" for message in messages
        ):
            policy = self.project.policy
            for quiet in policy.quiet_hours:
                for value in (quiet.start, quiet.end):
                    self.found.expression(value, {}, "quiet hours")
            for cap in policy.caps:
                self.found.expression(cap.condition, {}, "frequency caps")
        self.attribute("timezone", "times of day")
        if any((one.name, one.channel) in {(m.template.text, m.channel.text) for m in messages} and one.locale
               for one in self.project.templates):  # fmt: skip
            self.attribute("locale", "language of the texts")
