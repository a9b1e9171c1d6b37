"""What a run would do to journeys under way, as text and as JSON; its schema is `run-check.output.schema.json`."""

from __future__ import annotations

from scenario_cli.model.project import Project
from scenario_cli.model.under_way import RunCheck, UnderWay
from scenario_cli.reports.document.parts import Block, Bullets, Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.text import plural

FORMAT_VERSION = 1


def check_text(check: RunCheck, timezone: str, color: bool, width: int) -> str:
    """The journeys by scenario and state, then the reasons for which the run would stop."""
    since = moment(check.clock, timezone) or "nothing: it would be the first run"
    document: Document = [
        Heading(1, "The run would stop" if check.faults else "The run would go on"),
        facts(("from", since), ("to", moment(check.until, timezone) or ""), ("read", check.inputs or "nothing new")),
    ]
    document += _journeys(check.under_way)
    for message, hint in check.faults:
        document += [Heading(3, "It would stop"), Paragraph(message), *([Bullets((hint,))] if hint else [])]
    return document_text(document, color, width)


def _journeys(under_way: tuple[UnderWay, ...]) -> list[Block]:
    if not under_way:
        return [Paragraph("No journey is under way.")]
    rows = [
        row(each.scenario, each.state, f"{each.journeys:,}", fate_words(each), each.definition[:8])
        for each in under_way
    ]
    return [Grid(("scenario", "state", "journeys", "what becomes of them", "definition"), tuple(rows))]


def fate_words(each: UnderWay) -> str:
    """What becomes of the journeys, as a sentence's end."""
    match each.fate:
        case "stays":
            return "go on, nothing changes for them"
        case "pinned":
            return "go on as they began"
        case "moves":
            where = "stay in their state" if each.to == each.state else f"move to {each.to}"
            over = f"; {plural(each.over_at_once, 'wait')} over at once" if each.over_at_once else ""
            return f"{where}, under today's definition{over}"
        case "ends":
            return f"end: {each.to}"
        case "archived":
            return "end: archived"
        case "stranded":
            return "have no place to go: 'migrate' is needed"
    return "cannot go on: their definition cannot be read any more"


def check_json(check: RunCheck, project: Project) -> str:
    """The same for machines."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "run --check",
            "project": project.name,
            "timezone": project.timezone,
            "from": moment(check.clock, project.timezone),
            "until": moment(check.until, project.timezone),
            "stops": bool(check.faults),
            "faults": [{"message": message, "hint": hint} for message, hint in check.faults],
            "journeys": [under_way_values(each) for each in check.under_way],
            "inputs": list(check.inputs),
            "notes": list(check.notes),
        }
    )


def under_way_values(each: UnderWay) -> dict[str, object]:
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
