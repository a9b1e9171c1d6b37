"""Findings as SARIF 2.1.0, with the documents of the rules that found something, as GitHub's code scanning reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scenario_cli.model.diagnostic import Diagnostic, Fix
from scenario_cli.model.source import Span
from scenario_cli.reports.findings.report import Report, RuleDocument, fingerprinted
from scenario_cli.reports.findings.rule_example import example_markdown
from scenario_cli.reports.in_repository import in_repository
from scenario_cli.reports.json_text import json_text

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> str:
    from importlib.metadata import version

    rules_by_code = {rule.code: rule for rule in report.rules}
    codes = sorted({finding.code for finding in report.findings})
    rules = [_rule(rules_by_code[code]) if code in rules_by_code else {"id": code} for code in codes]
    indexes = {rule["id"]: index for index, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "scenario-cli",
                "semanticVersion": version("scenario-cli"),
                "rules": rules,
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(*finding, indexes) for finding in fingerprinted(report.findings)],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json_text(log)


def _rule(rule: RuleDocument) -> dict[str, Any]:
    finds, because, mend = (f"{text[:1].upper()}{text[1:]}." for text in (rule.finds, rule.because, rule.mend))
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": finds},
        "fullDescription": {"text": because},
        "help": {
            "text": f"{finds}\n{because}\n{mend}",
            "markdown": f"{finds}\n\n**Why that hurts**: {because}\n\n{example_markdown(rule.example)}"
            f"**What to do**: {mend}\n\n{example_markdown(rule.instead)}".rstrip(),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Diagnostic, digest: str, number: int, indexes: Mapping[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": indexes[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + (f"\n{finding.hint}" if finding.hint else "")},
        "locations": [_location(finding.span)],
        # GitHub's name for the key that identifies a finding after lines have moved.
        "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{number}"},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": message}, **_location(span)}
            for number, (message, span) in enumerate(finding.related, 1)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": _region(span)}}


def _artifact(file: str) -> dict[str, str]:
    file = in_repository(file, "GITHUB_WORKSPACE")
    if Path(file).is_absolute():
        return {"uri": Path(file).as_uri()}
    return {"uri": quote(file, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.span.file, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(file), "replacements": replacements}
            for file, replacements in changes.items()
        ],
    }
