"""Campaigns of Mautic: a tree of actions, conditions and decisions.

Siblings run at the same time there. Here a journey is in one state, so a sibling becomes a scenario of its own that
begins at the same instant: at the root by the same trigger, below by an event that the first scenario emits.
"""

from __future__ import annotations

from scenario_cli.importing.conditions import either, literal, negated
from scenario_cli.importing.formats.format import Imported
from scenario_cli.importing.formats.mautic.export import Campaign, Event, read_export
from scenario_cli.importing.formats.mautic.parts import Parts
from scenario_cli.importing.formats.mautic.steps import Steps
from scenario_cli.importing.formats.mautic.waits import wait_before
from scenario_cli.importing.journey import After, End, Journey, On, State, Target, Trigger
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.vocabulary import Vocabulary
from scenario_cli.language.yaml_node import Node


def looks_like(root: Node) -> bool:
    node = root.items[0] if root.is_list and root.items else root
    if not node.is_map:
        return False
    campaign = node.get("campaign")
    inner = campaign if campaign is not None and campaign.is_map else node
    return "campaign_event" in node.fields or "campaigns" in node.fields or (
        campaign is not None and campaign.is_list) or ("events" in inner.fields and "name" in inner.fields)  # fmt: skip


def read(root: Node, vocabulary: Vocabulary, ledger: Ledger) -> Imported:
    export = read_export(root)
    parts = Parts(export.parts, vocabulary, ledger)
    journeys: list[Journey] = []
    for campaign in export.campaigns:
        journeys += _Reader(campaign, parts, vocabulary, ledger).journeys_()
    parts.unused()
    return Imported(journeys)


