"""The changes of test cases, in headings and sentences that every format shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from scenario_cli.model.case_differences import CaseChange, CaseDifferences, CoverageChange
from scenario_cli.reports.tests_run.text import percent_down
from scenario_cli.reports.tests_run.words import differences
from scenario_cli.reports.text import plural

# A heading, whether it is bad news, and its cases.
Group = tuple[str, bool, tuple[CaseChange, ...]]


def case_groups(cases: CaseDifferences) -> Iterator[Group]:
    """The groups that have cases; groups that need a decision come first."""
    groups: tuple[Group, ...] = (
        ("{} now", True, cases.now_fail),
        ("{}, as before", True, cases.still_fail),
        ("rewritten, and the old version no longer passes: {}", False, cases.overturned),
        ("{} again", False, cases.now_pass),
        ("new: {}", False, cases.added),
        ("gone: {}", False, cases.removed),
    )
    for heading, bad, group in groups:
        if group:
            yield heading.format(_counted(heading, len(group))), bad, group


def _counted(heading: str, count: int) -> str:
    verb = {"{} now": "fail", "{}, as before": "fail", "{} again": "pass"}.get(heading, "")
    singular = f"{verb}{'es' if verb == 'pass' else 's'}" if verb and count == 1 else verb
    return f"{plural(count, 'case')} {singular}".rstrip()


def case_lines(cases: Sequence[CaseChange], bad: bool) -> list[tuple[str, list[str]]]:
    """Each case with the reasons why it fails; those of a file that cannot be run for one reason are named together."""
    lines: list[tuple[str, list[str]]] = []
    for (file, fault), group in groupby(cases, key=lambda case: (case.file, case.fault)):
        several = list(group)
        if fault and len(several) > 1:
            lines.append((f"{file}: {plural(len(several), 'case')}", case_reasons(several[0]) if bad else []))
        else:
            lines += [(f"{file}: {case.name}", case_reasons(case) if bad else []) for case in several]
    return lines


def case_reasons(case: CaseChange) -> list[str]:
    """Why a case fails, in sentences; none for one that passes."""
    if case.verdict is None:
        return [f"cannot be run: {case.fault}"]
    return list(differences(case.verdict))


def coverage_words(part: CoverageChange) -> str:
    """`welcome: 80% after 100%`."""
    before, after = ("–" if share is None else percent_down(share) for share in (part.before, part.after))
    return f"{part.scenario}: {after} (was {before})"


def totals(cases: CaseDifferences) -> str:
    """One sentence on how many cases were run and how they fared."""
    failed = len(cases.now_fail) + len(cases.still_fail)
    if not cases.ran:
        return "No test case covers the change."
    return f"{plural(cases.ran, 'case')} run with the new version: {cases.ran - failed:,} pass, {failed:,} fail."
