"""events.yaml to the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenario_cli.language.build.values import Builder, entries
from scenario_cli.language.edit.fixes import renamed
from scenario_cli.language.names.unknown import misnamed
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.memo import memoized
from scenario_cli.model.project import EventType, Property, TrackingPlan
from scenario_cli.model.source import Span

_PROPERTY_TYPES = ("string", "number", "integer", "boolean", "array", "object", "date", "datetime")


@memoized
def build_plan(root: Node) -> tuple[TrackingPlan, Sequence[Diagnostic]]:
    """The tracking plan and its faults."""
    builder = _PlanBuilder()
    return builder.plan(root), builder.findings


class _PlanBuilder(Builder):
    def plan(self, root: Node) -> TrackingPlan:
        """The tracking plan; groups can name events alone."""
        events: dict[str, EventType] = {}
        profile = self.properties(root.get("profile"))
        for name, span, node in entries(root.get("events")):
            required = self.names(node.get("required"))
            properties = self.properties(node.get("properties"))
            if self.flag(node.get("profile")):
                # An event that changes the profile can bring any attribute of it.
                properties = {**profile, **properties}
            wanted_list = node.get("required")
            for key in wanted_list.items if wanted_list is not None else ():
                if key.text not in properties:
                    message = f"event '{name}' requires '{key.text}', which is not one of its properties"
                    self.findings.append(Diagnostic("REF004", message, key.span, hint="declare it under 'properties'",
                                                 fix=renamed(key.text, key.span, properties)))  # fmt: skip
            events[name] = EventType(
                name,
                span,
                properties,
                required,
                profile=self.flag(node.get("profile")),
                broadcast=self.flag(node.get("broadcast")),
                description=self.text(node.get("description")),
                triggered_when=self.text(node.get("triggered_when")),
                owner=self.text(node.get("owner")),
            )
        return TrackingPlan(events, self.groups(root.get("groups"), events), profile)

    def groups(self, node: Node | None, events: Mapping[str, EventType]) -> dict[str, tuple[str, ...]]:
        built: dict[str, tuple[str, ...]] = {}
        for name, span, members in entries(node):
            if name in events:
                message = f"'{name}' is both an event and a group of events"
                self.findings.append(Diagnostic("REF008", message, span, hint="rename the group"))
                continue
            for member in members.items:
                if member.text not in events:
                    message = f"group '{name}' contains an unknown event '{member.text}'"
                    self.findings.append(misnamed("REF001", message, member, events, "events"))
            built[name] = tuple(member.text for member in members.items if member.text in events)
        return built

    def properties(self, node: Node | None) -> dict[str, Property]:
        return {name: self.property(name, span, described) for name, span, described in entries(node)}

    def property(self, name: str, span: Span, node: Node) -> Property:
        """A type's name, or a mapping in the manner of JSON Schema."""
        if not node.is_map:
            return Property(name, node.text if node.text in _PROPERTY_TYPES else None, span)
        written = self.text(node.get("type"))
        kind = written if written in _PROPERTY_TYPES else None
        if kind == "string" and self.text(node.get("format")) in ("date", "date-time"):
            kind = "date" if self.text(node.get("format")) == "date" else "datetime"
        items, fields = node.get("items"), node.get("properties")
        longest = node.get("maxLength")
        return Property(
            name,
            kind,
            span,
            items=self.property(f"{name}[]", items.span, items) if items is not None else None,
            fields=self.properties(fields) if fields is not None else None,
            description=self.text(node.get("description")),
            example=_example(node),
            enum=_enumeration(node),
            max_length=longest.value if longest is not None and isinstance(longest.value, int) else None,
            owner=self.text(node.get("owner")),
        )


def _example(node: Node) -> Any:
    """A typical value: the first of the examples, the only value, or the first allowed value."""
    for key in ("examples", "const", "enum"):
        example = node.get(key)
        if example is not None:
            value = plain(example)
            return value if not isinstance(value, list) or key == "const" else next(iter(value), None)
    return None


def _enumeration(node: Node) -> tuple[Any, ...]:
    """The values that a property can have, if it lists them, or the value of `const`."""
    listed, only = node.get("enum"), node.get("const")
    if listed is not None:
        return tuple(plain(item) for item in listed.items)
    return (plain(only),) if only is not None else ()
