"""A scenario's picture in a terminal: its states from top to bottom in the order written, the exits below each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

from scenario_cli.analysis.picture import START, Arrow, Node, Picture
from scenario_cli.reports.graph.plain_picture import plain_picture
from scenario_cli.reports.text import Style, fit, lines_text, pad

_NARROWEST, _WIDEST = 12, 100  # counts further from their labels are hard to read
_TIED = "\N{NO-BREAK SPACE}"


def graph_text(picture: Picture, color: bool, width: int) -> str:
    return lines_text(_Drawing(plain_picture(picture), Style(color), min(width, _WIDEST)).lines())


class _Drawing:
    """One drawing: its words, and the room left for the counts."""

    def __init__(self, picture: Picture, style: Style, width: int) -> None:
        self.picture = picture
        self.style = style
        self.counts = _columns(picture)
        count_width = max(map(cell_len, self.counts.values()), default=0)
        self.width = width - (count_width + 2 if count_width else 0)

    def lines(self) -> list[str]:
        picture, style = self.picture, self.style
        title = f"  {picture.title}" if picture.title else ""
        lines = [style(picture.scenario, "bold") + style(title, "dim")]
        lines += [style(picture.note, "dim")] if picture.note else []
        lines += [pad("", self.width + 2) + style(self.counts[None], "dim") if self.counts else ""]
        states = [node for node in picture.nodes if node.kind == "state"]
        for entry in self.arrows_from(START):
            lines += [*self.labelled("● ", "│ ", entry.label, entry), "▼"]
        for index, state in enumerate(states):
            following = states[index + 1].name if index + 1 < len(states) else ""
            lines += [*self.box(state), *self.out_of(state, following)]
        for node in picture.nodes:
            if node.kind == "anywhere":
                lines += [style("In every state", "bold"), *(f" │  {line}" for line in node.lines)]
                lines += self.out_of(node, "")
        while not lines[-1]:
            lines.pop()
        return lines

    def arrows_from(self, source: str) -> list[Arrow]:
        return [arrow for arrow in self.picture.arrows if arrow.source == source]

    def box(self, node: Node) -> list[str]:
        inside = min(max(map(cell_len, [node.title, *node.lines])), self.width - 4)
        lines = [f"┌{'─' * (inside + 2)}┐", f"│ {self.style(pad(fit(node.title, inside), inside), 'bold')} │"]
        for line in node.lines:
            parts = textwrap.wrap(line, inside, subsequent_indent="  ", break_on_hyphens=False)
            lines += [f"│ {self.style(pad(part, inside), 'green')} │" for part in parts]
        return [*lines, f"└{'─' * (inside + 2)}┘"]

    def out_of(self, node: Node, following: str) -> list[str]:
        """The arrows out of a state. Those to the state below it come last."""
        arrows = self.arrows_from(node.name)
        downward = [arrow for arrow in arrows if arrow.target == following]
        aside = [arrow for arrow in arrows if arrow.target != following]
        lines: list[str] = []
        for index, arrow in enumerate(aside):
            is_last = index == len(aside) - 1 and not downward
            label = f"─ {arrow.label} " if arrow.label else ""
            body = f"{label}─▶{_TIED}{_target(arrow)}"
            lines += self.labelled(" └" if is_last else " ├", "    " if is_last else " │  ", body, arrow)
        for arrow in downward:
            lines += self.labelled(" │  ", " │  ", arrow.label, arrow)
        return [*lines, " ▼"] if downward else [*lines, ""]

    def labelled(self, first: str, later: str, text: str, arrow: Arrow) -> list[str]:
        """A wrapped text after its lead, with the count at the right edge of the first line."""
        room = max(self.width - cell_len(later), _NARROWEST)
        parts = [part.replace(_TIED, " ") for part in _wrap(text, room)] or [""]
        lines = [f"{later if number else first}{part}" for number, part in enumerate(parts)]
        if self.counts:
            lines[0] = f"{pad(lines[0], self.width)}  {self.style(self.counts[arrow], 'cyan')}"
        return [line.rstrip() for line in lines]


def _target(arrow: Arrow) -> str:
    if arrow.target.startswith("end:"):
        return f"■{_TIED}{arrow.target.removeprefix('end:')}"
    return f"{arrow.target}{_TIED}↺" if arrow.target == arrow.source else arrow.target


def _columns(picture: Picture) -> dict[Arrow | None, str]:
    """The counts of each arrow in columns, with their head under None; empty without counts.

    The number of times is shown if it differs from the number of contacts.
    """
    arrows = [arrow for arrow in picture.arrows if arrow.contacts is not None]
    if not arrows:
        return {}
    names = ["contacts", "times"] if any(arrow.contacts != arrow.times for arrow in arrows) else ["contacts"]
    cells = [[f"{getattr(arrow, name):,}" for name in names] for arrow in arrows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    labels = [
        "  ".join(pad(cell, wide, True) for cell, wide in zip(row, widths, strict=True)) for row in [names, *cells]
    ]
    return dict(zip([None, *arrows], labels, strict=True))


def _wrap(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)
