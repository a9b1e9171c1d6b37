"""Findings with their source line, a mark under it, and the intended text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.plain_text import printable
from scenario_cli.model.source import Span
from scenario_cli.reports.findings.report import COLORS, Report, first_line
from scenario_cli.reports.text import Style, lines_text


def render(report: Report) -> str:
    return full_text(report.findings, report.sources, report.color, report.width, report.wrap)


def full_text(
    findings: Sequence[Diagnostic], sources: Mapping[str, str], color: bool, width: int, wrap: bool = False
) -> str:
    """Each finding as a block, an empty line between them. `width` is in columns; hints are broken there to `wrap`."""
    style = Style(color)
    lines_of: dict[str, list[str]] = {}
    blocks = []
    for finding in findings:
        file = finding.span.file
        if file not in lines_of:
            lines_of[file] = sources.get(file, "").splitlines()
        lines = [first_line(finding, style)]
        lines += _excerpt(finding.span, lines_of[file], style, width, COLORS[finding.severity])
        if finding.hint:
            hint = textwrap.wrap(finding.hint, width - 4, break_on_hyphens=False) if wrap else [finding.hint]
            lines.append(f"  {style('=', 'dim')} {printable(hint[0])}")
            lines += [f"    {printable(line)}" for line in hint[1:]]
        for message, span in finding.related:
            location = printable(f"{message}: {span.file}")
            lines.append(f"  {style('=', 'dim')} {location}:{span.line}:{span.column}")
        if finding.fix is not None:
            lines.append(f"  {style('=', 'dim')} --fix: {printable(finding.fix.title)}")
        blocks.append(lines_text(lines))
    return "\n".join(blocks)


def _excerpt(span: Span, lines: Sequence[str], style: Style, width: int, color: str) -> list[str]:
    if not 1 <= span.line <= len(lines):
        return []
    number = str(span.line)
    source = printable(lines[span.line - 1].replace("\t", " "))
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(source)
    room = max(width - len(number) - 5, 20)
    shift = 0
    if cell_len(source[:end]) > room:
        shift = max(start - room // 3, 0)
    excerpt = source[shift : shift + room]
    before = " " * cell_len(source[shift:start])
    marks = "^" * max(min(cell_len(source[start:end]), room - len(before)), 1)
    gutter = style("|", "dim")
    return [
        f"  {style(number, 'dim')} {gutter} {excerpt}",
        f"  {' ' * len(number)} {gutter} {before}{style(marks, color)}",
    ]
