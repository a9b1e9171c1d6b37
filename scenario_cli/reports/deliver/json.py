"""A delivery as JSON; its schema is `deliver.output.schema.json`."""

from __future__ import annotations

from scenario_cli.model.handing import DeliveryResult
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def delivery_json(result: DeliveryResult) -> str:
    """The whole report."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "deliver",
            "kind": result.kind,
            "complete": result.complete,
            "channels": [
                {
                    "channel": channel.name,
                    **{fate: channel.fates[fate] for fate in ("handed", "failed", "stale", "skipped", "left")},
                    "again": channel.again,
                    "reason": channel.reason or None,
                    "postponed": channel.postponed or None,
                    "files": channel.files,
                    "troubles": [trouble._asdict() for trouble in channel.troubles],
                }
                for channel in result.channels
            ],
            "unreachable": [{"channel": name, "waiting": count} for name, count in result.unreachable.items()],
        }
    )
