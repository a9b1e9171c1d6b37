"""Results of scenario tests as JUnit XML: a suite a file, a case a case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from scenario_cli.model.case_run import Verdict
from scenario_cli.model.plain_text import plain_line, printable
from scenario_cli.reports.tests_run import words
from scenario_cli.reports.tests_run.shared_causes import failing_alike
from scenario_cli.reports.tests_run.text import failure, place_of
from scenario_cli.reports.text import Style

_WIDTH = 100  # of both timelines, in a page that CI systems show in a fixed font


def test_junit(verdicts: Sequence[Verdict]) -> str:
    """It names no durations, so that the same project and cases give the same text."""
    failed = str(sum(not verdict.passed for verdict in verdicts))
    count = {"tests": str(len(verdicts)), "failures": failed, "errors": "0"}
    root = ElementTree.Element("testsuites", {"name": "scenario test", **count})
    like = {id(verdict): first for first, *rest in failing_alike(verdicts) for verdict in rest}
    for file, group in groupby(verdicts, lambda verdict: verdict.run.file):
        cases = list(group)
        failed = str(sum(not verdict.passed for verdict in cases))
        count = {"tests": str(len(cases)), "failures": failed, "errors": "0"}
        suite = ElementTree.SubElement(root, "testsuite", {"name": _text(file), **count})
        for verdict in cases:
            suite.append(_case(verdict, like.get(id(verdict))))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(verdict: Verdict, like: Verdict | None) -> ElementTree.Element:
    """A case. If another case failed for the same cause before, its timelines replace this case's own."""
    run = verdict.run
    file = _text(run.file)
    element = ElementTree.Element(
        "testcase", name=_text(run.case.name), classname=file, file=file, line=str(run.case.span.line)
    )
    if not verdict.passed:
        first, *rest = words.differences(verdict)
        message = first + (f" (and {len(rest)} more)" if rest else "")
        failed = ElementTree.SubElement(element, "failure", message=_text(message), type="difference")
        lines = failure(verdict, Style(False), _WIDTH)
        if like is not None:
            listed = (f"- {sentence}" for sentence in words.differences(verdict))
            lines = [f"fails like {place_of(like)}  {like.run.case.name}", *listed]
        failed.text = "\n".join(map(plain_line, lines))
    return element


def _text(text: str) -> str:
    """A text on one line, without the characters that XML cannot hold."""
    return plain_line(printable(text))
