"""The effects of a run on running journeys, as text and as JSON; its schema is `run-check.output.schema.json`."""

from __future__ import annotations

from scenario_cli.model.project import Project
from scenario_cli.model.under_way import RunCheck
from scenario_cli.reports.document.parts import Bullets, Document, Heading, Paragraph, facts
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.run.under_way import under_way_block, under_way_values

FORMAT_VERSION = 1


def check_text(check: RunCheck, timezone: str, color: bool, width: int) -> str:
    """The journeys by scenario and state, then the reasons for which the run would stop."""
    since = moment(check.clock, timezone) or "nothing: this would be the first run"
    document: Document = [
        Heading(1, "The run would stop" if check.faults else "The run would continue"),
        facts(("from", since), ("to", moment(check.until, timezone) or ""), ("read", check.inputs or "nothing new")),
    ]
    document.append(under_way_block(check.under_way))
    for message, hint in check.faults:
        document += [Heading(3, "Why it would stop"), Paragraph(message), *([Bullets((hint,))] if hint else [])]
    return document_text(document, color, width)


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
