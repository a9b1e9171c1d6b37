"""A comparison of the tracking plan with an export, as text and plain values; `events-check.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from scenario_cli.analysis.silence.silenced import Effect
from scenario_cli.analysis.tracking_plan.check import Breach
from scenario_cli.model.inspection import Inspection
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.exports.contacts import contact_lines, contact_values
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.exports.withheld import shown_name, shown_value
from scenario_cli.reports.text import Style, fit, lines_text, plural

FORMAT_VERSION = 1

_MOST_NOTES = 20
_LONGEST_NAME = 120  # columns


def check_text(breaches: Sequence[Breach], export: Inspection, color: bool, width: int, show_data: bool) -> str:
    """Each breach with the messages it would silence; then the breaches that no scenario relies on; then the sum."""
    style = Style(color)
    lines: list[str] = []
    grave = [breach for breach in breaches if not breach.note]
    notes = [breach for breach in breaches if breach.note]
    for breach in grave:
        lines += [*_breach(breach, export, style, width, show_data), ""]
    if notes:
        lines.append(style("Not used by any scenario", "bold"))
        for breach in notes[:_MOST_NOTES]:
            lines += _wrapped(f"  {_subject(breach, show_data)}: {_message(breach, show_data)}", width)
        if len(notes) > _MOST_NOTES:
            lines.append(style(f"  and {len(notes) - _MOST_NOTES:,} more: see --format json", "dim"))
        lines.append("")
    if export.reach is not None:
        lines.append(style("Reach", "bold"))
        lines += [part for line in contact_lines(export.reach, show_data) for part in _wrapped(f"  {line}", width)]
        lines.append("")
    lines += [style(line, "bold") for line in _wrapped(totals(breaches, export), width)]
    return lines_text(lines)


def totals(breaches: Sequence[Breach], export: Inspection) -> str:
    """The sum in one line."""
    grave = [breach for breach in breaches if not breach.note]
    if not grave:
        unusable = sum(each.count for each in export.unusable)
        rest = f"; {plural(unusable, 'row')} cannot be used" if unusable else ""
        return f"ok: {plural(export.rows - unusable, 'row')} match the tracking plan{rest}"
    silent = {effect.scenario for breach in grave if breach.total for effect in breach.effects if effect.everything}
    fewer = {effect.scenario for breach in grave for effect in breach.effects} - silent
    parts = [plural(len(grave), "breach", "breaches")]
    if silent:
        parts.append(f"{plural(len(silent), 'scenario')} would send nothing: "
                     + ", ".join(sorted(silent)))  # fmt: skip
    if fewer:
        parts.append(f"{plural(len(fewer), 'scenario')} affected: " + ", ".join(sorted(fewer)))
    return "; ".join(parts)


def _message(breach: Breach, show_data: bool) -> str:
    examples = ", ".join(f"'{text}'" for text in _examples(breach, show_data))
    example_text = f", such as {examples}" if examples else ""
    rename = (
        f"; probably renamed to '{_name(breach.likely.name, show_data)}' ({breach.likely.why})" if breach.likely else ""
    )
    return printable(f"{breach.message}{example_text}{rename}")


def _name(name: str, show_data: bool) -> str:
    return fit(name if show_data else shown_name(name), _LONGEST_NAME)


def _subject(breach: Breach, show_data: bool) -> str:
    return printable(_name(breach.subject(), show_data))


def _examples(breach: Breach, show_data: bool) -> list[str]:
    return [text if show_data else shown_value(breach.property, text) for text in breach.examples]


def _breach(breach: Breach, export: Inspection, style: Style, width: int, show_data: bool) -> list[str]:
    subject = _subject(breach, show_data)
    lines = _wrapped(f"{subject}: {_message(breach, show_data)}", width)
    lines[0] = lines[0].replace(subject, style(subject, "bold", "red"), 1)
    if breach.last is not None and breach.kind in ("stopped", "fell"):
        lines.append(style(f"  last seen {moment(breach.last, export.timezone)}", "dim"))
    if breach.kind == "unusable":
        return lines
    if not breach.effects:
        lines.append(style("  used by scenarios or templates; no message would be missing", "dim"))
    elif not breach.total:
        lines.append(style("  where it is missing:", "dim"))
    for effect in breach.effects:
        lines += _effect(effect, style, width)
    return lines


def _effect(effect: Effect, style: Style, width: int) -> list[str]:
    if effect.everything:
        outcome = "would send nothing" + (f": {effect.why}" if effect.why else "")
    elif effect.silenced:
        outcome = f"would not send {len(effect.silenced)} of its {plural(effect.messages, 'message')}"
    else:
        outcome = "still sends all messages"
    losses = [f"- {_message_text(message)}" for message in effect.silenced]
    losses += [f"~ {_message_text(message)}  without {', '.join(names)}" for message, names in effect.blank]
    losses += [f"! nobody leaves through {exit_}: messages continue" for exit_ in effect.exits]
    losses += ["! conversions are no longer counted"] if effect.unmeasured else []
    losses += [f"~ fewer enter: {reason}" for reason in effect.fewer]
    losses += [f"! more enter: {reason}" for reason in effect.more]
    lines = _wrapped(f"  {effect.scenario} ({effect.status}) {outcome}", width)
    lines[0] = lines[0].replace(effect.scenario, style(effect.scenario, "bold"), 1)
    return lines + [part for line in losses for part in _wrapped(f"    {line}", width)]


def _wrapped(line: str, width: int) -> list[str]:
    """Wraps a line and indents its later lines further."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return wrap(line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False) or [""]


