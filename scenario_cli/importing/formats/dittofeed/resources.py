"""The things that a journey of Dittofeed names by id: segments, user properties, templates, subscription groups.

An export of the journey alone has none of them: each then becomes a task for a person.
"""

from __future__ import annotations

import re

from scenario_cli.importing.conditions import BEFORE, Condition, both, compared, either, missing, present
from scenario_cli.importing.fields import Fields
from scenario_cli.importing.journey import End, On
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.naming import identifier
from scenario_cli.importing.texts import plain, translated, with_default
from scenario_cli.importing.vocabulary import FILL_IN, Text, Vocabulary
from scenario_cli.language.yaml_node import Node

# The lists of an export, by their content.
LISTS = {"segments": "segment", "userProperties": "user property", "messageTemplates": "template",
         "templates": "template", "subscriptionGroups": "subscription group"}  # fmt: skip
CHANNELS = {"Email": "email", "Sms": "sms", "MobilePush": "push", "Webhook": "webhook"}

_VARIABLE = re.compile(r"user\.(?P<name>\w+)(?:\s*\|\s*default:\s*['\"](?P<default>[^'\"]*)['\"])?")
_SIGNS = {"Equals": "==", "NotEquals": "!=", "GreaterThanOrEqual": ">=", "LessThan": "<"}
_TIMES = {"=": "==", ">=": ">=", "<": "<"}
_OF_RESOURCE = ("id", "workspaceId", "createdAt", "updatedAt", "definitionUpdatedAt", "resourceType", "status",
                "subscriptionGroupId", "lastRecomputed", "exampleValue", "type", "draft")  # fmt: skip


def duration(seconds: float) -> str:
    """Elapsed time in the largest unit that fits: 86400 is `24h`, which a clock change does not move."""
    whole = int(seconds)
    for unit, size in (("h", 3600), ("min", 60)):
        if whole % size == 0 and whole:
            return f"{whole // size}{unit}"
    return f"{whole}s"