class _Reader:
    """Reads one campaign. `journeys` grow when the reader finds branches that run in parallel."""

    def __init__(self, campaign: Campaign, parts: Parts, vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.campaign, self.parts, self.vocabulary, self.ledger = campaign, parts, vocabulary, ledger
        self.by_id = {event.id: event for event in campaign.events}
        self.name = vocabulary.named("scenario", f"{campaign.fields.span}", "campaign", campaign.title)
        self.item = ledger.item("campaign", campaign.title, campaign.fields.span, f"scenario {self.name}")
        self.items: dict[str, Item] = {}
        self.journeys: list[Journey] = []

    def journeys_(self) -> list[Journey]:
        if not self.campaign.events:
            raise Damaged(f"the campaign '{self.campaign.title}' has no events", self.campaign.fields.span)
        if len(self.by_id) < len(self.campaign.events):
            raise Damaged(f"two events of '{self.campaign.title}' have the same id", self.campaign.fields.span)
        first = Journey(self.name, self.campaign.title, self.item, self.campaign.fields.text("description"))
        self.item.head = first.at("")
        self.ledger.begin(first.at(""))
        self.settings(first)
        for event in self.campaign.events:
            if event.parent and event.parent not in self.by_id:
                raise Damaged(f"the event '{event.name}' follows '{event.parent}', which is not there", event.span)
            self.items[event.id] = self.ledger.item(event.type, event.name, event.span)
        roots = self.after("", "")
        if not roots:
            raise Damaged("every event follows another one: there is no first", self.campaign.fields.span)
        self.journeys.append(first)
        self.branch(first, roots[0])
        for root in roots[1:]:
            other = self.beside(first)
            other.triggers = first.triggers
            other.audience, other.when = first.audience, first.when
            self.branch(other, root)
            self.items[root.id].approximate(
                f"Mautic runs this branch in parallel, so it is a scenario of its own: {other.name}", other.at("")
            )
        for event in self.campaign.events:
            self.items[event.id].rest(event.fields)
        self.item.rest(self.campaign.fields)
        return self.journeys

    def settings(self, journey: Journey) -> None:
        fields = self.campaign.fields
        if fields.flag("is_published", "isPublished"):
            text = "it is published in Mautic; the scenario is a draft"
            self.item.approximate(text, journey.at("status"))
        restart = fields.flag("allow_restart", "allowRestart")
        journey.reentry = "always" if restart else "never"
        days = {ours: fields.moment(*theirs)[:10] for ours, theirs in
                (("from", ("publish_up", "publishUp")), ("until", ("publish_down", "publishDown")))}  # fmt: skip
        journey.active = {key: day for key, day in days.items() if day}
        members = []
        for id_ in self.campaign.lists:
            name = self.parts.segment(id_)
            member = self.vocabulary.member(name)
            members.append(member)
            trigger = Trigger({"segment": name}, profile=dict(member.profile) if member.profile else None)
            journey.triggers.append(trigger)
            self.item.approximate("contacts already in the segment at the start do not enter; in Mautic they do",
                                  trigger.remarks)  # fmt: skip
        for id_ in self.campaign.forms:
            event = self.vocabulary.event("form_submitted", form_id="string")
            keys = {"event": event, "where": f"event.form_id == {literal(id_)}"}
            journey.triggers.append(Trigger(keys, {"event": event, "form_id": id_}))
            item = self.parts.items.get(("forms", id_))
            if item is not None:
                item.became = f"trigger: {{event: {event}}}"
                item.approximate("the form's fields are left out: the event says only that the form was sent")
        if members and not self.campaign.forms:
            journey.when.append((negated(either(members), {}), End("left_segment")))
        if not journey.triggers:
            event = self.vocabulary.event(f"{journey.name}_started")
            journey.triggers.append(Trigger({"event": event}, {"event": event}))
            self.item.decide("the export does not say how contacts enter: feed this event",
                             self.vocabulary.about(event))  # fmt: skip

    def after(self, parent: str, path: str) -> list[Event]:
        """The events after an event, in their order; after a condition or decision, those on one path."""
        events = [
            event for event in self.campaign.events if event.parent == parent and (not path or event.path == path)
        ]
        return sorted(events, key=lambda event: event.order)

    def beside(self, first: Journey) -> Journey:
        """Another scenario of the same campaign."""
        name = self.vocabulary.named("scenario", f"{self.campaign.fields.span} {len(self.journeys)}", "campaign",
                                     f"{first.name} {len(self.journeys) + 1}")  # fmt: skip
        journey = Journey(name, f"{first.title} ({len(self.journeys) + 1})", self.item, reentry=first.reentry)
        self.journeys.append(journey)
        return journey

    def branch(self, journey: Journey, root: Event) -> None:
        """All states from an event on."""
        start = self.entering(journey, root)
        journey.first = start
        waiting = [root]
        seen: set[str] = set()
        while waiting:
            event = waiting.pop(0)
            if event.id in seen:
                raise Damaged(f"the event '{event.name}' follows itself", event.span)
            seen.add(event.id)
            waiting += self.step(journey, event)

    def entering(self, journey: Journey, event: Event) -> str:
        """The state in which an event begins: a wait of its own, if it has one."""
        wait = wait_before(event, self.items[event.id]) if event.kind != "decision" else None
        if wait is None:
            return event.id
        state = State(f"{event.id}:wait", f"before {event.name}", item=None)
        state.after = [wait]
        wait.to = event.id
        journey.states.append(state)
        return state.id

    def step(self, journey: Journey, event: Event) -> list[Event]:
        """The event's state; returns the events that follow it in the same journey."""
        item = self.items[event.id]
        state = State(event.id, event.name, item=item)
        journey.states.append(state)
        steps = Steps(self.name, self.parts, self.vocabulary)
        if event.kind == "decision":
            return self.decision(journey, event, state, item, steps)
        if event.kind == "condition":
            condition = steps.condition(event, item)
            yes, no = self.after(event.id, "yes"), self.after(event.id, "no")
            item.rest(event.unread(), state.remarks)
            state.choose = [(condition, self.follow(journey, yes))]
            state.otherwise = self.follow(journey, no)
            return yes[:1] + no[:1]
        jump = steps.action(event, state, item)
        item.rest(event.unread(), state.remarks)
        if jump is not None:
            if jump not in self.by_id:
                raise Damaged(f"the event '{event.name}' jumps to '{jump}', which is not there", event.span)
            state.next = jump
            if not any(other.id == jump for other in self.campaign.events if self.is_above(other, event)):
                item.approximate("the jump goes to the other event itself, without the wait before it", state.remarks)
            return []
        following = self.after(event.id, "")
        if isinstance(state.next, End):
            return []
        if len(following) == 1 and following[0].kind != "decision":
            wait = wait_before(following[0], self.items[following[0].id])
            if wait is not None:
                wait.to = following[0].id
                state.after = [wait]
                return following
        state.next = self.follow(journey, following)
        return following[:1]

    def is_above(self, other: Event, event: Event) -> bool:
        """Whether an event leads to another."""
        ancestor: Event | None = event
        while ancestor is not None:
            if ancestor.id == other.id:
                return True
            ancestor = self.by_id.get(ancestor.parent)
        return False

    def follow(self, journey: Journey, events: list[Event]) -> Target:
        """The start of the first event; the others become scenarios that an emitted event starts."""
        if not events:
            return End()
        for event in events[1:]:
            other = self.beside(self.journeys[0])
            name = self.vocabulary.event(f"{other.name}_begins")
            other.triggers = [Trigger({"event": name}, {"event": name})]
            self.branch(other, event)
            gate = State(f"{event.id}:gate", f"begin {event.name}", emit=[name])
            journey.states.append(gate)
            self.items[event.id].approximate(
                f"Mautic runs this branch in parallel, so it is a scenario of its own: {other.name}", other.at("")
            )
        gates = [f"{event.id}:gate" for event in events[1:]]
        start = self.entering(journey, events[0])
        for gate_id, to in zip(gates, [*gates[1:], start], strict=False):
            for state in journey.states:
                if state.id == gate_id:
                    state.next = to
        return gates[0] if gates else start

    def decision(self, journey: Journey, event: Event, state: State, item: Item, steps: Steps) -> list[Event]:
        """The contact's action leads along `yes`; `no` begins when its wait is over without the action."""
        yes, no = self.after(event.id, "yes"), self.after(event.id, "no")
        on = steps.decision(event, item, state)
        mail = self.mail_above(journey, event)
        if steps.is_about_mail(event):
            if mail is None:
                item.decide("no e-mail is sent before it in this scenario: add 'of'", state.remarks)
            on.of = mail or ""
        item.rest(event.unread(), state.remarks)
        on.to = self.follow(journey, yes)
        state.on = [On(on.event, on.to, on.where, on.of)]
        if no:
            wait = wait_before(no[0], self.items[no[0].id]) if len(no) == 1 else None
            if wait is None:
                wait = After("1min", self.follow(journey, no))
                text = "Mautic continues at once if nothing was done; the scenario waits a minute"
                self.items[no[0].id].approximate(text, state.remarks)
            state.after = [wait]
        return yes[:1] + no[:1]

    def mail_above(self, journey: Journey, event: Event) -> str | None:
        """The nearest state above that sends a mail."""
        ancestor = self.by_id.get(event.parent)
        while ancestor is not None:
            above = journey.state(ancestor.id)
            if above is not None and above.message is not None and above.message.channel == "email":
                return ancestor.id
            ancestor = self.by_id.get(ancestor.parent)
        return None
