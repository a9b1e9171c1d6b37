"""Findings as GitHub workflow commands, which become annotations of a pull request.

GitHub shows ten of each level per step, so the errors come first and the total is the last line.
"""

from __future__ import annotations

from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.findings.report import Report, first_line, totals
from scenario_cli.reports.in_repository import in_repository
from scenario_cli.reports.text import Style
from scenario_cli.reports.workflow_commands import command

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    if not report.findings:
        return ""
    graded = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    total = totals(report.findings, report.scenarios, False, report.ignored).rstrip()
    return "".join(map(_command, graded)) + command("notice", total, title="scenario validate")


def _command(finding: Diagnostic) -> str:
    span = finding.span
    text = first_line(finding, Style(False))
    if finding.hint:
        text += f"\n{printable(finding.hint)}"
    # The end of a stretch is that of its last character here; columns are shown only within one line.
    columns = {"col": span.column, "endColumn": max(span.end_column - 1, span.column)}
    return command(
        _LEVELS[finding.severity],
        text,
        title=f"scenario {finding.code}",
        file=printable(in_repository(span.file, "GITHUB_WORKSPACE")),
        line=span.line,
        endLine=span.end_line,
        **(columns if span.line == span.end_line else {}),
    )
