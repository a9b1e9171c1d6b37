"""The differences between two versions of a project, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.case_differences import CaseDifferences
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.difference import Difference
from scenario_cli.model.plain_text import printable
from scenario_cli.model.project import Project
from scenario_cli.reports.diff.case_words import case_groups, case_lines, coverage_words, totals
from scenario_cli.reports.diff.contact_text import contact_text
from scenario_cli.reports.diff.impact_document import impact_document
from scenario_cli.reports.diff.limit_words import passed_words
from scenario_cli.reports.diff.passages import passage_lines
from scenario_cli.reports.diff.under_way_document import under_way_document
from scenario_cli.reports.diff.words import headline, reach_words, subject_title
from scenario_cli.reports.document.parts import Bullets, Heading
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.text import Style, lines_text, wrap

_MARKS = {"added": "+", "removed": "-", "renamed": "→", "moved": "→", "changed": "~"}
_COLORS = {"added": "green", "removed": "red"}


def diff_text(difference: Difference, models: tuple[Project, Project], color: bool, width: int) -> str:
    """The changes in meaning, their impact on a log, running journeys, the tests, then the limits that are passed."""
    parts = [_meaning(difference, color, width)]
    if difference.impact is not None:
        parts.append(document_text(impact_document(difference.impact), color, width))
    if difference.contact is not None:
        parts.append(contact_text(difference.contact, *models, color, width))
    if difference.under_way is not None:
        parts.append(document_text(under_way_document(difference.under_way), color, width))
    if difference.cases is not None:
        heading = document_text([Heading(2, "Tests")], color, width)
        parts.append(heading + lines_text(_cases(difference.cases, Style(color), min(width, 120))))
    if difference.passed:
        passed = Bullets(tuple(passed_words(passed) for passed in difference.passed))
        parts.append(document_text([Heading(2, "Exceeded limits"), passed], color, width))
    return "\n".join(parts)


def _meaning(difference: Difference, color: bool, width: int) -> str:
    style, width = Style(color), min(width, 120)
    lines = [style(line, "bold") for line in wrap(_plain(headline(difference)), width)]
    for alarm in difference.changes.alarms:
        lines += ["", *(style(line, "red", "bold") for line in wrap(_plain(alarm), width, "! ", "  "))]
    for subject in difference.changes.subjects:
        lines += ["", *_subject(subject, style, width)]
    return lines_text(lines)


def _cases(cases: CaseDifferences, style: Style, width: int) -> Iterator[str]:
    yield from wrap(totals(cases), width)
    for heading, bad, group in case_groups(cases):
        yield from (style(line, *(["red"] if bad else [])) for line in wrap(heading, width, "  ", "    "))
        for title, reasons in case_lines(group, bad):
            yield from wrap(printable(title), width, "    ", "      ")
            for reason in reasons:
                yield from (style(line, "dim") for line in wrap(printable(reason), width, "      - ", "        "))
    if cases.coverage:
        yield "  coverage"
        for part in cases.coverage:
            yield from wrap(printable(coverage_words(part)), width, "    ", "      ")


def _subject(subject: Subject, style: Style, width: int) -> Iterator[str]:
    mark = _MARKS[subject.kind]
    for line in wrap(_plain(subject_title(subject)), width, f"{mark} ", "  "):
        yield style(line, "bold", *([_COLORS[subject.kind]] if subject.kind in _COLORS else []))
    for change in subject.changes:
        yield from _change(change, style, width)
    for text in reach_words(subject):
        yield from (style(line, "dim") for line in wrap(_plain(text), width, "    ", "      "))


def _change(change: Change, style: Style, width: int) -> Iterator[str]:
    for line in wrap(_plain(change.text), width, f"  {_MARKS[change.kind]} ", "    "):
        yield style(line, _COLORS[change.kind]) if change.kind in _COLORS else line
    if change.passage:
        for mark, text in passage_lines(change.before, change.after):
            name = {"-": "red", "+": "green"}.get(mark, "dim")
            yield from (style(line, name) for line in wrap(printable(text), width, f"      {mark} ", "        "))
    if change.reach:
        text = f"touches {', '.join(change.reach)}"
        yield from (style(line, "dim") for line in wrap(printable(text), width, "    ", "      "))


def _plain(text: str) -> str:
    return printable(text.replace("`", ""))
