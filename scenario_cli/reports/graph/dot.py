"""A scenario's picture in DOT, the language of Graphviz."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping

from scenario_cli.analysis.picture import ANYWHERE, Arrow, Node, Picture
from scenario_cli.reports.graph.plain_picture import plain_picture
from scenario_cli.reports.text import lines_text, percent, plural

_WIDTH = 30  # characters of a line on an arrow or in a box
_INK, _SOFT, _LINE = "#1c2430", "#5b6675", "#8a94a3"
_GRAPH = (
    "rankdir=TB, nodesep=0.45, ranksep=0.5, pad=0.2",
    'fontname="Helvetica", bgcolor="white"',
)
_NODE = f'fontname="Helvetica", fontsize=12, fontcolor="{_INK}", margin="0.16,0.09"'
_EDGE = f'fontname="Helvetica", fontsize=10, fontcolor="{_INK}", color="{_LINE}", arrowsize=0.7'
_NODE_STYLES = {
    "start": f'shape=circle, width=0.18, fixedsize=true, style=filled, color="{_INK}", fillcolor="{_INK}"',
    "anywhere": f'shape=box, style="rounded,dashed", color="{_LINE}"',
    "state": f'shape=box, style="rounded,filled", color="{_LINE}", fillcolor="#ffffff"',
    "sends": 'shape=box, style="rounded,filled", color="#2f7d6b", fillcolor="#e9f4f1"',
    "end": f'shape=box, style="rounded,filled", color="{_INK}", fillcolor="#eef0f3", peripheries=2',
}


def graph_dot(picture: Picture, links: Mapping[str, str] | None = None, total: int = 0) -> str:
    """`links` are addresses that boxes lead to, by the names of their nodes. With a `total`, counts of contacts are
    shown as shares of it, too."""
    picture = plain_picture(picture)
    highest = max((arrow.contacts or 0 for arrow in picture.arrows), default=0)
    below = f", label={_quoted(picture.note)}, labelloc=b, fontsize=10" if picture.note else ""
    lines = [
        f"digraph {_quoted(picture.scenario)} {{",
        f"  graph [{', '.join(_GRAPH)}, tooltip={_quoted(picture.title or picture.scenario)}{below}];",
        f"  node [{_NODE}];",
        f"  edge [{_EDGE}];",
        *(f"  {_node(node, (links or {}).get(node.name, ''))};" for node in picture.nodes),
        *(f"  {_arrow(arrow, highest, total)};" for arrow in picture.arrows),
    ]
    return lines_text([*lines, "}"])


def _node(node: Node, address: str) -> str:
    node_style = _NODE_STYLES["sends" if node.kind == "state" and node.lines else node.kind]
    title = f"<i>{html.escape(node.title)}</i>" if node.kind == "anywhere" else f"<b>{html.escape(node.title)}</b>"
    label = "<" + "<br/>".join([title, *(_small(line) for line in node.lines)]) + ">" if node.title else '""'
    leads = f", URL={_quoted(address)}" if address else ""
    return f"{_quoted(node.name)} [label={label}, {node_style}{leads}]"


def _small(line: str) -> str:
    parts = '<br align="left"/>'.join(html.escape(part) for part in _wrapped(line))
    return f'<font point-size="10" color="{_SOFT}">{parts}</font>'


def _arrow(arrow: Arrow, highest: int, total: int) -> str:
    parts = [html.escape(part) for part in _wrapped(arrow.label)]
    attributes = []
    if arrow.contacts is not None:
        share = f" · {percent(arrow.contacts, total)}" if total and arrow.contacts else ""
        parts.append(f"<b>{html.escape(counts(arrow) + share)}</b>")
        attributes.append(f"penwidth={1 + 4 * arrow.contacts / highest if highest else 1:.2f}")
        if not arrow.contacts:
            attributes.append("style=dotted")
    if parts:
        # The spaces keep a label off its arrow.
        attributes.insert(0, "label=<" + "<br/>".join(f"&nbsp;{part}&nbsp;" for part in parts) + ">")
    if arrow.source == ANYWHERE:
        attributes.append("style=dashed")
    return f"{_quoted(arrow.source)} -> {_quoted(arrow.target)} [{', '.join(attributes)}]"


def counts(arrow: Arrow) -> str:
    """The number of contacts that went along an edge, and how often, if that is more than once each."""
    times = f" ({arrow.times:,} times)" if arrow.times != arrow.contacts else ""
    return plural(arrow.contacts or 0, "contact") + times


def _wrapped(text: str) -> list[str]:
    """Lines; a condition begins a new line."""
    head, condition, rest = text.partition(" if ")
    parts = [head, f"if {rest}"] if condition else [text]
    return [
        line for part in parts for line in textwrap.wrap(part, _WIDTH, break_long_words=False, break_on_hyphens=False)
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
