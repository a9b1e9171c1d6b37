"""The data that a scenario reads, each datum with its uses: conditions, keys, texts, addresses, consents.

Follows values with `lineage`; decides nothing about when data must be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scenario_cli.analysis.graph import entering_events
from scenario_cli.analysis.lineage import NOTHING, Datum, Lineage, Source, Sources, events_source
from scenario_cli.analysis.pressure import asks_consent
from scenario_cli.model.built_in import events_of
from scenario_cli.model.expression import Const, calls_in
from scenario_cli.model.project import Project, TrackingPlan
from scenario_cli.model.scenario import Goal, Message, Scenario, State, Transition
from scenario_cli.model.sites import (
    Site,
    SiteKind,
    arrival_sites,
    capture_sites,
    common_sites,
    entry_sites,
    goal_sites,
    leaving_sites,
    message_sites,
    trigger_sites,
)
from scenario_cli.model.triggers import AbsenceTrigger, Trigger, watched
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import Variables

ENTRY, KEY, GOAL, WORTH = "who enters", "which journey it concerns", "what counts as success", "the value of a success"
_MESSAGE = "which message it is about"
TEXT_OF, CONSENT_TO = "text of ", "consent to "


def readings(scenario: Scenario, project: Project, variables: Variables, policy: bool = True) -> Lineage:
    """`variables` are the values that the templates read; without `policy` the readings of quiet hours and caps are
    left out.
    """
    entering = entering_events(scenario, project.plan)
    reading = _Reading(scenario, project, variables, Lineage(project), captures(scenario, project), entering)
    for trigger in scenario.triggers:
        reading.trigger(trigger)
    for site in (*entry_sites(scenario), *goal_sites(scenario.goal)):
        reading.site(site)
    reading.answering(f"{TEXT_OF}every state", scenario.on, list(common_sites(scenario)))
    for state in scenario.states.values():
        reading.state(state)
    reading.keys()
    reading.settings(policy)
    return reading.lineage


def under_policy(scenario: Scenario, project: Project) -> bool:
    """Whether quiet hours and caps decide about a message of the scenario."""
    return any(
        asks_consent(message, project) and project.recipient(message) == "contact" for message in scenario.messages
    )


def policy_readings(project: Project) -> Lineage:
    """The readings of quiet hours and caps, for any scenario."""
    lineage = Lineage(project)
    _read_policy(project, lineage)
    return lineage


def _read_policy(project: Project, lineage: Lineage) -> None:
    for quiet in project.policy.quiet_hours:
        for value in (quiet.start, quiet.end):
            lineage.expression(value, {}, "quiet hours")
    for cap in project.policy.caps:
        lineage.expression(cap.condition, {}, "frequency caps")


def captures(scenario: Scenario, project: Project) -> dict[str, Sources]:
    """The sources of each captured value, over all sites that capture it; with `trigger` and `item`."""
    plan = project.plan
    entering = entering_events(scenario, plan)
    lineage = Lineage(project, noting=False)
    triggers = [event for trigger in scenario.triggers for event in events_of(trigger, plan)]
    names: dict[str, Sources] = {"trigger": events_source(triggers)}
    items = NOTHING
    for trigger in scenario.triggers:
        if trigger.each is not None:
            at_hand = {**names, "event": events_source(events_of(trigger, plan))}
            items |= lineage.elements(lineage.origin(trigger.each, at_hand))
    names |= {"item": items} if items else {}
    while True:  # captures can use other captures
        before = dict(names)
        for site in capture_sites(scenario):
            events = _at_hand(site, scenario, plan, entering)
            if site.value is None:
                sources = frozenset(Source("collected", event) for event in events)
            else:
                sources = lineage.origin(site.value, {**names, "event": events_source(events)})
            if site.name is not None:
                names[site.name.text] = names.get(site.name.text, NOTHING) | sources
        if names == before:
            return names


def _at_hand(
    site: Site, scenario: Scenario, plan: TrackingPlan, entering: Mapping[str, frozenset[str] | None]
) -> tuple[str, ...]:
    """The events that can be available at a site."""
    if site.event is not None:
        return plan.expand(site.event.text)
    if site.at_hand == "entering" and site.state is not None:
        return tuple(sorted(entering[site.state.name] or ()))
    triggers = {"trigger": (site.trigger,), "entry": scenario.triggers}.get(site.at_hand, ())
    return tuple(event for trigger in triggers if trigger is not None for event in events_of(trigger, plan))


_USES: Mapping[SiteKind, str] = {
    "each": ENTRY, "trigger": ENTRY, "date": ENTRY, "audience": ENTRY, "key": KEY, "goal": GOAL, "worth": WORTH,
}  # fmt: skip


def _use(site: Site) -> str:
    """The use of the values that a site reads; empty for a captured value, which is read elsewhere."""
    state = site.state.name if site.state is not None else "in every state"
    match site.kind:
        case "on" | "when" | "choose" | "after":
            return f"which way on, {state}"
        case "wait":
            return f"when {state} is over"
        case "update" if site.transition is None:
            return f"attribute {site.name}"
        case "emit":
            return f"event {site.emitted}"
        case "send":
            return f"whether {state} is sent"
        case "until":
            return f"until when {state} is sent"
        case "to" if site.message is not None:
            return f"address of {site.message.channel}"
        case "with":
            return f"{TEXT_OF}{state}"
    return _USES.get(site.kind, "")


@dataclass(slots=True)
class _Reading:
    scenario: Scenario
    project: Project
    variables: Variables
    lineage: Lineage
    names: Mapping[str, Sources]
    entering: Mapping[str, frozenset[str] | None]

    def trigger(self, trigger: Trigger) -> None:
        """Records the readings of a trigger: its list of elements, its watched attribute or segment, its condition."""
        sites = list(trigger_sites(trigger))
        for site in sites:
            if site.kind == "each":
                self.site(site)
        if isinstance(trigger, AbsenceTrigger) and trigger.by is not None:
            for name in (trigger.since, trigger.absent):
                for event in self.project.plan.expand(name.text):
                    self.lineage.uses.setdefault(Datum("property", trigger.by.text, event), {})[ENTRY] = None
        for kind, name in watched(trigger):
            if kind == "attribute":
                self.attribute(name.text, ENTRY)
            elif kind == "segment":
                self.lineage.segment(name.text, ENTRY)
        for site in sites:
            if site.kind != "each":
                self.site(site)

    def site(self, site: Site) -> None:
        """Records the readings of a site. A captured value is read at the places of its name; a calculated value is
        read here.
        """
        if site.value is None:
            return
        names = self.at(site)
        use = _use(site)
        if not use:
            origin = self.lineage.origin(site.value, names)
            if origin and not any(source.kind == "table" for source in origin):
                return
        self.lineage.expression(site.value, names, use or f"value {site.name}")

    def at(self, site: Site) -> Mapping[str, Sources]:
        """The names that a site can read."""
        if site.at_hand == "nothing":
            return self.names
        return {**self.names, "event": events_source(_at_hand(site, self.scenario, self.project.plan, self.entering))}

    def attribute(self, name: str, use: str) -> None:
        if name in self.project.plan.profile:
            self.lineage.uses.setdefault(Datum("attribute", name), {})[use] = None

    def state(self, state: State) -> None:
        for site in arrival_sites(state):
            self.site(site)
        for message in state.messages:
            self.message(f"{TEXT_OF}{state.name}", message, message_sites(state, message))
        self.answering(f"{TEXT_OF}{state.name}", state.on, list(leaving_sites(state)))

    def answering(self, use: str, transitions: Iterable[Transition], sites: Sequence[Site]) -> None:
        """Records the readings of sites; for the messages of transitions also the address, the consent and the text."""
        for site in sites:
            if site.message is None:
                self.site(site)
        for message in (message for transition in transitions for message in transition.messages):
            self.message(use, message, [site for site in sites if site.message is message])

    def message(self, use: str, message: Message, sites: Iterable[Site]) -> None:
        channel = self.project.channels.get(message.channel.text)
        listed_sites = list(sites)
        values = [site for site in listed_sites if site.kind == "with"]
        for site in listed_sites:
            if site.kind != "with":
                self.site(site)
        if message.to is None and channel is not None:
            self.lineage.expression(channel.address, {}, f"address of {message.channel}")
        if channel is not None and asks_consent(message, self.project):
            self.lineage.expression(channel.consent, {}, f"{CONSENT_TO}{message.channel}")
        for site in values:
            self.site(site)
        message_values = {
            site.name.text: self.lineage.origin(site.value, self.at(site))
            for site in values
            if site.name is not None and site.value is not None
        }
        for variable in self.variables.get((message.template.text, message.channel.text), ()):
            self.lineage.variable(variable.path, {**self.names, **message_values}, use)

    def keys(self) -> None:
        """Properties that identify the journey or message of a later event."""
        scenario, plan = self.scenario, self.project.plan
        listeners: list[Transition | Goal] = [*scenario.transitions]
        listeners += [scenario.goal] if scenario.goal is not None else []
        for listener in listeners:
            key_uses = [(part.name, KEY) for part in scenario.key_properties] if not listener.any_key else []
            key_uses += [("message_id", _MESSAGE)] if listener.of is not None else []
            for event in plan.expand(listener.event.text):
                for name, use in key_uses:
                    if event in plan.events and name in plan.events[event].properties:
                        self.lineage.uses.setdefault(Datum("property", name, event), {})[use] = None
        for call in calls_in(scenario):
            event_arg = call.args[0]
            for event in (
                plan.expand(event_arg.value) if "of" in dict(call.keywords) and isinstance(event_arg, Const) else ()
            ):
                if event in plan.events and "message_id" in plan.events[event].properties:
                    self.lineage.uses.setdefault(Datum("property", "message_id", event), {})[_MESSAGE] = None

    def settings(self, policy: bool) -> None:
        """Records the readings of the project's settings for a contact who receives messages."""
        messages = self.scenario.messages
        if policy and under_policy(self.scenario, self.project):
            _read_policy(self.project, self.lineage)
        self.attribute("timezone", "times of day")
        sent = {(message.template.text, message.channel.text) for message in messages}
        if any((template.name, template.channel) in sent and template.locale for template in self.project.templates):
            self.attribute("locale", "language of the texts")
