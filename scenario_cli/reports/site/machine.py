"""A scenario's machine as a drawing within a page, in its colours, with the contacts of a log on its arrows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from scenario_cli.analysis.picture import Node, counted, picture
from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.model.scenario import Scenario
from scenario_cli.reports.exports.log import day
from scenario_cli.reports.graph.svg import NoRenderer, graph_svg
from scenario_cli.reports.text import percent

_BEGINS = re.compile(r"\A.*?(?=<svg )", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
# Ids are those of the drawing; several drawings can be in a page, and nothing leads to them.
_ID = re.compile(r' id="[^"]*"')
_WIDTH = re.compile(r' width="([\d.]+)pt"')
_SMALLEST = 0.9  # pixels for a point of the drawing, which has letters of 10 and 12 points


def machine(scenario: Scenario, run: DryRun | None, links: Mapping[str, str]) -> Markup | None:
    """The drawing; None if nothing here can draw it. `links` are the addresses of states."""
    drawing, total = picture(scenario), 0
    result = run.summary.scenarios.get(scenario.name) if run is not None else None
    if run is not None and result is not None and result.entered:
        note = f"contacts from {day(run.start if run.start is not None else run.read.first, run.timezone)}"
        note += f" to {day(run.until, run.timezone)}" if run.until is not None else ""
        drawing = counted(drawing, run.summary.contacts_by_edge, run.summary.times_by_edge, note)
        drawing = replace(drawing, nodes=tuple(_with_count(node, result) for node in drawing.nodes))
        total = result.contacts
    try:
        svg = graph_svg(drawing, links, total)
    except NoRenderer:
        return None
    svg = _ID.sub("", _COMMENT.sub("", _BEGINS.sub("", svg)))
    label = Markup("State machine of {}").format(scenario.title or scenario.name)
    opening = Markup('role="group" aria-label="{}" ').format(label)
    return Markup(_narrower(svg).replace('role="img" ', str(opening), 1))


def _narrower(svg: str) -> str:
    """The drawing made smaller if there is less room, as long as it can be read; after that it is scrolled."""
    wide = _WIDTH.search(svg)
    smallest = f"min-width:{int(float(wide[1]) * _SMALLEST)}px" if wide else ""
    return svg.replace("max-width:100%;height:auto", f"max-width:100%;height:auto;{smallest}", 1)


def _with_count(node: Node, result: ScenarioResult) -> Node:
    funnel = result.funnel.get(node.name) if node.kind == "state" else None
    if funnel is None:
        return node
    return replace(node, title=f"{node.title} · {funnel.reached:,} ({percent(funnel.reached, result.entered)})")
