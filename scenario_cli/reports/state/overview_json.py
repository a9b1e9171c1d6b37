"""A store at a glance, as JSON; its schema is `state.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.store_facts import RunFacts, StoreFacts
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked

FORMAT_VERSION = 1


def overview_json(store: StoreFacts) -> str:
    zone = store.timezone
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "state",
            "store": store.file,
            "project": store.project,
            "timezone": zone,
            "begins": moment(store.begins, zone),
            "clock": moment(store.clock, zone),
            "contacts": store.contacts,
            "forgotten": store.forgotten,
            "kept": store.kept_inputs,
            "due": {
                "within_an_hour": store.due.hour,
                "within_a_day": store.due.day,
                "earliest": moment(store.due.earliest, zone),
            },
            "size": {"file": store.size.file, "free": store.size.free, "state_of_a_contact": store.size.state},
            "working": dict(store.holder) or None,
            "unfinished": _run(store.unfinished, zone) if store.unfinished is not None else None,
            "run_count": store.run_count,
            "runs": [_run(run, zone) for run in store.runs],
            "journeys": [
                {
                    "scenario": count.scenario,
                    "state": count.state,
                    "definition": count.definition,
                    "standing": count.standing or None,
                    "count": count.count,
                }
                for count in store.journeys
            ],
            "outbox": [
                {"channel": channel, "status": status, "count": count}
                for (channel, status), count in sorted(store.outbox.items())
            ],
            "updates": store.updates,
            "failed": [
                {"channel": failure.channel, "answer": masked(failure.answer), "count": failure.count}
                for failure in store.failures
            ],
        }
    )


def _run(run: RunFacts, zone: str) -> dict[str, Any]:
    return {
        "run": run.number,
        "began": run.began,
        "from": moment(run.clock, zone),
        "until": moment(run.until, zone),
        **{name: run.figures[name] for name in ("contacts", "taken", "late", "repeated", "postponed", "forgotten")},
        **{name: run.happened[name] for name in ("entered", "sent", "dropped", "updated", "ended", "converted")},
    }
