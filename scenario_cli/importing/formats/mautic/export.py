"""The parts of an export of Mautic: campaigns, their events, and the lists, forms and mails that it includes.

The export holds lists by kind; the API returns one campaign with its events. Both become the same here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scenario_cli.importing.fields import Fields
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.source import Span

# Positions of drawings, times of creation, and tokens of a form: none affects behaviour, and none is copied.
OF_NO_WEIGHT = ("id", "uuid", "canvas_settings", "canvasSettings", "dateAdded", "dateModified", "createdBy",
                "createdByUser", "modifiedBy", "modifiedByUser", "campaign_id", "campaignId", "children", "category",
                "description", "_token", "order", "event_order")  # fmt: skip
# Values of the event that its form repeats.
REPEATED = ("canvasSettings", "name", "anchor", "anchorEventType", "campaignId", "_token", "buttons", "type",
            "eventType", "triggerMode", "triggerDate", "triggerInterval", "triggerIntervalUnit", "triggerHour",
            "triggerWindow", "triggerRestrictedStartHour", "triggerRestrictedStopHour",
            "triggerRestrictedDaysOfWeek", "tempId", "priority", "attempts")  # fmt: skip


@dataclass(slots=True)
class Event:
    """One event of a campaign: an action, a condition or a decision."""

    id: str
    fields: Fields
    name: str
    type: str
    kind: str
    parent: str
    path: str  # `yes` or `no`, after a condition or a decision
    order: float
    options: list[Fields]  # its properties, and those that are repeated within them

    @property
    def span(self) -> Span:
        return self.fields.span

    def option(self, *keys: str) -> Node | None:
        """A property, at any place."""
        node = None
        for fields in self.options:
            for key in keys:
                value = fields.get(key)
                node = value if node is None else node
        return node

    def text(self, *keys: str) -> str:
        node = self.option(*keys)
        return node.text if node is not None and not node.is_map and not node.is_list else ""

    def listed(self, *keys: str) -> list[str]:
        """The texts of a list, at any depth; for one text, that text."""
        root = self.option(*keys)
        if root is None:
            return []
        nodes = [root]
        texts = []
        while nodes:
            node = nodes.pop(0)
            nodes = [*node.items, *node.fields.values(), *nodes]
            texts += [node.text] if node.text else []
        return texts

    def unread(self) -> Fields:
        """The fields of all its properties that were never requested."""
        rest = {key: node for fields in self.options for key, node in fields.node.fields.items()
                if key in fields.unread() and key != "properties"}  # fmt: skip
        return Fields(Node(self.span, rest, {}))


@dataclass(slots=True)
class Campaign:
    """A campaign with its sources of contacts."""

    fields: Fields
    title: str
    events: list[Event]
    lists: list[str]
    forms: list[str]


@dataclass(slots=True)
class Export:
    """The campaigns of a file. `parts` are the other things in it, by kind and id."""

    campaigns: list[Campaign] = field(default_factory=list)
    parts: dict[tuple[str, str], Fields] = field(default_factory=dict)


def read_export(root: Node) -> Export:
    export = Export()
    for node in root.items or (root,):
        if not node.is_map:
            raise Damaged("a mapping with 'campaign' is required here", node.span)
        campaign = node.get("campaign")
        if campaign is not None and campaign.is_list:
            _from_export(node, export)
        else:
            several = node.get("campaigns")
            single = campaign if campaign is not None else node
            for each in (several.items or tuple(several.fields.values())) if several is not None else (single,):
                _from_api(each, export)
    if not export.campaigns:
        raise Damaged("the file has no campaign", root.span)
    return export


def _from_export(node: Node, export: Export) -> None:
    events = [_event(each) for each in (node.get("campaign_event") or Node(node.span, ())).items]
    for kind, group in node.fields.items():
        if kind not in ("campaign", "campaign_event", "dependencies"):
            for each in group.items:
                fields = Fields(each)
                export.parts[(kind, fields.text("id") or f"at line {each.span.line}")] = fields
    for each in node.fields["campaign"].items:
        fields = Fields(each, ignored=OF_NO_WEIGHT)
        id_ = fields.required("id")
        lists, forms = (list(_sources(node, kind, id_)) for kind in ("lists", "forms"))
        own = [event for event in events if event.fields.text("campaign_id") in (id_, "")]
        export.campaigns.append(Campaign(fields, fields.required("name"), own, lists, forms))


def _sources(node: Node, kind: str, campaign: str) -> Iterator[str]:
    """The ids of the sources of a campaign: the export lists the dependencies."""
    for group in (node.get("dependencies") or node).items:
        for link in (group.get(kind) or group).items:
            of, id_ = link.get("campaign"), link.get(kind)
            if of is not None and id_ is not None and of.text == campaign:
                yield id_.text


def _from_api(node: Node, export: Export) -> None:
    fields = Fields(node, ignored=OF_NO_WEIGHT)
    events = [_event(each) for each in fields.items("events")]
    sources = []
    for kind in ("lists", "forms"):
        ids = []
        for each in fields.items(kind):
            part = Fields(each)
            ids.append(part.required("id"))
            export.parts[(kind, ids[-1])] = part
        sources.append(ids)
    export.campaigns.append(Campaign(fields, fields.required("name"), events, *sources))


def _event(node: Node) -> Event:
    fields = Fields(node, ignored=OF_NO_WEIGHT)
    id_ = fields.required("id")
    parent = fields.get("parent")
    fields.read.add("parent_id")
    above = fields.text("parent_id") if parent is None else Fields(parent).text("id") if parent.is_map else parent.text
    options = []
    properties = fields.mapping("properties")
    if properties is not None:
        options = [Fields(properties.node, ignored=REPEATED)]
        inner = options[0].mapping("properties")
        options += [Fields(inner.node, ignored=REPEATED)] if inner is not None else []
    kind = fields.text("event_type", "eventType")
    return Event(id_, fields, fields.text("name") or id_, fields.required("type"), kind, above,
                 fields.text("decisionPath", "decision_path"), fields.number("event_order", "order") or 0,
                 options)  # fmt: skip
