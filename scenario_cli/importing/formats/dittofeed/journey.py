"""Journeys of Dittofeed: an entry, an exit, and nodes that name the next node."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.importing.conditions import NEXT_WEEK
from scenario_cli.importing.fields import Fields, as_number, one_of
from scenario_cli.importing.formats.dittofeed.resources import CHANNELS, LISTS, Resources, duration
from scenario_cli.importing.formats.format import Imported
from scenario_cli.importing.journey import After, End, Journey, Message, On, State, Target, Trigger
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.naming import identifier
from scenario_cli.importing.vocabulary import Vocabulary
from scenario_cli.language.yaml_node import Node

_EXIT = "ExitNode"
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_OF_JOURNEY = ("id", "workspaceId", "createdAt", "updatedAt", "draft", "status", "statusUpdatedAt", "name",
               "definition", "canRunMultiple", "resourceType", "updatedAtMs", *LISTS, "journeys")  # fmt: skip
_TITLES = {"DelayNode": "wait", "MessageNode": "message", "SegmentSplitNode": "split", "WaitForNode": "wait for",
           "RandomCohortNode": "cohorts", "ExitNode": "exit"}  # fmt: skip


def looks_like(root: Node) -> bool:
    return next(_definitions(root), None) is not None


def read(root: Node, vocabulary: Vocabulary, ledger: Ledger) -> Imported:
    resources = Resources(root, vocabulary, ledger)
    for number, each in enumerate(_listed(root), 1):
        if _definition(each) is None:
            item = ledger.item("journey", Fields(each).text("name") or f"journey {number}", each.span)
            item.lose("the export holds no definition, only a draft: publish the journey, and export it again")
    journeys = [
        _Reader(definition, around, number, resources, vocabulary, ledger).journey_()
        for number, (definition, around) in enumerate(_definitions(root), 1)
    ]
    resources.unused()
    return Imported(journeys)


def _definitions(root: Node) -> Iterator[tuple[Node, Node]]:
    """Each definition with the resource around it: of one journey, of a list of them, or bare."""
    for inner in _listed(root):
        definition = _definition(inner)
        if definition is not None:
            yield definition, inner


def _listed(root: Node) -> Iterator[Node]:
    several = root.get("journeys") if root.is_map else root if root.is_list else None
    yield from (each.get("journey") or each for each in (several.items if several is not None else (root,)))


def _definition(journey: Node) -> Node | None:
    """The definition of a journey, or the journey if it is one; None of a draft that was never published."""
    inner = journey.get("definition") or journey
    return inner if inner.is_map and {"entryNode", "exitNode"} <= inner.fields.keys() else None


class _Reader:
    def __init__(self, definition: Node, around: Node, number: int, resources: Resources, vocabulary: Vocabulary,
                 ledger: Ledger) -> None:  # fmt: skip
        self.definition, self.around = Fields(definition), Fields(around, ignored=_OF_JOURNEY)
        self.resources, self.vocabulary, self.ledger = resources, vocabulary, ledger
        title = self.around.text("name") or f"journey {number}"
        name = vocabulary.named("scenario", f"{definition.span}", "journey", title)
        self.item = ledger.item("journey", title, self.around.span, f"scenario {name}")
        self.journey = Journey(name, title, self.item)
        self.item.head = self.journey.at("")
        ledger.begin(self.item.head)
        self.nodes: dict[str, Fields] = {}
        self.key = ""
        self.event = ""

    def journey_(self) -> Journey:
        for node in self.definition.items("nodes"):
            fields = Fields(node)
            id_ = fields.required("id")
            if id_ in self.nodes:
                raise Damaged(f"two nodes have the id '{id_}'", fields.place("id"))
            self.nodes[id_] = fields
        if self.around.text("status") == "Running":
            text = "it is running in Dittofeed; the scenario is a draft"
            self.item.approximate(text, self.journey.at("status"))
        entry = self.definition.mapping("entryNode")
        exit_ = self.definition.mapping("exitNode")
        assert entry is not None and exit_ is not None
        first = self.entry(entry)
        self.ledger.item("ExitNode", "", exit_.span, "end: completed")
        if isinstance(first, End):
            self.journey.states.append(State("nothing", "nothing", next=End()))
        else:
            self.journey.first = first
        for id_, fields in self.nodes.items():
            self.node(id_, fields)
        self.around.read |= set(self.definition.node.fields) if self.definition.node is self.around.node else set()
        self.item.rest(self.around)
        self.item.rest(self.definition)
        return self.journey

    def entry(self, entry: Fields) -> Target:
        kind = one_of(entry.text("type"), ("EntryNode", "SegmentEntryNode", "EventEntryNode"), entry.place("type"),
                      "the type of the entry")  # fmt: skip
        item = self.ledger.item(kind, entry.text("event", "segment"), entry.span)
        entry.text("id")
        if kind == "EventEntryNode":
            self.event = self.resources.event(entry.required("event"))
            self.key = identifier(entry.text("key").removeprefix("$."), "key") if entry.has("key") else ""
            sample: dict[str, object] = {"event": self.event}
            if self.key:
                self.vocabulary.event(self.event, **{self.key: "string"})
                self.journey.key = f"event.{self.key}"
                sample[self.key] = "k1"
            self.journey.triggers.append(Trigger({"event": self.event}, sample))
            again = bool(self.around.flag("canRunMultiple"))
            self.journey.reentry = "always" if again else "never"
            item.became = f"trigger: {{event: {self.event}}}"
        else:
            id_ = entry.required("segment")
            name = self.resources.segment(id_, item)
            profile = self.vocabulary.member(name).profile
            trigger = Trigger({"segment": name}, profile=dict(profile) if profile else None)
            self.journey.triggers.append(trigger)
            self.journey.reentry = "always" if entry.flag("reEnter") else "never"
            item.became = f"trigger: {{segment: {name}}}"
            item.approximate(
                "contacts already in the segment at the start do not enter; 'already_in: true' lets them enter",
                trigger.remarks,
            )
        child = self.target(entry, "child")
        item.rest(entry, self.journey.at("trigger"))
        return child

    def target(self, fields: Fields, *keys: str) -> Target:
        id_ = fields.required(*keys)
        return End() if id_ == _EXIT else one_of(id_, self.nodes, fields.place(*keys), f"'{keys[0]}'")

    def node(self, id_: str, node: Fields) -> None:
        kind = node.required("type")
        name = node.text("name")
        item = self.ledger.item(kind, name or id_, node.span)
        readable = not any(character.isdigit() for character in id_)
        state = State(id_, name or (id_ if readable else _TITLES.get(kind, kind)), item=item)
        self.journey.states.append(state)
        match kind:
            case "DelayNode":
                self.delay(node, state, item)
            case "MessageNode":
                self.message(node, state, item)
            case "SegmentSplitNode":
                variant = node.mapping("variant")
                if variant is None:
                    raise Damaged("the split has no 'variant'", node.span)
                condition = self.resources.member(variant.required("segment"), self.key, item)
                state.choose = [(condition, self.target(variant, "trueChild"))]
                state.otherwise = self.target(variant, "falseChild")
                variant.text("type")
                item.rest(variant, state.remarks)
            case "WaitForNode":
                self.wait_for(node, state, item)
            case "RandomCohortNode":
                self.cohorts(node, state, item)
            case _:
                state.next = self.target(node, "child") if node.has("child") else End()
                node.read |= set(node.node.fields)
                item.lose(f"the language has no node of type '{kind}': the journey skips it", state.remarks)
        item.rest(node, state.remarks)

    def delay(self, node: Fields, state: State, item: Item) -> None:
        variant = node.mapping("variant")
        to = self.target(node, "child")
        kind = variant.text("type") if variant is not None else ""
        if variant is None:
            raise Damaged("the delay has no 'variant'", node.span)
        if kind == "Second":
            seconds = variant.number("seconds") or 0
            if seconds > 0:
                state.after = [After(duration(seconds), to)]
            else:
                state.next = to
        elif kind == "LocalTime":
            hour, minute = variant.number("hour"), variant.number("minute") or 0
            if hour is None or not 0 <= hour <= 23 or not 0 <= minute <= 59:
                raise Damaged("'hour' must be between 0 and 23", variant.place("hour"))
            days = [_weekday(day) for day in variant.items("allowedDaysOfWeek")]
            on = f" on {','.join(days)}" if days and len(set(days)) < 7 else ""
            state.after = [After(f"at {int(hour):02}:{int(minute):02}{on}", to)]
        elif kind == "UserProperty":
            path = self.resources.user_property(variant.required("userProperty"), self.event, item)
            if path.startswith("trigger.") and self.journey.triggers[0].sample is not None:
                self.journey.triggers[0].sample[path.removeprefix("trigger.")] = NEXT_WEEK
            elif path.startswith("contact."):
                self.journey.sample[path.removeprefix("contact.")] = NEXT_WEEK
            offset = variant.number("offsetSeconds") or 0
            word = "after" if variant.text("offsetDirection") == "after" else "before"
            wait = f"{duration(offset)} {word} date {path}" if offset else f"date {path}"
            state.after = [After(wait, to, End("date_past"), End("no_date"))]
            item.approximate(
                "a contact who comes after that date leaves as 'date_past'; Dittofeed continues at once", state.remarks
            )
        else:
            raise Damaged(f"a delay of type '{kind}' is unknown", variant.place("type"),
                          "it can be: 'LocalTime', 'Second', 'UserProperty'")  # fmt: skip
        item.rest(variant, state.remarks)

    def message(self, node: Fields, state: State, item: Item) -> None:
        variant = node.mapping("variant")
        if variant is None:
            raise Damaged("the message has no 'variant'", node.span)
        kind = one_of(variant.text("type"), CHANNELS, variant.place("type"), "the channel")
        channel = self.vocabulary.channel(CHANNELS[kind])
        short = self.vocabulary.named(f"template {self.journey.name}", state.id, channel, state.title)
        template = f"{self.journey.name}/{short}"
        state.message = Message(channel, template)
        self.resources.template(variant.text("templateId"), template, channel, state.title, item)
        group = node.text("subscriptionGroupId")
        if group:
            state.message.only_if = self.resources.subscription(group, item)
        to = self.target(node, "child")
        if node.flag("skipOnFailure") or state.message.only_if is not None:
            state.next = to
        else:  # a message that is not sent ends the journey
            state.on = [On("message.sent", to), On("message.dropped", End("not_sent"))]
        if state.message.only_if is not None and not node.flag("skipOnFailure"):
            state.choose, state.otherwise = [(state.message.only_if, to)], End("not_sent")
            state.next = None
        node.flag("syncProperties")
        variant.read |= {"providerOverride", "senderOverride"}
        item.rest(variant, state.remarks)

    def wait_for(self, node: Fields, state: State, item: Item) -> None:
        seconds = node.number("timeoutSeconds")
        if seconds is None or seconds <= 0:
            raise Damaged("'timeoutSeconds' must be above 0", node.place("timeoutSeconds"))
        for each in node.items("segmentChildren"):
            child = Fields(each)
            id_ = child.required("segmentId")
            to = self.target(child, "id")
            on = self.resources.on(id_, self.key)
            if on is not None:
                on.to = to
                state.on.append(on)
            else:
                state.when.append((self.resources.member(id_, self.key, item), to))
        state.after = [After(duration(seconds), self.target(node, "timeoutChild"))]

    def cohorts(self, node: Fields, state: State, item: Item) -> None:
        for each in node.items("children"):
            child = Fields(each, ignored=("name",))
            weight = child.number("percent")
            if weight:
                state.split.append((self.target(child, "id"), weight))
        if not state.split:
            raise Damaged("the cohorts have no children", node.place("children"))
        item.approximate("a contact always gets the same cohort; Dittofeed draws it at each entry", state.remarks)


def _weekday(node: Node) -> str:
    number = as_number(node.value if not isinstance(node.value, dict | tuple) else None)
    if number is None or number not in range(7):
        raise Damaged("a day of the week is a number from 0, Sunday, to 6", node.span)
    return _WEEKDAYS[int(number)]