class Resources:
    """The resources of one file."""

    def __init__(self, root: Node, vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.vocabulary, self.ledger = vocabulary, ledger
        self.resources: dict[tuple[str, str], Fields] = {}
        self.items: dict[tuple[str, str], Item] = {}
        for list_, kind in LISTS.items():
            for node in (root.get(list_) or Node(root.span, ())).items if root.is_map else ():
                fields = Fields(node, ignored=_OF_RESOURCE)
                key = (kind, fields.required("id"))
                self.resources[key] = fields
                self.items[key] = ledger.item(kind, fields.text("name") or key[1], fields.span)

    def unused(self) -> None:
        for (kind, _), item in self.items.items():
            if not item.became and not item.notes:
                item.lose(f"no journey of the file uses this {kind}")

    def segment(self, id_: str, by: Item) -> str:
        """Our segment of that id."""
        key = ("segment", id_)
        fields = self.resources.get(key)
        is_known = key in self.vocabulary.names
        title = fields.text("name") if fields is not None else f"segment {id_}"
        name = self.vocabulary.named("segment", id_, "segment", title)
        item = self.items.get(key, by)
        if is_known:
            if item is not by and not item.became and fields is not None:
                self.again(fields, item, name)
            return name
        if item is not by:
            item.became = f"segment {name}"
        condition = self.definition(fields) if fields is not None else None
        if condition is None:
            self.vocabulary.stand_in(name)
            why = (
                "the language cannot express a part of it"
                if fields is not None
                else "the export does not hold the definition"
            )
            item.decide(f"{why}: {FILL_IN}", self.vocabulary.segments[name].remarks)
        else:
            self.vocabulary.segment(name, condition)
        if fields is not None:
            fields.read |= {"name", "definition"}
            item.rest(fields, self.vocabulary.segments[name].remarks)
        return name

    def again(self, fields: Fields, item: Item, name: str) -> None:
        """A segment that an earlier file brought along too: its definition there counts."""
        item.became = f"segment {name}"
        condition = self.definition(fields)
        segment = self.vocabulary.segments[name]
        if condition is not None and condition.text != segment.condition.text:
            item.decide("an earlier file defines this segment differently: check its condition", segment.remarks)

    def definition(self, fields: Fields) -> Condition | None:
        definition = fields.mapping("definition")
        entry = definition.mapping("entryNode") if definition is not None else None
        if definition is None or entry is None:
            return None
        nodes = {node.text("id"): node for node in map(Fields, definition.items("nodes"))}
        return self.node(entry, nodes, 0)

    def node(self, node: Fields, nodes: dict[str, Fields], depth: int) -> Condition | None:
        kind = node.text("type")
        if kind in ("And", "Or"):
            children = [nodes.get(child.text) for child in node.items("children")]
            parts = [self.node(child, nodes, depth + 1) if child is not None and depth < 20 else None
                     for child in children]  # fmt: skip
            conditions = [part for part in parts if part is not None]
            if not parts or len(conditions) < len(parts):
                return None
            return both(conditions) if kind == "And" else either(conditions)
        if kind == "Everyone":
            return Condition("true", {})
        if kind == "Trait":
            name = self.vocabulary.own(node.text("path").removeprefix("$."))
            self.vocabulary.attribute(name)
            return self.compared(f"contact.{name}", node.mapping("operator"), name)
        return self.performed(node) if kind == "Performed" else None

    def compared(self, path: str, operator: Fields | None, name: str, event: str = "") -> Condition | None:
        if operator is None:
            return None
        kind, value = operator.text("type"), operator.get("value")
        if kind in ("Exists", "NotExists"):
            return present(path) if kind == "Exists" else missing(path)
        if kind == "Within" and not event:
            seconds = operator.number("windowSeconds") or 0
            self.vocabulary.attribute(name, "datetime")
            if self.vocabulary.attributes[name] != "datetime":
                return None
            days = f"{seconds / 86400:.6g}"
            return Condition(f"days_since({path}) >= 0 and days_since({path}) <= {days}", {name: BEFORE}, 1)
        if kind not in _SIGNS or value is None or value.is_map or value.is_list:
            return None
        if not self.vocabulary.compares(event, name, value.value):
            return None
        return compared(path, _SIGNS[kind], value.value)

    def performed(self, node: Fields, key: str = "") -> Condition | None:
        """A condition on the number of times an event happened; with a `key`, since this journey began and for its key
        alone.
        """
        event = self.event(node.text("event"))
        wheres = self.wheres(node, event, "past")
        if wheres is None:
            return None
        arguments = [f"'{event}'"]
        seconds = node.number("withinSeconds")
        if key:
            wheres = [Condition(f"past.{key} == journey.key"), *wheres]
            arguments.append("since=journey.entered_at")
        elif seconds:
            arguments.append(f"within='{duration(seconds)}'")
        if wheres:
            arguments.append(f"where={both(wheres).text}")
        call = ", ".join(arguments)
        sign = _TIMES.get(node.text("timesOperator") or ">=")
        times = node.number("times")
        times = 1 if times is None else times
        did = {key_.removeprefix("event:"): value for where in wheres for key_, value in (where.profile or {}).items()}
        if (sign, times) == (">=", 1):
            return Condition(f"happened({call})", None if key else {f"did:{event}": did})
        if (sign, times) in (("<", 1), ("==", 0)):
            return Condition(f"not happened({call})", {})
        return None if sign is None else Condition(f"count({call}) {sign} {times}")

    def wheres(self, node: Fields, event: str, subject: str) -> list[Condition] | None:
        conditions = []
        for each in node.items("properties"):
            fields = Fields(each)
            name = identifier(fields.text("path").removeprefix("$."), "property")
            self.vocabulary.event(event, **{name: ""})
            condition = self.compared(f"{subject}.{name}", fields.mapping("operator"), name, event)
            if condition is None:
                return None
            conditions.append(condition)
        return conditions

    def event(self, name: str) -> str:
        return self.vocabulary.event(self.vocabulary.named("event", name, "event"))

    def member(self, id_: str, key: str, by: Item) -> Condition:
        """The condition that a contact is in a segment. One by key is about this journey's events alone."""
        keyed = self.keyed(id_, key)
        if keyed is not None:
            condition = self.performed(keyed, key)
            if condition is not None:
                self.note_keyed(id_, "a condition on the events of this journey's key")
                return condition
        return self.vocabulary.member(self.segment(id_, by))

    def keyed(self, id_: str, key: str) -> Fields | None:
        """The one node of a segment that is about an event of a key, if that is the journey's."""
        fields = self.resources.get(("segment", id_))
        definition = fields.mapping("definition") if fields is not None else None
        entry = definition.mapping("entryNode") if definition is not None else None
        if entry is None or entry.text("type") != "KeyedPerformed" or not key:
            return None
        return entry if identifier(entry.text("key"), "key") == key else None

    def note_keyed(self, id_: str, became: str) -> None:
        item = self.items[("segment", id_)]
        item.became = became
        item.approximate("events before the journey's start do not count")

    def on(self, id_: str, key: str) -> On | None:
        """The event that lets into a segment by key, as a transition; None if the segment is of another kind."""
        keyed = self.keyed(id_, key)
        if keyed is None or (keyed.number("times") or 1) != 1:
            return None
        event = self.event(keyed.text("event"))
        self.vocabulary.event(event, **{key: "string"})
        wheres = self.wheres(keyed, event, "event")
        if wheres is None:
            return None
        self.note_keyed(id_, f"on: {event}")
        return On(event, End(), both(wheres) if wheres else None)

    def user_property(self, id_: str, entry_event: str, by: Item) -> str:
        """The expression that reads a user property."""
        fields = self.resources.get(("user property", id_))
        item = self.items.get(("user property", id_), by)
        definition = fields.mapping("definition") if fields is not None else None
        kind = definition.text("type") if definition is not None else ""
        if fields is None or definition is None:
            name = self.vocabulary.named("attribute", id_, "date", f"date {id_}")
            by.decide(f"the export does not define the user property '{id_}': name the attribute")
            return self.vocabulary.attribute(name, "datetime")
        fields.read |= {"name", "definition"}
        path = self.vocabulary.own(definition.text("path").removeprefix("$."))
        if kind in ("Performed", "KeyedPerformed") and self.event(definition.text("event")) == entry_event:
            self.vocabulary.event(entry_event, **{path: "datetime"})
            item.became = f"trigger.{path}"
            item.approximate("it is read from the trigger's event; in Dittofeed, from the last event that matches")
            return f"trigger.{path}"
        item.became = f"attribute {path}"
        if kind != "Trait":
            item.decide("Dittofeed computes it from events: feed the attribute")
        return self.vocabulary.attribute(path, "datetime")

    def template(self, id_: str, template: str, channel: str, title: str, by: Item) -> None:
        """The text of a message, from the exported template if there is one."""
        text = self.vocabulary.texts.setdefault((template, channel), Text())
        fields = self.resources.get(("template", id_))
        definition = fields.mapping("definition") if fields is not None else None
        text.body = f"[{plain(title)}]"
        if channel in ("email", "push"):
            text.head = {"subject" if channel == "email" else "title": plain(title)}
        if fields is None or definition is None:
            by.decide("the export does not hold the text: write it", text.remarks)
            return
        item = self.items[("template", id_)]
        item.became = f"template {template}" if not item.became else f"{item.became}, {template}"
        fields.read |= {"name", "definition"}
        if channel == "webhook":
            definition.read |= set(definition.node.fields)
            item.decide("address, headers and body were not copied: write them", text.remarks)
            return

        def line(key: str) -> str:
            return translated(definition.text(key), self.variable, item, text.remarks)

        head = {"subject": "subject", "from_name": "name"} if channel == "email" else {"title": "title"}
        if channel in ("email", "push"):
            text.head |= {ours: text_line for ours, theirs in head.items() if (text_line := line(theirs))}
        body = definition.get("body")
        if body is not None and not body.is_map:
            text.body = line("body") or text.body
        else:
            definition.read.add("body")
            item.decide("the text is in the tool's own format: write it", text.remarks)
        definition.read |= {"type", "emailContentsType"}
        item.rest(definition, text.remarks)
        item.rest(fields, text.remarks)

    def variable(self, inner: str) -> str | None:
        match = _VARIABLE.fullmatch(inner)
        if match is None:
            return None
        return with_default(self.vocabulary.attribute(self.vocabulary.own(match["name"])), match["default"])

    def subscription(self, id_: str, by: Item) -> Condition:
        """Whether a contact is in a subscription group: an attribute holds it."""
        key = ("subscription group", id_)
        fields = self.resources.get(key)
        title = fields.text("name") if fields is not None else f"group {id_}"
        name = f"subscribed_{self.vocabulary.named('subscription', id_, 'group', title)}"
        path = self.vocabulary.attribute(name, "boolean")
        item = self.items.get(key, by)
        if item is not by:
            item.became = f"attribute {name}"
        kind = fields.text("type") if fields is not None else ""
        if fields is not None:
            fields.read |= {"name", "channel", "type"}
        often = "; in Dittofeed every contact who has not opted out is a member" if kind == "OptOut" else ""
        item.decide(f"feed '{name}': the message is sent only if it is true{often}")
        return Condition(path, {name: True})
