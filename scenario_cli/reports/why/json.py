"""A contact's story as JSON; its schema is `why.output.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.model.json_value import json_value
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Looked, Moved, Record, Refused, Updated
from scenario_cli.model.story import ContactStory, Input, NeverEntered, Waiting
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
        **story_values(story, project),
    }
    return json_text(document)


def story_values(story: ContactStory, project: Project) -> dict[str, Any]:
    """The story as JSON values; times are on the contact's clock."""
    return {
        "project_digest": project.digest,
        "contact_id": story.contact_id,
        "timezone": story.timezone,
        "from": _time(story.start, story) if story.start is not None else None,
        "until": _time(story.until, story),
        "profile": json_value(story.profile),
        "scenarios": list(story.scenarios),
        "timeline": list(_timeline(story, project)),
        "running": [_waiting(waiting, story) for waiting in story.waiting],
        "never_entered": [_never_entered(never, story, project) for never in story.never],
    }


def _timeline(story: ContactStory, project: Project) -> Iterator[dict[str, Any]]:
    """Yields the records in the words of the terminal, with their parts and the conditions that led to them."""
    telling = Telling(story, project)
    for occurrence in with_conditions(story.story):
        text = telling.sentence(occurrence)
        conditions = [condition for condition in occurrence.conditions if record_words.explains(condition)]
        record = occurrence.record
        if record is None and not text and not conditions:
            continue
        subject = occurrence.conditions[-1] if record is None else record
        kind = (
            "event"
            if isinstance(record, Input) and record.event
            else "row"
            if isinstance(record, Input)
            else "condition"
        )
        if record is not None and not isinstance(record, Input):
            kind = record_words.kind(record)
        yield {
            "at": _time(subject.at, story),
            "kind": "stay" if record is None and text else kind,
            "scenario": None if isinstance(subject, Input) else subject.scenario or None,
            "journey_id": getattr(subject, "journey_id", "") or None,
            "text": text or None,
            **_parts(occurrence, story, telling),
            "conditions": [_condition(condition) for condition in conditions],
        }


def _parts(occurrence: Occurrence[Input | Record], story: ContactStory, telling: Telling) -> dict[str, Any]:
    """Returns the fields of a record beyond its place in the story."""
    match occurrence.record:
        case Input() as given:
            changes = {name: {"before": before, "after": after} for name, before, after in given.changes}
            return {
                "event": given.event or None,
                "properties": json_value(given.properties),
                "changes": json_value(changes),
                "ignored": given.again,
                "history": given.history,
            }
        case Entered() as entry:
            return {"key": entry.key}
        case Refused() as refusal:
            until = {} if refusal.until is None else {"until": _time(refusal.until, story)}
            return {"key": refusal.key, "reason": refusal.reason, **until}
        case Moved() as move:
            return {"state": move.target, "before": move.source or None, "way": move.cause or None}
        case Asked() as message:
            return _message(message, story, telling)
        case Updated() as update:
            return {
                "state": update.state,
                "attribute": update.attribute,
                **json_value({"before": update.before, "after": update.after}),
            }
        case Held() as hold:
            held_until = _time(hold.until, story)
            return {"message_id": hold.message_id, "channel": hold.channel, "until": held_until, "reason": hold.why}
        case Converted() as conversion:
            return {"event": conversion.event, "value": json_value(conversion.value), "credited": conversion.credited}
        case Ended() as ending:
            return {"state": ending.state, "outcome": ending.outcome}
    return {}


def _message(message: Asked, story: ContactStory, telling: Telling) -> dict[str, Any]:
    row = telling.played[message.message_id].row
    used = [
        played.request.message_id
        for played in story.messages
        if message.detail and played.request.message_id in message.detail
    ]
    return {
        "key": message.key,
        "state": message.state,
        "message_id": message.message_id,
        "channel": message.channel,
        "template": message.template,
        "purpose": message.purpose,
        "asked_at": _time(message.asked_at, story),
        "reason": row.reason,
        "detail": row.detail,
        "used_up_by": used,
        "address": row.address,
        "subject": row.subject or row.title,
    }


def _condition(condition: Looked) -> dict[str, Any]:
    return {
        "what": condition.cause,
        "condition": condition.condition,
        "held": condition.held,
        "failed": condition.failed or None,
        "values": json_value(dict(condition.values)),
        "file": condition.place.file,
        "line": condition.place.line,
    }


def _waiting(waiting: Waiting, story: ContactStory) -> dict[str, Any]:
    return {
        "scenario": waiting.scenario,
        "journey_id": waiting.journey_id,
        "key": waiting.key,
        "state": waiting.state,
        "since": _time(waiting.since, story),
        "waits": [{"wait": wait, "target": target, "due": _time(due, story)} for wait, target, due in waiting.dues],
        "held": [{"channel": channel, "until": _time(until, story)} for channel, until in waiting.held],
    }


def _never_entered(never: NeverEntered, story: ContactStory, project: Project) -> dict[str, Any]:
    return {
        "scenario": never.scenario,
        "status": never.status,
        "text": why_not(never, story, project),
        "triggers": [
            {
                "trigger": trigger.trigger,
                "file": trigger.span.file,
                "line": trigger.span.line,
                "why": trigger.by,
                "needs": trigger.needs or None,
                "times": trigger.times,
                "in_log": trigger.elsewhere,
                "reason": trigger.reason or None,
                "at": _time(trigger.at, story) if trigger.at is not None else None,
                "instead": list(trigger.seen),
                "conditions": [_condition(condition) for condition in trigger.looked],
            }
            for trigger in never.triggers
        ],
    }


def _time(at: int, story: ContactStory) -> str:
    return record_words.clock(at, story.timezone).isoformat()
