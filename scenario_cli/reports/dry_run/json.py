"""A replay's result as JSON; its schema is `dry-run.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.reports.dry_run.facts import sorted_warnings, total_cost
from scenario_cli.reports.exports.log import moment, read_values, warning_values
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def dry_run_json(run: DryRun) -> str:
    summary = run.summary
    document = {
        "format_version": FORMAT_VERSION,
        "command": "dry-run",
        "project": run.project,
        "project_digest": run.project_digest,
        "timezone": run.timezone,
        "currency": run.currency,
        "from": moment(run.start, run.timezone),
        "until": moment(run.until, run.timezone),
        **({"left_out": run.left_out} if run.left_out else {}),
        "log": read_values(run.read, run.timezone),
        "contacts": summary.contacts,
        "scenarios": [_scenario_values(result) for result in summary.scenarios.values()],
        "days": [
            {"day": name, "channel": channel, "sent": count} for (name, channel), count in sorted(summary.days.items())
        ],
        "pressure": {
            "messages_per_contact": {str(number): count for number, count in sorted(summary.pressure.items())},
            "busiest_week": {str(number): count for number, count in sorted(summary.busiest_week.items())},
            "weeks_before_policy": {str(number): count for number, count in sorted(summary.weeks_asked.items())},
            "weeks_after_policy": {str(number): count for number, count in sorted(summary.weeks_sent.items())},
        },
        "cost": total_cost(run),
        "warnings": warning_values(sorted_warnings(summary)),
        "complaints": dict(sorted(summary.complaints.items())),
    }
    return json_text(document)


def _scenario_values(result: ScenarioResult) -> dict[str, Any]:
    return {
        "scenario": result.name,
        "title": result.title,
        "program": result.program,
        "contacts": result.contacts,
        "entered": result.entered,
        "running": result.running,
        "outcomes": dict(sorted(result.outcomes.items())),
        "refused": dict(sorted(result.refused.items())),
        "taken": result.taken,
        "converted": result.converted,
        "value": None if result.value is None else float(result.value),
        "funnel": [
            {"state": name, "reached": funnel.reached, "waiting": funnel.waiting}
            for name, funnel in result.funnel.items()
        ],
        "sent": dict(sorted(result.sent.items())),
        "dropped": [
            {"channel": channel, "reason": reason, "count": count}
            for (channel, reason), count in sorted(result.dropped.items())
        ],
        "held": dict(sorted(result.held.items())),
        "updated": dict(sorted(result.updated.items())),
        "unrendered": None if result.unrendered is None else dict(sorted(result.unrendered.items())),
        "messages": [
            {"state": state, "channel": channel, "template": template, "sent": count}
            for (state, channel, template), count in sorted(result.messages.items())
        ],
    }
