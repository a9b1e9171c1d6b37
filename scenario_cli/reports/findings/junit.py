"""Findings as a JUnit report: a test case for each file, failed if it has findings that fail the command."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as xml

from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.plain_text import plain_line, printable
from scenario_cli.reports.findings.full import full_text
from scenario_cli.reports.findings.report import Report, totals
from scenario_cli.reports.text import plural


def render(report: Report) -> str:
    by_file: dict[str, list[Diagnostic]] = {file: [] for file in sorted(report.sources)}
    for finding in report.findings:
        by_file.setdefault(finding.span.file, []).append(finding)
    suite = xml.Element("testsuite", name="scenario validate", errors="0", skipped="0")
    failures = 0
    for file, findings in by_file.items():
        case = xml.SubElement(suite, "testcase", name=_text(file), classname="scenario validate", time="0")
        failing = [finding for finding in findings if finding.severity in report.failing]
        passing = [finding for finding in findings if finding.severity not in report.failing]
        if failing:
            failures += 1
            codes = ", ".join(dict.fromkeys(finding.code for finding in failing))
            failure = xml.SubElement(case, "failure", type=codes, message=plural(len(failing), "finding"))
            failure.text = _failure_text(failing, report)
        if passing:
            xml.SubElement(case, "system-out").text = _failure_text(passing, report)
    suite.set("tests", str(len(by_file)))
    suite.set("failures", str(failures))
    xml.SubElement(suite, "system-out").text = _text(totals(report.findings, report.scenarios, False, report.ignored))
    root = xml.Element("testsuites", tests=str(len(by_file)), failures=str(failures), errors="0")
    root.append(suite)
    xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _failure_text(findings: Iterable[Diagnostic], report: Report) -> str:
    return "\n" + "".join(
        f"{_text(line)}\n" for line in full_text(list(findings), report.sources, False, 120).split("\n")
    )


def _text(text: str) -> str:
    """XML has no place for most control characters, escaped or not."""
    return "\n".join(plain_line(printable(line)) for line in text.split("\n"))
