"""An inferred tracking plan, for people to check and as plain values; `events-infer.output.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.analysis.tracking_plan.infer import InferredPlan
from scenario_cli.model.inspection import Inspection
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.text import Style, fit, lines_text, plural

FORMAT_VERSION = 1


def inferred_text(plan: InferredPlan, export: Inspection, color: bool, width: int) -> str:
    """Each event with its properties and their types; `*` marks the required ones."""
    style = Style(color)
    lines = [f"{plural(len(plan.events), 'event')} in {plural(export.rows, 'row')}; * means in every row"]
    rows = {event.name: event.rows for event in export.events}
    if plan.profile:
        lines += ["", style("profile", "bold")]
        lines += [f"  {name} {_type(described)}" for name, described in plan.profile.items()]
    for name, event in plan.events.items():
        kind = "  changes the profile" if event.get("profile") else ""
        lines += ["", style(printable(name), "bold") + style(f"  {plural(rows.get(name, 0), 'row')}{kind}", "dim")]
        required = event.get("required", ())
        for key, described in event.get("properties", {}).items():
            star = "*" if key in required else " "
            lines.append(fit(f" {star}{printable(key)} {_type(described)}", width))
    if plan.remarks:
        lines += ["", style("To decide", "bold")]
        for (owner, key), remark in plan.remarks.items():
            subject = ".".join(part for part in (owner or "contact", key) if part)
            lines.append(f"  {printable(subject)}: {remark}")
    return lines_text(lines)


def _type(described: Any) -> str:
    if not isinstance(described, Mapping):
        return str(described)
    kind = described.get("type")
    text = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "enum" in described:
        text += ": " + ", ".join(map(str, described["enum"]))
    if "items" in described:
        items = described["items"]
        text += " of " + (", ".join(items["properties"]) if isinstance(items, Mapping) else str(items))
    if "properties" in described:
        text += ": " + ", ".join(described["properties"])
    return printable(text)


def inferred_values(plan: InferredPlan, export: Inspection) -> dict[str, Any]:
    """The inferred plan for JSON; `plan` is the content of events.yaml."""
    return {
        "format_version": FORMAT_VERSION,
        "command": "events infer",
        "files": list(export.files),
        "rows": export.rows,
        "plan": plan.document(),
        "remarks": [
            {"event": owner or None, "property": key or None, "remark": remark}
            for (owner, key), remark in plan.remarks.items()
        ],
    }
