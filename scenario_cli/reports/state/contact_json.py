"""A contact of a store as JSON; its schema is `state-contact.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.json_value import json_value
from scenario_cli.model.store_facts import ContactFacts
from scenario_cli.model.story import Waiting
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.state.row_words import row_values

FORMAT_VERSION = 1


def contact_json(contact: ContactFacts) -> str:
    return json_text(
        {"format_version": FORMAT_VERSION, "command": "state contact", "store": contact.file,
         "project": contact.project, **contact_values(contact)}
    )  # fmt: skip


def contact_values(contact: ContactFacts) -> dict[str, Any]:
    """The store's data on a contact; times are on the contact's own clock."""
    zone = contact.timezone
    return {
        "contact_id": contact.contact_id,
        "timezone": zone,
        "known_since": moment(contact.known_at, zone),
        "last_touched": moment(contact.last_input, zone),
        "next_due": moment(contact.next_due, zone),
        "profile": json_value(contact.profile),
        "journeys": [_journey(journey, zone) for journey in contact.journeys],
        "ended_with_open_goal": contact.ended,
        "triggers": [
            {"scenario": trigger.scenario, "trigger": trigger.trigger or None, "due": moment(trigger.due, zone)}
            for trigger in contact.triggers
        ],
        "entries_waiting": [
            {"scenario": scenario, "until": moment(until, zone)} for scenario, until in contact.entries
        ],
        "segments": list(contact.segments),
        "unnamed_segments": contact.unnamed_segments,
        "kept": [{"at": moment(at, zone), "what": words} for at, words in contact.kept_inputs],
        "row_count": contact.row_count,
        "rows": [row_values(entry) for entry in contact.rows],
    }


def _journey(journey: Waiting, zone: str) -> dict[str, Any]:
    return {
        "scenario": journey.scenario,
        "journey_id": journey.journey_id,
        "key": json_value(journey.key),
        "state": journey.state,
        "since": moment(journey.since, zone),
        "waits": [
            {"wait": wait or None, "target": target or None, "due": moment(due, zone)}
            for wait, target, due in journey.dues
        ],
        "held": [{"channel": channel or None, "until": moment(until, zone)} for channel, until in journey.held],
    }
