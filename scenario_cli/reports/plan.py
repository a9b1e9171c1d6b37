"""A forward plan as text and JSON."""

from __future__ import annotations

from collections import Counter

from scenario_cli.model.plain_text import printable
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.results import Plan
from scenario_cli.reports.dry_run.facts import alone, complaints, sorted_warnings
from scenario_cli.reports.exports.log import data_lines, moment, read_values, warning_values
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked, masked_id
from scenario_cli.reports.text import Style, fit, lines_text, plural, table

FORMAT_VERSION = 1
_MOST_ROWS = 40


def plan_text(plan: Plan, color: bool, width: int, show_data: bool = False) -> str:
    """Returns the text for a terminal: messages that leave, and messages that would be dropped."""
    style = Style(color)
    leaving = sorted((row for row in plan.rows if row.status != "dropped"), key=_by_time)
    messages = sum(row.kind == "message" for row in leaving)
    changes = len(leaving) - messages
    dropped = Counter((row.channel, row.reason) for row in plan.rows if row.status == "dropped")
    due = sum(row.status == "due" and row.kind == "message" for row in leaving)
    lines = [
        f"{style(plan.project, 'bold')}: {plural(messages, 'message')} from {moment(plan.as_of, plan.timezone)} "
        f"to {moment(plan.until, plan.timezone)}",
        style(
            f"{due:,} due now, {messages - due:,} scheduled if nothing else happens"
            + (f"; {plural(changes, 'attribute change')}" if changes else ""),
            "dim",
        ),
    ]
    if plan.left_out:
        lines.append(style(alone(plan.left_out), "dim"))
    if leaving:
        lines += ["", *_rows(leaving[:_MOST_ROWS], style, width, show_data)]
        if len(leaving) > _MOST_ROWS:
            hint = f"{len(leaving) - _MOST_ROWS:,} more; write all rows with --out FILE.jsonl, .csv or .parquet"
            lines.append(style(hint, "dim"))
        lines += ["", *_by_scenario(plan, style, width)]
    if dropped:
        lines += ["", style("Would be dropped", "bold")]
        lines += [f"  {channel} {reason} {count:,}" for (channel, reason), count in sorted(dropped.items())]
    warnings = data_lines(plan.read, sorted_warnings(plan.summary), style, width)
    warnings += complaints(plan.summary)
    if warnings:
        lines += ["", style("Data warnings", "bold"), *(f"  {line}" for line in warnings)]
    return lines_text(lines)


def _by_time(row: PlanRow) -> tuple[str, str]:
    return row.send_at, row.contact_id


def _rows(rows: list[PlanRow], style: Style, width: int, show_data: bool) -> list[str]:
    def display(text: str) -> str:
        return printable(text if show_data else masked(text))

    cells = [
        [
            _local(row.send_at_local),
            fit(printable(row.contact_id if show_data else masked_id(row.contact_id)), 20),
            row.channel or row.kind,
            f"{row.scenario}:{row.state}",
            display(_subject(row)).strip(),
        ]
        for row in rows
    ]
    head = ["local time", "contact", "channel", "scenario:state", "subject"]
    widths = [max(len(line[column]) for line in (head, *cells)) for column in range(4)]
    subject = max(width - sum(widths) - 8, 12)
    return table(head, [[*line[:4], fit(line[4], subject)] for line in cells], width + 40, style, left=5)


def _subject(row: PlanRow) -> str:
    """Returns a line about the row: a message's subject, or the attribute that is changed."""
    if row.kind == "update":
        return f"{row.attribute}: {row.before} -> {row.after}"
    return str(row.subject or row.title or row.body or "")


def _local(instant_text: str) -> str:
    """`2025-02-20 08:12 -05:00`: rows are in order of time, and contacts' clocks differ."""
    return f"{instant_text[:16].replace('T', ' ')} {instant_text[-6:]}"


def _by_scenario(plan: Plan, style: Style, width: int) -> list[str]:
    counts = Counter((row.scenario, row.channel or row.kind) for row in plan.rows if row.status != "dropped")
    channels = sorted({channel for _, channel in counts})
    rows = [
        [name, *(f"{counts[(name, channel)]:,}" for channel in channels)]
        for name in sorted({name for name, _ in counts})
    ]
    return table(["scenario", *channels], rows, width, style)


def plan_json(plan: Plan) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "plan",
        "project": plan.project,
        "project_digest": plan.project_digest,
        "timezone": plan.timezone,
        "as_of": moment(plan.as_of, plan.timezone),
        "until": moment(plan.until, plan.timezone),
        **({"left_out": plan.left_out} if plan.left_out else {}),
        "log": read_values(plan.read, plan.timezone),
        "rows": [row_values(row) for row in plan.rows],
        "warnings": warning_values(sorted_warnings(plan.summary)),
        "complaints": dict(sorted(plan.summary.complaints.items())),
    }
    return json_text(document)
