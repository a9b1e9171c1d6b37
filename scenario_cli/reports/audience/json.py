"""A base by segment, and one audience as a list, as JSON; its schema is `audience.output.schema.json`."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.audience import Audience, Listed, Members, Outside
from scenario_cli.reports.exports.log import moment, read_values, warning_values
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def audience_json(audience: Audience) -> str:
    zone = audience.timezone
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "audience",
            "project": audience.project,
            "project_digest": audience.project_digest,
            "timezone": zone,
            "currency": audience.currency,
            "as_of": moment(audience.at, zone),
            "change_since": moment(audience.since, zone) if audience.everyone.change else None,
            "scenarios": list(audience.scenarios),
            "log": read_values(audience.read, zone),
            "channels": [
                {"channel": channel, "rests_on": list(effects)} for channel, effects in audience.channels.items()
            ],
            "open_channels": list(audience.open_channels),
            "everyone": _members(audience.everyone, audience),
            "segments": [
                {"segment": name, **_members(members, audience)} for name, members in audience.segments.items()
            ],
            "overlaps": [
                {"segments": list(pair), "contacts": count} for pair, count in audience.overlaps.items()
            ],
            "in_none_of": [_outside(outside) for outside in audience.outside],
            "warnings": warning_values(audience.warnings),
            "audience": _listed(audience.listed, audience) if audience.listed is not None else None,
        }
    )  # fmt: skip


def _outside(outside: Outside) -> dict[str, Any]:
    return {"segments": list(outside.group.segments), "contacts": outside.size, "buyers": outside.buyers}


def _members(members: Members, audience: Audience) -> dict[str, Any]:
    change = members.change
    size = audience.everyone.size
    revenue, total = members.revenue, audience.everyone.revenue
    return {
        "contacts": members.size,
        "share": members.size / size if size else None,
        "revenue": None if revenue is None else float(revenue),
        "revenue_share": None if revenue is None or not total else float(revenue / total),
        "change": {"before": change.before, "came": change.entered, "left": change.left} if change else None,
        "reachable": dict(members.reachable),
        "rests_on": list(members.rests_on),
    }


def _listed(listed: Listed, audience: Audience) -> dict[str, Any]:
    return {
        "name": listed.source,
        "condition": listed.condition,
        **_members(listed.members, audience),
        "also_in": dict(listed.also_in),
        "metrics_rest_on": {name: list(effects) for name, effects in listed.metrics_rest_on.items()},
        "rows": [dict(contact) for contact in listed.rows],
    }