def _message_text(message: tuple[str, str, str]) -> str:
    state, channel, template = message
    return f"{state}  {channel} {template}"


def check_values(breaches: Sequence[Breach], export: Inspection, project: str, show_data: bool) -> dict[str, Any]:
    """The breaches of a plan for JSON and YAML."""
    return {
        "format_version": FORMAT_VERSION,
        "command": "events check",
        "project": project,
        "files": list(export.files),
        "rows": export.rows,
        "first": moment(export.first, export.timezone),
        "last": moment(export.last, export.timezone),
        "breaches": [_breach_values(breach, export, show_data) for breach in breaches if not breach.note],
        "notes": [_breach_values(breach, export, show_data) for breach in breaches if breach.note],
        "events": [
            {
                "event": _shown_name(event.name, show_data),
                "rows": event.rows,
                "last": moment(event.last, export.timezone),
            }
            for event in export.events
        ],
        "reach": contact_values(export.reach, show_data),
        "not_compared": [] if export.windows else [NOT_COMPARED],
    }


NOT_COMPARED = "volumes: the export covers less than two weeks"


def _shown_name(name: str, show_data: bool) -> str:
    return name if show_data else shown_name(name)


def _breach_values(breach: Breach, export: Inspection, show_data: bool) -> dict[str, Any]:
    return {
        "kind": breach.kind,
        "event": _shown_name(breach.event, show_data) if breach.event else None,
        "property": _shown_name(breach.property, show_data) if breach.property else None,
        "message": breach.message,
        "examples": _examples(breach, show_data),
        "likely": {"name": _shown_name(breach.likely.name, show_data), "why": breach.likely.why}
        if breach.likely
        else None,
        "total": breach.total,
        "last": moment(breach.last, export.timezone),
        "scenarios": [_effect_values(effect) for effect in breach.effects],
    }


def _effect_values(effect: Effect) -> dict[str, Any]:
    return {
        "scenario": effect.scenario,
        "status": effect.status,
        "file": effect.file,
        "silent": effect.everything,
        "why": effect.why or None,
        "messages": effect.messages,
        "silenced": [_message_values(message) for message in effect.silenced],
        "blank": [{**_message_values(message), "names": list(names)} for message, names in effect.blank],
        "exits": list(effect.exits),
        "unmeasured": effect.unmeasured,
        "fewer": list(effect.fewer),
        "more": list(effect.more),
    }


def _message_values(message: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("state", "channel", "template"), message, strict=True))
