"""A contact's story as JSON; its schema is `why.output.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.model.json_value import json_value
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Looked, Moved, Record, Refused, Updated
from scenario_cli.model.story import ContactStory, Given, NeverEntered, Waiting
from scenario_cli.reports import record_words
from scenario_cli.reports.conditions import Occurrence, with_conditions
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.why.refusal_words import why_not
from scenario_cli.reports.why.words import Telling

FORMAT_VERSION = 1


def why_json(story: ContactStory, project: Project) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "why",
        "project": project.name,
        "project_digest": project.digest,
        "contact_id": story.contact_id,
        "timezone": story.timezone,
        "from": _time(story.start, story) if story.start is not None else None,
        "until": _time(story.until, story),
        "profile": json_value(story.profile),
        "scenarios": list(story.scenarios),
        "timeline": list(_timeline(story, project)),
        "running": [_waiting(one, story) for one in story.waiting],
        "never_entered": [_never(one, story, project) for one in story.never],
    }
    return json_text(document)


def _timeline(story: ContactStory, project: Project) -> Iterator[dict[str, Any]]:
    """Yields the records in the words of the terminal, with their parts and the conditions that led to them."""
    telling = Telling(story, project)
    for occurrence in with_conditions(story.story):
        text = telling.sentence(occurrence)
        looked = [one for one in occurrence.looked if record_words.explains(one)]
        one = occurrence.record
        if one is None and not text and not looked:
            continue
        about = occurrence.looked[-1] if one is None else one
        kind = "event" if isinstance(one, Given) and one.event else "row" if isinstance(one, Given) else "condition"
        if one is not None and not isinstance(one, Given):
            kind = record_words.kind(one)
        yield {
            "at": _time(about.at, story),
            "kind": "stay" if one is None and text else kind,
            "scenario": None if isinstance(about, Given) else about.scenario or None,
            "journey_id": getattr(about, "journey_id", "") or None,
            "text": text or None,
            **_parts(occurrence, story, telling),
            "conditions": [_looked(each) for each in looked],
        }


def _parts(occurrence: Occurrence[Given | Record], story: ContactStory, telling: Telling) -> dict[str, Any]:
    """Returns the fields of a record beyond its place in the story."""
    match occurrence.record:
        case Given() as one:
            changes = {name: {"before": before, "after": after} for name, before, after in one.changes}
            return {
                "event": one.event or None,
                "properties": json_value(one.properties),
                "changes": json_value(changes),
                "ignored": one.again,
                "history": one.history,
            }
        case Entered() as one:
            return {"key": one.key}
        case Refused() as one:
            until = {} if one.until is None else {"until": _time(one.until, story)}
            return {"key": one.key, "reason": one.reason, **until}
        case Moved() as one:
            return {"state": one.target, "before": one.source or None, "way": one.cause or None}
        case Asked() as one:
            return _message(one, story, telling)
        case Updated() as one:
            return {
                "state": one.state,
                "attribute": one.attribute,
                **json_value({"before": one.before, "after": one.after}),
            }
        case Held() as one:
            held_until = _time(one.until, story)
            return {"message_id": one.message_id, "channel": one.channel, "until": held_until, "reason": one.why}
        case Converted() as one:
            return {"event": one.event, "value": json_value(one.value), "credited": one.credited}
        case Ended() as one:
            return {"state": one.state, "outcome": one.outcome}
    return {}


def _message(asked: Asked, story: ContactStory, telling: Telling) -> dict[str, Any]:
    row = telling.played[asked.message_id].row
    used = [one.asked.message_id for one in story.messages if asked.detail and one.asked.message_id in asked.detail]
    return {
        "key": asked.key,
        "state": asked.state,
        "message_id": asked.message_id,
        "channel": asked.channel,
        "template": asked.template,
        "purpose": asked.purpose,
        "asked_at": _time(asked.asked_at, story),
        "reason": row.reason,
        "detail": row.detail,
        "used_up_by": used,
        "address": row.address,
        "subject": row.subject or row.title,
    }


def _looked(one: Looked) -> dict[str, Any]:
    return {
        "what": one.cause,
        "condition": one.condition,
        "held": one.held,
        "failed": one.failed or None,
        "values": json_value(dict(one.values)),
        "file": one.place.file,
        "line": one.place.line,
    }


def _waiting(one: Waiting, story: ContactStory) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "journey_id": one.journey_id,
        "key": one.key,
        "state": one.state,
        "since": _time(one.since, story),
        "waits": [{"wait": wait, "target": target, "due": _time(due, story)} for wait, target, due in one.dues],
        "held": [{"channel": channel, "until": _time(until, story)} for channel, until in one.held],
    }


def _never(never: NeverEntered, story: ContactStory, project: Project) -> dict[str, Any]:
    return {
        "scenario": never.scenario,
        "status": never.status,
        "text": why_not(never, story, project),
        "triggers": [
            {
                "trigger": one.trigger,
                "file": one.span.file,
                "line": one.span.line,
                "why": one.by,
                "needs": one.needs or None,
                "times": one.times,
                "in_log": one.elsewhere,
                "reason": one.reason or None,
                "at": _time(one.at, story) if one.at is not None else None,
                "instead": list(one.seen),
                "conditions": [_looked(each) for each in one.looked],
            }
            for one in never.triggers
        ],
    }


def _time(at: int, story: ContactStory) -> str:
    return record_words.clock(at, story.timezone).isoformat()
