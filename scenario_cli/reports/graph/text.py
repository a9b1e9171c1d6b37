"""A scenario's picture in a terminal: its states from top to bottom in the order written, their ways out below each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

from scenario_cli.analysis.picture import START, Arrow, Node, Picture
from scenario_cli.reports.graph.plain_picture import plain_picture
from scenario_cli.reports.text import Style, fit, lines_text, pad

_NARROWEST, _WIDEST = 12, 100  # counts further from what they count are hard to read
_TIED = "\N{NO-BREAK SPACE}"


def graph_text(picture: Picture, color: bool, width: int) -> str:
    return lines_text(_Drawing(plain_picture(picture), Style(color), min(width, _WIDEST)).lines())


class _Drawing:
    """One drawing: its words, and how much room is left beside the counts."""

    def __init__(self, picture: Picture, style: Style, width: int) -> None:
        self.picture = picture
        self.style = style
        self.counts = _columns(picture)
        counted = max(map(cell_len, self.counts.values()), default=0)
        self.width = width - (counted + 2 if counted else 0)

    def lines(self) -> list[str]:
        picture, style = self.picture, self.style
        title = f"  {picture.title}" if picture.title else ""
        lines = [style(picture.scenario, "bold") + style(title, "dim")]
        lines += [style(picture.note, "dim")] if picture.note else []
        lines += [pad("", self.width + 2) + style(self.counts[None], "dim") if self.counts else ""]
        states = [node for node in picture.nodes if node.kind == "state"]
        for entry in self.ways(START):
            lines += [*self.labelled("● ", "│ ", entry.label, entry), "▼"]
        for place, state in enumerate(states):
            following = states[place + 1].name if place + 1 < len(states) else ""
            lines += [*self.box(state), *self.out_of(state, following)]
        for node in picture.nodes:
            if node.kind == "anywhere":
                lines += [style("In every state", "bold"), *(f" │  {line}" for line in node.lines)]
                lines += self.out_of(node, "")
        while not lines[-1]:
            lines.pop()
        return lines

    def ways(self, source: str) -> list[Arrow]:
        return [arrow for arrow in self.picture.arrows if arrow.source == source]

    def box(self, node: Node) -> list[str]:
        inside = min(max(map(cell_len, [node.title, *node.lines])), self.width - 4)
        lines = [f"┌{'─' * (inside + 2)}┐", f"│ {self.style(pad(fit(node.title, inside), inside), 'bold')} │"]
        for line in node.lines:
            parts = textwrap.wrap(line, inside, subsequent_indent="  ", break_on_hyphens=False)
            lines += [f"│ {self.style(pad(part, inside), 'green')} │" for part in parts]
        return [*lines, f"└{'─' * (inside + 2)}┘"]

    def out_of(self, node: Node, following: str) -> list[str]:
        """The ways out of a state, those straight down to the one below it last."""
        ways = self.ways(node.name)
        down = [arrow for arrow in ways if arrow.target == following]
        aside = [arrow for arrow in ways if arrow.target != following]
        lines: list[str] = []
        for place, arrow in enumerate(aside):
            last = place == len(aside) - 1 and not down
            label = f"─ {arrow.label} " if arrow.label else ""
            body = f"{label}─▶{_TIED}{_target(arrow)}"
            lines += self.labelled(" └" if last else " ├", "    " if last else " │  ", body, arrow)
        for arrow in down:
            lines += self.labelled(" │  ", " │  ", arrow.label, arrow)
        return [*lines, " ▼"] if down else [*lines, ""]

    def labelled(self, first: str, then: str, text: str, arrow: Arrow) -> list[str]:
        """A text after what is drawn before it, wrapped, with the count at the right edge of its first line."""
        room = max(self.width - cell_len(then), _NARROWEST)
        parts = [part.replace(_TIED, " ") for part in _wrap(text, room)] or [""]
        lines = [f"{then if number else first}{part}" for number, part in enumerate(parts)]
        if self.counts:
            lines[0] = f"{pad(lines[0], self.width)}  {self.style(self.counts[arrow], 'cyan')}"
        return [line.rstrip() for line in lines]


def _target(arrow: Arrow) -> str:
    if arrow.target.startswith("end:"):
        return f"■{_TIED}{arrow.target.removeprefix('end:')}"
    return f"{arrow.target}{_TIED}↺" if arrow.target == arrow.source else arrow.target


def _columns(picture: Picture) -> dict[Arrow | None, str]:
    """The counts of each arrow in columns, their head under None; nothing where nobody counted.

    How often a way was taken is shown where that is not once a contact.
    """
    arrows = [arrow for arrow in picture.arrows if arrow.contacts is not None]
    if not arrows:
        return {}
    names = ["contacts", "times"] if any(arrow.contacts != arrow.times for arrow in arrows) else ["contacts"]
    cells = [[f"{getattr(arrow, name):,}" for name in names] for arrow in arrows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    written = [
        "  ".join(pad(cell, wide, True) for cell, wide in zip(row, widths, strict=True)) for row in [names, *cells]
    ]
    return dict(zip([None, *arrows], written, strict=True))


def _wrap(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)
