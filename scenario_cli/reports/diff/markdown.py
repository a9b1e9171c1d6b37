"""The differences between two versions of a project as Markdown, for the comment of a pull request.

GitHub refuses comments of more than 65,536 characters, so the longest lists are cut, with how much was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from scenario_cli.model.case_differences import CaseDifferences
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
from scenario_cli.reports.document.markdown import document_markdown, markdown_text
from scenario_cli.reports.document.parts import Paragraph
from scenario_cli.reports.text import fit, plural

MOST_CHARACTERS = 60_000
_LIMITS = (400, 200, 100, 60, 40, 25, 15, 10, 6, 4, 2, 1)  # elements of one list
_LONGEST = 300  # characters of one line


def diff_markdown(difference: Difference) -> str:
    """The report with lists as long as the size of a comment allows."""
    page = ""
    for limit in _LIMITS:
        page = "\n".join(_page(difference, limit)) + "\n"
        if len(page) < MOST_CHARACTERS:
            break
    return page


def _page(difference: Difference, limit: int) -> Iterator[str]:
    yield f"### {_text(f'{difference.project}: {summary(difference)}')}"
    yield ""
    yield f"{_side(difference.old.label, difference.old.commit)} → {_side(difference.new.label, difference.new.commit)}"
    for alarm in difference.changes.alarms:
        yield from ("", "> [!CAUTION]", f"> {_text(alarm)}")
    if difference.passed:
        yield from ("", "> [!WARNING]", "> **Exceeded limits**")
        yield from (f"> - {_text(passed_words(passed))}" for passed in difference.passed)
    subjects = difference.changes.subjects
    for subject in subjects[:limit]:
        yield from _folded(subject_title(subject), len(subject.changes), list(_subject(subject, limit)))
    yield from _more(len(subjects) - limit, "")
    yield from _impact(difference, limit)
    if difference.under_way is not None:
        blocks = under_way_document(difference.under_way[:limit])[1:]
        yield from _folded("Running journeys", 0, document_markdown(blocks).rstrip().split("\n"))
        yield from _more(len(difference.under_way) - limit, "")
    if difference.cases is not None:
        yield from _folded(f"Tests: {totals(difference.cases)}", 0, list(_cases(difference.cases, limit)))


def _side(label: str, commit: str) -> str:
    named = f" ({commit[:10]})" if commit and not commit.startswith(label) else ""
    return f"{_text(label)}{named}"


def _folded(title: str, count: int, lines: Sequence[str]) -> Iterator[str]:
    """A heading with its details, which open on a click."""
    counted = f" · {plural(count, 'change')}" if count > 1 else ""
    if not lines:
        yield from ("", f"**{_text(title)}**")
        return
    summary_ = "".join(
        f"<code>{escape(part)}</code>" if number % 2 else escape(part)
        for number, part in enumerate(printable(_cut(title)).split("`"))
    )
    yield from ("", f"<details><summary>{summary_}{counted}</summary>", "", *lines, "", "</details>")


def _subject(subject: Subject, limit: int) -> Iterator[str]:
    for change in subject.changes[:limit]:
        yield from _change(change, limit)
    yield from _more(len(subject.changes) - limit, "- ")
    for text in reach_words(subject):
        yield from ("", f"<sub>{_text(text)}</sub>")


def _change(change: Change, limit: int) -> Iterator[str]:
    yield f"- {_text(change.text)}"
    if change.passage:
        lines = list(passage_lines(change.before, change.after))
        fence = _fence([text for _, text in lines])
        yield from ("", f"  {fence}diff")
        yield from (f"  {mark} {_cut(printable(text))}".rstrip() for mark, text in lines[:limit])
        yield from _more(len(lines) - limit, "  ")
        yield from (f"  {fence}", "")
    if change.reach:
        yield f"  <br><sub>{_text('affects ' + ', '.join(f'`{name}`' for name in change.reach))}</sub>"


def _impact(difference: Difference, limit: int) -> Iterator[str]:
    """The impact on the contacts of a log, with its headline in sight; or one contact of it in full."""
    for title, document in (
        ("Impact", impact_document(difference.impact, limit)[1:] if difference.impact is not None else []),
        ("Contact", contact_document(difference.contact) if difference.contact is not None else []),
    ):
        if document:
            first = document[0]
            summary = f": {first.text}" if isinstance(first, Paragraph) else ""
            rest = document[1:] if summary else document
            yield from _folded(f"{title}{summary}", 0, document_markdown(rest).rstrip("\n").split("\n"))


def _fence(lines: Sequence[str]) -> str:
    """More backticks than any line has in a row."""
    ticks = "```"
    while any(ticks in line for line in lines):
        ticks += "`"
    return ticks


def _cases(cases: CaseDifferences, limit: int) -> Iterator[str]:
    for heading, bad, group in case_groups(cases):
        yield from (f"**{_text(heading)}**", "")
        lines = case_lines(group, bad)
        for title, reasons in lines[:limit]:
            yield f"- {_text(title)}"
            yield from (f"  - {_text(reason)}" for reason in reasons[:limit])
            yield from _more(len(reasons) - limit, "  - ")
        yield from _more(len(lines) - limit, "- ")
        yield ""
    if cases.coverage:
        yield from ("**coverage**", "")
        yield from (f"- {_text(coverage_words(part))}" for part in cases.coverage[:limit])
        yield from _more(len(cases.coverage) - limit, "- ")


def _more(count: int, begin: str) -> Iterator[str]:
    if count > 0:
        yield from ([""] if not begin else [])
        yield f"{begin}and {count:,} more"


def _text(text: str) -> str:
    return markdown_text(_cut(text))


def _cut(text: str) -> str:
    cut = fit(text, _LONGEST)
    return f"{cut}`" if cut.count("`") % 2 else cut
