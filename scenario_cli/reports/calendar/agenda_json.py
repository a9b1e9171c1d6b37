"""The agenda of a committee as JSON; its schema is `map-agenda.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.agenda import Achievements, Agenda, Review
from scenario_cli.analysis.changes_over_time import Change
from scenario_cli.model.results_report import Achieved
from scenario_cli.reports.calendar.json import entry_values, key_dates_values, roadmap_values
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def agenda_json(agenda: Agenda) -> str:
    committee = agenda.committee
    document = {
        "format_version": FORMAT_VERSION,
        "command": "map",
        "project": agenda.project,
        "timezone": agenda.timezone,
        "currency": agenda.currency or None,
        "committee": {
            "day": committee.day.isoformat(),
            "last": committee.last.isoformat(),
            "before": committee.before.isoformat(),
            "following": committee.following.isoformat(),
        },
        "review_after_days": agenda.review_after,
        "reviews": [_review(review) for review in agenda.reviews],
        "decisions": roadmap_values(agenda.decisions),
        "key_dates": key_dates_values(agenda.bare),
        "coming": [entry_values(entry) for entry in agenda.coming],
        "log_end": agenda.log_end.isoformat() if agenda.log_end is not None else None,
        "results": _results(agenda.results, agenda.timezone) if agenda.results is not None else None,
    }
    return json_text(document)


def _review(review: Review) -> dict[str, Any]:
    return {
        "scenario": review.scenario,
        "title": review.title or None,
        "status": review.status,
        "owner": review.owner or None,
        "reviewed": review.reviewed.isoformat() if review.reviewed is not None else None,
        "due": review.due.isoformat() if review.due is not None else None,
    }


def _results(results: Achievements, timezone: str) -> dict[str, Any]:
    return {
        "from": moment(results.start, timezone),
        "until": moment(results.until, timezone),
        "before": {"from": moment(results.before[0], timezone), "until": moment(results.before[1], timezone)},
        "scenarios": [
            {
                "scenario": name,
                "goal": results.goals.get(name),
                "now": _achieved(change.now),
                "before": _achieved(change.before),
                "change": _change(change),
            }
            for name, change in results.changes.items()
        ],
    }


def _achieved(achieved: Achieved) -> dict[str, Any]:
    return {
        "journeys": achieved.journeys,
        "converted": achieved.converted,
        "value": float(achieved.value) if achieved.value is not None else None,
    }


def _change(change: Change) -> dict[str, Any]:
    rate = change.rate
    return {
        "journeys": change.journeys,
        "rate": {"estimate": rate.estimate, "low": rate.low, "high": rate.high} if rate is not None else None,
        "value_per_journey": change.value,
    }
