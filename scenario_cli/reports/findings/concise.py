"""Findings as one line each."""

from __future__ import annotations

from scenario_cli.reports.findings.report import Report, first_line
from scenario_cli.reports.text import Style, lines_text


def render(report: Report) -> str:
    return lines_text(first_line(finding, Style(report.color)) for finding in report.findings)
