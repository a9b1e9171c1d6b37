"""A scenario's picture in Mermaid, which GitHub, GitLab and many wikis draw in a page."""

from __future__ import annotations

import html
import re

from scenario_cli.analysis.picture import ANYWHERE, START, Arrow, Node, Picture
from scenario_cli.reports.graph.dot import counts
from scenario_cli.reports.graph.plain_picture import plain_picture
from scenario_cli.reports.text import lines_text

_SHAPES = {"start": ("((", "))"), "anywhere": ("[", "]"), "state": ("(", ")"), "end": ("([", "])")}
_CLASSES = (
    "classDef sends fill:#e9f4f1,stroke:#2f7d6b,color:#1c2430",
    "classDef end_ fill:#eef0f3,stroke:#1c2430,color:#1c2430,stroke-width:2px",
    "classDef anywhere stroke-dasharray:4 3",
)


def graph_mermaid(picture: Picture) -> str:
    picture = plain_picture(picture)
    lines = [*([f"%% {picture.note}"] if picture.note else []), "flowchart TD"]
    lines += [f"  {_node(node)}" for node in picture.nodes]
    lines += [f"  {_arrow(arrow)}" for arrow in picture.arrows]
    return lines_text([*lines, *(f"  {text}" for text in _CLASSES)])


def _node(node: Node) -> str:
    opens, closes = _SHAPES[node.kind]
    title = f"<b>{_text(node.title)}</b>" if node.title else " "
    label = "<br/>".join([title, *map(_text, node.lines)])
    css_class = {"end": ":::end_", "anywhere": ":::anywhere"}.get(node.kind, "")
    if node.kind == "state" and node.lines:
        css_class = ":::sends"
    return f'{_id(node.name)}{opens}"{label}"{closes}{css_class}'


def _arrow(arrow: Arrow) -> str:
    parts = [_text(arrow.label).replace(" if ", "<br/>if ", 1)] if arrow.label else []
    if arrow.contacts is not None:
        parts.append(f"<b>{counts(arrow)}</b>")
    line = "-.->" if arrow.source == ANYWHERE else "-->"
    label = f'|"{"<br/>".join(parts)}"|' if parts else ""
    return f"{_id(arrow.source)} {line}{label} {_id(arrow.target)}"


def _id(name: str) -> str:
    """A name that is not a word of Mermaid's (`end` is one)."""
    return name.strip("()") + "_" if name in (START, ANYWHERE) else re.sub("^s_end:", "e_", f"s_{name}")


def _text(text: str) -> str:
    """Text as Mermaid reads it between quotes: HTML, without the `#` that begins an entity of its own."""
    escaped = html.escape(text, quote=False).replace('"', "&quot;").replace("#", "&num;").replace("`", "&grave;")
    return escaped.replace("%%", "&percnt;&percnt;")  # it begins a directive at any place
