"""Findings as a GitLab code-quality report. GitLab takes findings of one fingerprint for one, so each has its own.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib

from scenario_cli.reports.findings.report import Report, fingerprinted
from scenario_cli.reports.in_repository import in_repository
from scenario_cli.reports.json_text import json_text

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report) -> str:
    issues = [
        {
            "description": f"{finding.code} {finding.message}" + (f" ({finding.hint})" if finding.hint else ""),
            "check_name": finding.code,
            "fingerprint": hashlib.sha256(f"{digest}:{number}".encode()).hexdigest(),
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": in_repository(finding.span.file, "CI_PROJECT_DIR"),
                "lines": {"begin": finding.span.line, "end": finding.span.end_line},
            },
        }
        for finding, digest, number in fingerprinted(report.findings)
    ]
    return json_text(issues)
