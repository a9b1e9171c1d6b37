"""The differences between two versions of a project as one HTML page that needs no other files."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.difference import Difference
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.diff.case_words import case_groups, case_lines, coverage_words, totals
from scenario_cli.reports.diff.contact_text import contact_document
from scenario_cli.reports.diff.impact_document import impact_document
from scenario_cli.reports.diff.limit_words import passed_words
from scenario_cli.reports.diff.passages import passage_lines
from scenario_cli.reports.diff.under_way_document import under_way_document
from scenario_cli.reports.diff.words import reach_words, subject_title, summary
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.html_page import html_page

_MARKS = {"added": "+", "removed": "−", "renamed": "→", "moved": "→", "changed": "~"}


def diff_page(difference: Difference) -> str:
    cases = difference.cases
    values = {
        "project": difference.project,
        "summary": _marked(summary(difference)),
        "sides": [(side.label, side.commit[:10]) for side in (difference.old, difference.new)],
        "alarms": [_marked(alarm) for alarm in difference.changes.alarms],
        "subjects": [_subject(subject) for subject in difference.changes.subjects],
        "passed": [_marked(passed_words(passed)) for passed in difference.passed],
        "impact": document_html(impact_document(difference.impact)) if difference.impact is not None else "",
        "contact": document_html(contact_document(difference.contact)) if difference.contact is not None else "",
        "under_way": document_html(under_way_document(difference.under_way))
        if difference.under_way is not None
        else "",
        "totals": totals(cases) if cases is not None else "",
        "groups": [
            {
                "heading": heading,
                "bad": bad,
                "cases": case_lines(group, bad),
            }
            for heading, bad, group in (case_groups(cases) if cases is not None else ())
        ],
        "coverage": list(map(coverage_words, cases.coverage)) if cases is not None else [],
    }
    return html_page("scenario_cli.reports.diff", diff=values)


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "title": _marked(subject_title(subject)),
        "kind": subject.kind,
        "mark": _MARKS[subject.kind],
        "changes": [_change(change) for change in subject.changes],
        "reach": [_marked(text) for text in reach_words(subject)],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "mark": _MARKS[change.kind],
        "text": _marked(change.text),
        "lines": [(_LINES[mark], mark, text) for mark, text in passage_lines(change.before, change.after)]
        if change.passage
        else [],
        "reach": _marked("touches " + ", ".join(f"`{name}`" for name in change.reach)) if change.reach else "",
    }


_LINES = {"-": "removed", "+": "added", " ": "same"}


def _marked(text: str) -> Markup:
    """A sentence whose `backticks` are shown as code."""
    parts = printable(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
