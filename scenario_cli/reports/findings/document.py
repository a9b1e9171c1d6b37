"""Findings as JSON; schemas/validate.output.schema.json describes it."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.diagnostic import SEVERITIES, Fix
from scenario_cli.model.source import Span
from scenario_cli.reports.findings.report import Report
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def render(report: Report) -> str:
    counts = {severity: sum(finding.severity == severity for finding in report.findings) for severity in SEVERITIES}
    document = {
        "format_version": FORMAT_VERSION,
        "command": "validate",
        "scenarios": report.scenarios,
        "counts": counts,
        "ignored": report.ignored,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "hint": finding.hint,
                **_location(finding.span),
                "related": [{"message": message, **_location(span)} for message, span in finding.related],
                "fix": _fix(finding.fix) if finding.fix is not None else None,
            }
            for finding in report.findings
        ],
    }
    return json_text(document)


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "edits": [{**_location(edit.span), "text": edit.text} for edit in fix.edits]}


def _location(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
