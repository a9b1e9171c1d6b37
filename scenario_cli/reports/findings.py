"""Findings about a project as text (full, concise) and JSON. Knows no rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic
from scenario_cli.model.source import Span
from scenario_cli.reports.text import Style, plural

FORMAT_VERSION = 1
_COLORS = {"error": "red", "warning": "yellow", "info": "blue"}


def concise_text(found: Sequence[Diagnostic], color: bool) -> str:
    """One line a finding."""
    return "".join(f"{_first_line(finding, Style(color))}\n" for finding in found)


def full_text(found: Sequence[Diagnostic], sources: Mapping[str, str], color: bool, width: int) -> str:
    """Each finding with its source line, a caret, and what was meant."""
    style = Style(color)
    blocks = []
    for finding in found:
        lines = [_first_line(finding, style)]
        lines += _excerpt(finding.span, sources, style, width, _COLORS[finding.severity])
        if finding.hint:
            lines.append(f"  {style('=', 'dim')} {finding.hint}")
        for said, span in finding.related:
            lines.append(f"  {style('=', 'dim')} {said}: {span.file}:{span.line}:{span.column}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _first_line(finding: Diagnostic, style: Style) -> str:
    place = f"{finding.span.file}:{finding.span.line}:{finding.span.column}:"
    severity = "" if finding.severity == "error" else f"{finding.severity}: "
    return f"{style(place, 'bold')} {style(finding.code, _COLORS[finding.severity])} {severity}{finding.message}"


def _excerpt(span: Span, sources: Mapping[str, str], style: Style, width: int, color: str) -> list[str]:
    lines = sources.get(span.file, "").splitlines()
    if not 1 <= span.line <= len(lines):
        return []
    number = str(span.line)
    source = lines[span.line - 1].replace("\t", " ")
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(source)
    room = max(width - len(number) - 5, 20)
    shift = 0
    if cell_len(source[:end]) > room:
        shift = max(start - room // 3, 0)
    shown = source[shift : shift + room]
    before = " " * cell_len(source[shift:start])
    marks = "^" * max(min(cell_len(source[start:end]), room - len(before)), 1)
    gutter = style("|", "dim")
    return [
        f"  {style(number, 'dim')} {gutter} {shown}",
        f"  {' ' * len(number)} {gutter} {before}{style(marks, color)}",
    ]


def totals(found: Sequence[Diagnostic], scenarios: int, color: bool) -> str:
    """The last line: what was looked at and what was found."""
    style = Style(color)
    counts = [
        style(plural(number, severity if severity != "info" else "hint"), _COLORS[severity])
        for severity in SEVERITIES
        if (number := sum(finding.severity == severity for finding in found))
    ]
    looked = plural(scenarios, "scenario")
    if not counts:
        return f"{style('ok', 'green')}: {looked}, no findings\n"
    return f"{looked}: {', '.join(counts)}\n"


def findings_json(found: Sequence[Diagnostic], scenarios: int) -> str:
    counts = {severity: sum(finding.severity == severity for finding in found) for severity in SEVERITIES}
    document = {
        "format_version": FORMAT_VERSION,
        "command": "validate",
        "scenarios": scenarios,
        "counts": counts,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "hint": finding.hint,
                **_place(finding.span),
                "related": [{"message": said, **_place(span)} for said, span in finding.related],
            }
            for finding in found
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _place(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
