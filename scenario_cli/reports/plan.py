"""A forward plan as text and JSON."""

from __future__ import annotations

from collections import Counter

from rich.cells import cell_len

from scenario_cli.model.plain_text import printable
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.results import Plan
from scenario_cli.reports.dry_run.facts import alone, complaints, sorted_warnings
from scenario_cli.reports.exports.log import data_lines, moment, read_values, warning_values
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked, masked_id
from scenario_cli.reports.text import Style, fit, lines_text, plural, table, wrap

FORMAT_VERSION = 1
_MOST_ROWS = 40
_LEAST_SUBJECT = 20  # columns of a subject, below which the rows are laid out for a narrow terminal


def plan_text(plan: Plan, color: bool, width: int, show_data: bool = False) -> str:
    """Returns the text for a terminal: messages that leave, and messages that would be dropped."""
    style = Style(color)
    leaving = sorted((row for row in plan.rows if row.status != "dropped"), key=_by_time)
    messages = sum(row.kind == "message" for row in leaving)
    changes = len(leaving) - messages
    dropped = Counter((row.channel, row.reason) for row in plan.rows if row.status == "dropped")
    due = sum(row.status == "due" and row.kind == "message" for row in leaving)
    lines = [
        *_title(plan, messages, style, width),
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


def _title(plan: Plan, messages: int, style: Style, width: int) -> list[str]:
    start, end = moment(plan.as_of, plan.timezone), moment(plan.until, plan.timezone)
    first, *rest = wrap(f"{plan.project}: {plural(messages, 'message')} from {start} to {end}", width, "", "  ")
    name = len(plan.project)
    return [style(first[:name], "bold") + first[name:], *rest]


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
    widths = [max(cell_len(line[column]) for line in (head, *cells)) for column in range(4)]
    subject = width - sum(widths) - 8
    if subject < _LEAST_SUBJECT:
        return _by_day(head, cells, style, width)
    return table(head, [[*line[:4], fit(line[4], subject)] for line in cells], width + 40, style, left=5)


def _by_day(head: list[str], cells: list[list[str]], style: Style, width: int) -> list[str]:
    """The rows for a narrow terminal: the day in a line of its own, and the state cut if it leaves no room."""
    short = [[line[0][11:], *line[1:]] for line in cells]
    head = ["time", *head[1:]]
    widths = [max(cell_len(line[column]) for line in (head, *short)) for column in range(3)]
    room = width - 2 - sum(widths) - 8
    state = min(max(cell_len(line[3]) for line in (head, *short)), max(room - _LEAST_SUBJECT, room // 2))
    rows = [[*line[:3], fit(line[3], state), fit(line[4], max(room - state, 8))] for line in short]
    title, *lines = table(head, rows, width + 40, style, left=5, indent=2)
    parts: list[str] = [title]
    for number, line in enumerate(lines):
        if number == 0 or cells[number][0][:10] != cells[number - 1][0][:10]:
            parts.append(style(cells[number][0][:10], "bold"))
        parts.append(line)
    return parts


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
