"""The effects of a change on the contacts of a log, as JSON values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scenario_cli.model.impact import (
    Asked,
    ContactComparison,
    Example,
    Impact,
    JourneyImpact,
    MessageImpact,
    Pair,
    Set,
    Sides,
    UpdateImpact,
    UpdatePair,
)
from scenario_cli.model.json_value import json_value
from scenario_cli.model.project import Project
from scenario_cli.reports.record_words import moment
from scenario_cli.reports.why.json import story_values


def impact_values(impact: Impact) -> dict[str, Any]:
    """The impact; counts of both sides are objects with `before` and `after`, shifts are in seconds."""
    contacts = impact.contacts
    return {
        "from": None if impact.start is None else moment(impact.start, impact.timezone),
        "until": moment(impact.until, impact.timezone),
        "differs": impact.differs,
        "messages": _sides(impact.messages),
        "rows": [_row(row) for row in impact.rows],
        "contacts": {
            "total": contacts.total, "affected": contacts.affected, "first": contacts.first, "more": contacts.more,
            "less": contacts.less, "nothing": contacts.nothing, "otherwise": contacts.otherwise,
        },
        "pressure": {
            "weeks": {str(count): _sides(sides) for count, sides in impact.pressure.weeks.items()},
            "busiest": {
                side: {"contact_id": busiest.contact_id, "messages": busiest.messages}
                for side, busiest in zip(("before", "after"), impact.pressure.busiest, strict=True)
            },
        },
        "updates": [_update(update) for update in impact.updates],
        "journeys": [_journey(journey) for journey in impact.journeys],
        "cost": {"before": float(impact.cost[0]), "after": float(impact.cost[1]), "currency": impact.currency},
        "examples": [example_values(example) for example in impact.examples],
        "replayed_twice": impact.replayed_twice,
        "everybody": [*impact.everybody],
        "cautions": [*impact.cautions],
    }  # fmt: skip


def example_values(example: Example) -> dict[str, Any]:
    """A contact's messages, or the changes of its attributes, on both sides; times are on its own clock."""
    return {
        "kind": example.kind,
        "contact_id": example.contact_id,
        "timezone": example.timezone,
        "messages": [_pair(pair, example.timezone) for pair in example.pairs],
        "updates": [_update_pair(pair, example.timezone) for pair in example.updates],
        "left_out": example.left_out,
    }


def contact_values(contact: ContactComparison, models: tuple[Project, Project]) -> dict[str, Any]:
    """The messages of one contact on both sides, and its story on each; times are on its own clock."""
    before, after = models
    return {
        "contact_id": contact.contact_id,
        "timezone": contact.timezone,
        "messages": [_pair(pair, contact.timezone) for pair in contact.pairs],
        "updates": [_update_pair(pair, contact.timezone) for pair in contact.updates],
        "before": story_values(contact.before, before),
        "after": story_values(contact.after, after),
    }


def _sides(sides: Sides) -> dict[str, int]:
    return {"before": sides.before, "after": sides.after}


def _row(row: MessageImpact) -> dict[str, Any]:
    return {
        "scenario": row.scenario,
        "channel": row.channel,
        "messages": _sides(row.messages),
        "only_before": row.only_before,
        "only_after": row.only_after,
        "moved": row.moved,
        "median_shift": None if row.shift is None else row.shift / 1_000_000,
        "other_text": row.other_text,
        "dropped_now": dict(row.dropped_now or {}),
        "no_longer_dropped": dict(row.no_longer_dropped or {}),
        "dropped": _sides(row.dropped),
        "unrendered": row.unrendered,
    }


def _update(update: UpdateImpact) -> dict[str, Any]:
    return {
        "scenario": update.scenario,
        "attribute": update.attribute,
        "changes": _sides(update.changes),
        "only_before": update.only_before,
        "only_after": update.only_after,
        "other_value": update.other_value,
        "moved": update.moved,
    }


def _journey(journey: JourneyImpact) -> dict[str, Any]:
    before, after = journey.value
    return {
        "scenario": journey.scenario,
        "entered": _sides(journey.entered),
        "outcomes": {name: _sides(sides) for name, sides in journey.outcomes.items()},
        "converted": _sides(journey.converted),
        "value": {"before": _number(before), "after": _number(after)},
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _pair(pair: Pair, timezone: str) -> dict[str, Any]:
    return {
        "scenario": pair.scenario,
        "channel": pair.channel,
        "difference": pair.difference,
        "other_text": pair.other_text,
        "before": _side_json(pair.before, timezone),
        "after": _side_json(pair.after, timezone),
    }


def _side_json(message: Asked | None, timezone: str) -> dict[str, Any] | None:
    if message is None:
        return None
    return {"at": moment(message.at, timezone), "state": message.state, "template": message.template,
            "reason": message.reason or None}  # fmt: skip


def _update_pair(pair: UpdatePair, timezone: str) -> dict[str, Any]:
    return {
        "scenario": pair.scenario,
        "attribute": pair.attribute,
        "difference": pair.difference,
        "before": _set(pair.before, timezone),
        "after": _set(pair.after, timezone),
    }


def _set(side: Set | None, timezone: str) -> dict[str, Any] | None:
    return (
        None
        if side is None
        else {"at": moment(side.at, timezone), "state": side.state, "value": json_value(side.value)}
    )
