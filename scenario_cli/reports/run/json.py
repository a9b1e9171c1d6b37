"""The result of runs over a store, as JSON; its schema is `run.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.model.project import Project
from scenario_cli.model.run_result import RunResult
from scenario_cli.reports.exports.log import moment, read_values
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def run_json(results: Sequence[RunResult], project: Project) -> str:
    """All runs that the command finished, in order."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "run",
            "project": project.name,
            "project_digest": project.digest,
            "timezone": project.timezone,
            "runs": [_run(result, project.timezone) for result in results],
        }
    )


def _run(result: RunResult, timezone: str) -> dict[str, Any]:
    figures = result.figures
    names = sorted({name for name, *_ in result.totals if name} | {*result.running})
    return {
        "run": result.run,
        "from": moment(result.clock, timezone),
        "until": moment(result.until, timezone),
        "resumed": result.resumed,
        "contacts": figures.get("contacts", 0),
        "events": {name: figures.get(name, 0) for name in ("taken", "late", "repeated", "postponed")},
        "withdrawn": figures.get("withdrawn", 0) + figures.get("halted", 0),
        "forgotten": figures.get("forgotten", 0),
        "gone": figures.get("gone", 0),
        "log": read_values(result.report, timezone) if result.report is not None else None,
        "scenarios": [_scenario(result, name) for name in names],
        "complaints": dict(sorted(result.complaints.items())),
        "notes": list(result.notes),
    }


def _scenario(result: RunResult, name: str) -> dict[str, Any]:
    def counts(kind: str) -> dict[str, int]:
        return {key: count for key, count in sorted(result.counted(kind, name).items()) if count}

    return {
        "scenario": name,
        "entered": result.counted("entered", name).total(),
        "refused": counts("refused"),
        "sent": counts("sent"),
        "dropped": counts("dropped"),
        "updated": counts("updated"),
        "outcomes": counts("ended"),
        "converted": result.counted("converted", name).total(),
        "running": result.running.get(name, 0),
        "warnings": counts("warning"),
    }
