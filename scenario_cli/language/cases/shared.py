"""Contacts and lines that the cases of a file share: `like` takes them in. Checks no attributes and no events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from scenario_cli.language.names.unknown import unknown_name
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic

# Puts the values of a row into a node that is at a path in the case.
Fill = Callable[[Node, tuple[str, ...]], Node]


class Shared:
    """The `contacts` and `timelines` of a file. Adds findings about their uses to `findings`."""

    def __init__(self, root: Node, findings: list[Diagnostic]) -> None:
        self.findings = findings
        self.contacts, self.timelines = _section_fields(root, "contacts"), _section_fields(root, "timelines")
        self.used: set[tuple[str, str]] = set()
        self.misnamed = False

    def expand(self, case: Node, fill: Fill) -> Node:
        """The case with every `like` written out; `fill` puts the row of the case's table into the shared parts."""
        fields = dict(case.fields)
        contact, timeline = fields.get("contact"), fields.get("timeline")
        if contact is not None and contact.is_map:
            fields["contact"] = self.contact(contact, fill)
        if timeline is not None and timeline.is_list:
            fields["timeline"] = replace(timeline, value=tuple(self.lines(timeline, fill, ())))
        return replace(case, value=fields)

    def contact(self, contact: Node, fill: Fill) -> Node:
        """The contact's attributes over those of its `like`; the id is that contact's id, or else its name."""
        merged = self.attributes(contact, fill, ())
        like = contact.get("like")
        if like is None or like.text not in self.contacts or "id" in merged.fields:
            return merged
        id_node = Node(like.span, like.text)
        return replace(
            merged, value={"id": id_node, **merged.fields}, keys={"id": contact.key("like"), **_keys(merged)}
        )

    def attributes(self, contact: Node, fill: Fill, within: tuple[str, ...]) -> Node:
        like = contact.get("like")
        if like is None:
            return contact
        own_fields = {key: value for key, value in contact.fields.items() if key != "like"}
        base = self.base("contact", like, self.contacts, within)
        if base is None:
            return replace(contact, value=own_fields)
        base_contact = self.attributes(fill(base, ("contact",)), fill, (*within, like.text))
        return replace(
            contact, value={**base_contact.fields, **own_fields}, keys={**_keys(base_contact), **_keys(contact)}
        )

    def lines(self, timeline: Node, fill: Fill, within: tuple[str, ...]) -> Iterator[Node]:
        for line in timeline.items:
            like = line.get("like")
            if like is None or "event" in line.fields:  # else it is a property of the event
                yield line
                continue
            base = self.base("timeline", like, self.timelines, within)
            if base is not None:
                yield from self.lines(fill(base, ("timeline",)), fill, (*within, like.text))

    def base(self, noun: str, like: Node, shared: Mapping[str, Node], within: tuple[str, ...]) -> Node | None:
        if like.text in within:
            message = f"the {noun} '{like.text}' refers to itself"
            self.findings.append(Diagnostic("REF053", message, like.span, hint="write out its content"))
            return None
        self.used.add((noun, like.text))
        if like.text not in shared:
            self.misnamed = True
        self.findings.extend(unknown_name("REF053", noun, like, shared, f"{noun}s at the head of the file"))
        return shared.get(like.text)

    def unused(self, root: Node) -> Iterator[Diagnostic]:
        """Findings about the contacts and timelines that no case takes in."""
        if self.misnamed:
            return
        for noun, key, use in (("contact", "contacts", "contact: "), ("timeline", "timelines", "")):
            section = root.get(key)
            for name in section.fields if section is not None else ():
                if (noun, name) not in self.used:
                    assert section is not None
                    hint = f"write '{use}{{like: {name}}}' in a case, or remove it"
                    message = f"no case uses the {noun} '{name}'"
                    yield Diagnostic("REF053", message, section.key(name).span, hint=hint)


def _section_fields(root: Node, key: str) -> Mapping[str, Node]:
    section = root.get(key)
    return section.fields if section is not None else {}


def _keys(node: Node) -> dict[str, Node]:
    return node.keys or {}
