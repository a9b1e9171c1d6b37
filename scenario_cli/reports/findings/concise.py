"""Findings as one line each."""

from __future__ import annotations

from scenario_cli.reports.findings.report import Report, first_line
from scenario_cli.reports.text import Style


def render(report: Report) -> str:
    return "".join(f"{first_line(finding, Style(report.color))}\n" for finding in report.found)
