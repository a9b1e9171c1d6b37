"""A scenario's picture as JSON; its schema is `graph.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.picture import Arrow, Picture
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def graph_json(picture: Picture) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "graph",
        "scenario": picture.scenario,
        "title": picture.title,
        "note": picture.note,
        "nodes": [
            {"id": node.name, "kind": node.kind, "title": node.title, "lines": list(node.lines)}
            for node in picture.nodes
        ],
        "edges": [_edge(arrow) for arrow in picture.arrows],
    }
    return json_text(document)


def _edge(arrow: Arrow) -> dict[str, Any]:
    return {
        "source": arrow.source,
        "target": arrow.target,
        "kind": arrow.kind,
        "label": arrow.label,
        "line": arrow.place[0] if arrow.place else None,
        "contacts": arrow.contacts,
        "times": arrow.times,
    }
