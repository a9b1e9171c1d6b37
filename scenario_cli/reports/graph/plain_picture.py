"""A scenario's picture with texts of one line each, which steer no terminal and no CI log."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.analysis.picture import Picture
from scenario_cli.model.plain_text import printable


def plain_picture(picture: Picture) -> Picture:
    """The same picture; names keep their identity, since the same characters are replaced in all of them."""
    nodes = [
        replace(node, name=printable(node.name), title=printable(node.title), lines=tuple(map(printable, node.lines)))
        for node in picture.nodes
    ]
    arrows = [
        replace(arrow, source=printable(arrow.source), target=printable(arrow.target), label=printable(arrow.label))
        for arrow in picture.arrows
    ]
    return replace(
        picture,
        scenario=printable(picture.scenario),
        title=printable(picture.title),
        note=printable(picture.note),
        nodes=tuple(nodes),
        arrows=tuple(arrows),
    )
