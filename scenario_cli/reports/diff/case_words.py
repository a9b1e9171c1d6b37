"""What became of test cases, in headings and sentences that every format shares."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.case_differences import CaseChange, CaseDifferences, CoverageChange
from scenario_cli.reports.tests_run.text import percent_down
from scenario_cli.reports.tests_run.words import differences
from scenario_cli.reports.text import plural

# A heading, whether it is bad news, and its cases.
Group = tuple[str, bool, tuple[CaseChange, ...]]


def case_groups(cases: CaseDifferences) -> Iterator[Group]:
    """The groups of cases that there are, those that ask for somebody first."""
    groups: tuple[Group, ...] = (
        ("{} now", True, cases.now_fail),
        ("{}, as before", True, cases.still_fail),
        ("rewritten, and the old version no longer holds: {}", False, cases.overturned),
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


def case_title(case: CaseChange) -> str:
    return f"{case.file}: {case.name}"


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
        return "No test case is about what changed."
    return f"{plural(cases.ran, 'case')} run on the new side: {cases.ran - failed:,} pass, {failed:,} fail."
