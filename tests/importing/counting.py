"""Counts the nodes of exports by walking the files, independently of the importers: the places that a report must name,
each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scenario_cli.importing.sources import read_source
from scenario_cli.language.yaml_node import Node

Place = tuple[int, int]


def places(tool: str, path: Path) -> list[Place]:
    """The place where each node begins."""
    return [node.span.position for node in COUNTERS[tool](read_source(path))]


def tdx(root: Node) -> Iterator[Node]:
    yield root
    for key in ("goal", "reentry"):
        if key in root.fields:
            yield root.fields[key]
    for section in ("segments", "activations"):
        group = root.get(section)
        for key in group.fields if group is not None else ():
            assert group is not None
            yield group.key(key)
    versions = root.fields["journeys"].items
    yield from versions
    latest = next((each for each in versions if each.get("latest") and each.fields["latest"].value), versions[-1])
    for stage in latest.fields["stages"].items:
        yield stage
        for key in ("entry_criteria", "milestone"):
            if key in stage.fields:
                yield stage.fields[key]
        yield from everything_under(stage, "exit_criteria")
        yield from everything_under(stage, "steps")
        for step in stage.fields["steps"].items:
            for key in ("branches", "variants"):
                yield from everything_under(step.get("with") or step, key)
    named: dict[str, Node] = {}
    for reference in every(root, "segment"):
        if reference.text.startswith("ref:"):
            named.setdefault(reference.text, reference)
    yield from named.values()


def klaviyo(root: Node) -> Iterator[Node]:
    data = root.fields["data"]
    for flow in data.items or (data,):
        attributes = flow.fields["attributes"]
        yield attributes
        definition = attributes.fields["definition"]
        yield from everything_under(definition, "triggers")
        for key in ("profile_filter", "reentry_criteria"):
            part = definition.get(key)
            if part is not None and part.is_map:
                yield part
        for conditions in every(definition, "conditions"):
            yield from conditions.items
        yield from everything_under(definition, "actions")
        for key in ("variations", "branches"):
            for part in every(definition, key):
                yield from part.items


def mautic(root: Node) -> Iterator[Node]:
    for export in root.items or (root,):
        campaign = export.fields["campaign"]
        if campaign.is_map:
            yield campaign
            for key in ("events", "lists", "forms"):
                yield from everything_under(campaign, key)
        else:
            for key in export.fields:
                if key != "dependencies":
                    yield from everything_under(export, key)


def dittofeed(root: Node) -> Iterator[Node]:
    journeys = root.get("journeys")
    for journey in journeys.items if journeys is not None else (root,):
        yield journey
        definition = journey.fields["definition"]
        yield definition.fields["entryNode"]
        yield definition.fields["exitNode"]
        yield from everything_under(definition, "nodes")
    for key in ("segments", "userProperties", "messageTemplates", "templates", "subscriptionGroups"):
        yield from everything_under(root, key)


def everything_under(node: Node, key: str) -> tuple[Node, ...]:
    part = node.get(key)
    return part.items if part is not None else ()


def every(node: Node, key: str) -> Iterator[Node]:
    """Every value under a key of that name, at any depth."""
    for name, value in node.fields.items():
        if name == key:
            yield value
        yield from every(value, key)
    for item in node.items:
        yield from every(item, key)


COUNTERS: dict[str, Callable[[Node], Iterator[Node]]] = {
    "tdx": tdx,
    "klaviyo": klaviyo,
    "mautic": mautic,
    "dittofeed": dittofeed,
}
