"""Findings as GitHub workflow commands, which become annotations of a pull request.

GitHub shows ten of each level per step, so the errors come first and the total is the last line.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.findings.report import Report, first_line, totals
from scenario_cli.reports.text import Style

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    if not report.found:
        return ""
    graded = sorted(report.found, key=lambda finding: SEVERITIES.index(finding.severity))
    total = totals(report.found, report.scenarios, False, report.ignored).rstrip()
    return "".join(map(_command, graded)) + f"::notice title=scenario validate::{_data(total)}\n"


def _command(finding: Diagnostic) -> str:
    span = finding.span
    # The end of a stretch is that of its last character here; columns are shown only within one line.
    columns = f",col={span.column},endColumn={max(span.end_column - 1, span.column)}"
    where = f"line={span.line},endLine={span.end_line}{columns if span.line == span.end_line else ''}"
    text = first_line(finding, Style(False))
    if finding.hint:
        text += f"\n{printable(finding.hint)}"
    title = _property(f"scenario {finding.code}")
    return (
        f"::{_LEVELS[finding.severity]} title={title},file={_property(printable(span.file))},{where}::{_data(text)}\n"
    )


def _data(text: str) -> str:
    """A message that stays one line and one command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
