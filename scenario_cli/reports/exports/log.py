"""The report on the reading of a log, as lines of text and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.model.decimal_marks import remedy
from scenario_cli.model.export import ContactsReport, ReadReport, Unusable
from scenario_cli.model.plain_text import printable
from scenario_cli.model.results import Warning
from scenario_cli.reports.text import Style, fit, plural

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SAMPLES = 2


def moment(at: int | None, zone: str) -> str | None:
    """An instant in microseconds on a local clock, to the second."""
    if at is None:
        return None
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def day(at: int | None, zone: str) -> str:
    return (moment(at, zone) or "–")[:10]


def data_lines(read: ReadReport, warnings: Sequence[Warning], style: Style, width: int) -> list[str]:
    """Faults of the data that its owner should know; no lines if there are none."""
    lines: list[str] = []
    for unusable in read.unusable:
        lines += _unusable(unusable, read.rows, style, width)
    table = read.contacts_table
    for unusable in table.unusable if table is not None else ():
        lines += _unusable(unusable, table.rows if table else 0, style, width)
    for misfit in (*read.misfits, *(table.misfits if table is not None else ())):
        property_path = f"{misfit.event}.{misfit.property}" if misfit.event else f"contact.{misfit.property}"
        hint = remedy(misfit.property, misfit.declared, misfit.example)
        lines.append(
            f"{property_path}: {plural(misfit.count, 'value')} not of type {misfit.declared}, treated as "
            f"missing, such as {printable(misfit.example)!r}{f': {hint}' if hint else ''}"
        )
    for absent in read.absent:
        hint = f": did you mean {' or '.join(repr(name) for name in absent.near)}?" if absent.near else ""
        lines.append(f"no event '{absent.name}' in the log{hint}")
    misfits = {
        (misfit.event, misfit.property) for misfit in (*read.misfits, *(table.misfits if table is not None else ()))
    }
    for unfilled in (*read.unfilled, *(table.unfilled if table is not None else ())):
        if (unfilled.event, unfilled.property) in misfits:
            continue
        owner = f"{unfilled.event}.{unfilled.property}" if unfilled.event else f"contact.{unfilled.property}"
        hint = f": did you mean {' or '.join(repr(name) for name in unfilled.near)}?" if unfilled.near else ""
        lines.append(f"{owner} has no value in any row{hint}")
    for warning in warnings:
        event = f" on {warning.event}" if warning.event else ""
        scenario = f"{warning.scenario}: " if warning.scenario else ""
        lines.append(
            f"{scenario}{warning.place}{event}: {printable(warning.example)} ({plural(warning.count, 'time')})"
        )
    lines += list(read.notes)
    return [fit(line, width) if line.startswith("  ") else line for line in lines]


def _unusable(unusable: Unusable, rows: int, style: Style, width: int) -> list[str]:
    lines = [f"{plural(unusable.count, 'row')} of {rows:,} not used: {unusable.reason}"]
    for sample in unusable.samples[:_MOST_SAMPLES]:
        line = f":{sample.line}" if sample.line is not None else ""
        lines.append("  " + style(fit(f"{sample.file}{line}: {printable(sample.excerpt)}", width - 4), "dim"))
    return lines


def read_values(read: ReadReport, zone: str) -> dict[str, Any]:
    """The report on the reading, for JSON."""
    return {
        "files": list(read.files),
        "rows": read.rows,
        "used": read.used,
        "contacts": read.contacts,
        "first": moment(read.first, zone),
        "last": moment(read.last, zone),
        "events": dict(read.wanted),
        "unwanted": dict(read.unwanted) | ({"(others)": read.unwanted_rest} if read.unwanted_rest else {}),
        "unusable": [_unusable_values(unusable) for unusable in read.unusable],
        "misfits": [
            {"event": misfit.event, "property": misfit.property, "declared": misfit.declared, "count": misfit.count,
             "example": misfit.example}
            for misfit in read.misfits
        ],
        "absent": [{"event": misfit.name, "near": list(misfit.near)} for misfit in read.absent],
        "unfilled": [
            {"event": misfit.event, "property": misfit.property, "near": list(misfit.near)} for misfit in read.unfilled
        ],
        "notes": list(read.notes),
        "contacts_table": _contacts_values(read.contacts_table) if read.contacts_table is not None else None,
    }  # fmt: skip


def _unusable_values(unusable: Unusable) -> dict[str, Any]:
    samples = [{"file": sample.file, "line": sample.line, "excerpt": sample.excerpt} for sample in unusable.samples]
    return {"reason": unusable.reason, "count": unusable.count, "samples": samples}


def _contacts_values(table: ContactsReport) -> dict[str, Any]:
    return {
        "files": list(table.files),
        "rows": table.rows,
        "used": table.used,
        "repeated": table.repeated,
        "changes": table.changes,
        "unusable": [_unusable_values(unusable) for unusable in table.unusable],
    }


def warning_values(warnings: Sequence[Warning]) -> list[dict[str, Any]]:
    return [
        {
            "scenario": warning.scenario,
            "place": warning.place,
            "event": warning.event,
            "count": warning.count,
            "example": warning.example,
        }
        for warning in warnings
    ]
