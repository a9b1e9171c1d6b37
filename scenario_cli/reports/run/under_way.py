"""The changes of running journeys, in words, as a table, and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.model.under_way import UnderWay
from scenario_cli.reports.document.parts import Block, Grid, Paragraph, row
from scenario_cli.reports.text import plural


def under_way_block(under_way: Sequence[UnderWay], nothing: str = "No journey is running.") -> Block:
    """A line for the journeys of each definition in each state; `nothing` if there is none."""
    if not under_way:
        return Paragraph(nothing)
    rows = [
        row(each.scenario, each.state, f"{each.journeys:,}", fate_words(each), each.definition[:8])
        for each in under_way
    ]
    return Grid(("scenario", "state", "journeys", "what happens to them", "definition"), tuple(rows))


def fate_words(each: UnderWay) -> str:
    """The changes of the journeys, as a sentence's end."""
    match each.fate:
        case "stays":
            return "continue unchanged"
        case "pinned":
            return "continue with the earlier definition"
        case "moves":
            where = "stay in their state" if each.to == each.state else f"move to {each.to}"
            over = f"; {plural(each.over_at_once, 'wait')} ended at once" if each.over_at_once else ""
            return f"{where}, with today's definition{over}"
        case "ends":
            return f"end: {each.to}"
        case "archived":
            return "end: archived"
        case "stranded":
            return "have no state to continue in: 'migrate' is needed"
    return "cannot continue: their definition can no longer be read"


def under_way_values(each: UnderWay) -> dict[str, Any]:
    """A line of the table as plain values."""
    return {
        "scenario": each.scenario,
        "definition": each.definition,
        "state": each.state,
        "journeys": each.journeys,
        "fate": each.fate,
        "to": each.to,
        "waits_over_at_once": each.over_at_once,
    }
