"""Runs the test cases of both sides of a change, as far as the change can concern them, and compares the results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scenario_cli.analysis.coverage import coverage, share
from scenario_cli.analysis.verdict import verdict
from scenario_cli.hosts.case_times import faulty_times
from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.model.canonical import canonical
from scenario_cli.model.case import Case, CaseFile
from scenario_cli.model.case_differences import CaseChange, CaseDifferences, CoverageChange
from scenario_cli.model.case_run import Verdict
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project

# A file below the project's folder, the name of a case, and the number of cases with that name before it.
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class CaseSide:
    """The test files of one side by their path below the project, and their faults."""

    project: Project
    files: Mapping[str, CaseFile]
    faults: Sequence[Diagnostic] = ()


@dataclass(slots=True)
class _Ran:
    """Cases by key, and their outcomes on one side."""

    cases: dict[Key, tuple[CaseFile, Case]] = field(default_factory=dict)
    outcomes: dict[Key, CaseChange] = field(default_factory=dict)

    def passed(self, key: Key) -> bool:
        return key in self.outcomes and self.outcomes[key].passed

    @property
    def verdicts(self) -> list[Verdict]:
        return [outcome.verdict for outcome in self.outcomes.values() if outcome.verdict is not None]


def case_differences(
    old: CaseSide, new: CaseSide, old_cases_on_new: CaseSide, touched: frozenset[str], renamed: Mapping[str, str]
) -> CaseDifferences:
    """The differences of the cases. `touched` are the scenarios that the change can concern; cases of others are not
    run. `renamed` are old names of scenarios by their new ones.

    `old_cases_on_new` are the old side's test files, read for the new side's project.
    """
    named = touched.union(renamed.values())  # tests can have a name that a scenario no longer has
    before, after = _chosen(old, named), _chosen(new, named)
    rewritten = [key for key in before if key in after and not _is_same_case(before[key], after[key])]
    removed = [key for key in before if key not in after]
    # A case that an author wrote, or rewrote, is compared in any case.
    known_before, known_after = _all(old), _all(new)
    rewritten += [key for key in known_before if key in known_after and key not in before
                  and not _is_same_case(known_before[key], known_after[key])]  # fmt: skip
    removed += [key for key in known_before if key not in known_after and key not in before]
    added = [key for key in known_after if key not in known_before]
    after |= {key: known_after[key] for key in (*rewritten, *added)}
    before |= {key: known_before[key] for key in rewritten}
    on_old, on_new = _run(old, before), _run(new, after)
    known_on_new = _all(old_cases_on_new)
    overturned = _run(
        old_cases_on_new, {key: known_on_new[key] for key in (*rewritten, *removed) if key in known_on_new}
    )
    fail = [key for key in on_new.cases if not on_new.passed(key)]
    failed_before = {key for key in fail if key in on_old.cases and not on_old.passed(key)}
    return CaseDifferences(
        ran=len(on_new.cases),
        now_fail=tuple(on_new.outcomes[key] for key in fail if key not in failed_before),
        still_fail=tuple(on_new.outcomes[key] for key in fail if key in failed_before),
        now_pass=tuple(
            on_new.outcomes[key]
            for key in on_new.cases
            if on_new.passed(key) and key in on_old.cases and not on_old.passed(key)
        ),
        added=tuple(on_new.outcomes[key] for key in added),
        removed=tuple(_outcome(overturned, key) for key in removed),
        overturned=tuple(outcome for key in rewritten if not (outcome := _outcome(overturned, key)).passed),
        coverage=tuple(_coverage(old.project, new.project, on_old, on_new, touched, renamed)),
    )


def _outcome(ran: _Ran, key: Key) -> CaseChange:
    """The outcome of a case; a case that could not be read has a fault."""
    return ran.outcomes.get(key) or CaseChange(key[0], key[1], fault="it does not match the new version")


def _all(side: CaseSide) -> dict[Key, tuple[CaseFile, Case]]:
    cases: dict[Key, tuple[CaseFile, Case]] = {}
    for path, file in side.files.items():
        for case in file.cases:
            number = 0
            while (path, case.name, number) in cases:
                number += 1
            cases[path, case.name, number] = file, case
    return cases


def _chosen(side: CaseSide, touched: frozenset[str]) -> dict[Key, tuple[CaseFile, Case]]:
    """The cases of files that test one of these scenarios."""
    return {
        key: (file, case)
        for key, (file, case) in _all(side).items()
        if (touched if file.scenarios is None else touched.intersection(file.scenarios))
    }


def _is_same_case(old: tuple[CaseFile, Case], new: tuple[CaseFile, Case]) -> bool:
    settings = [(file.timezone, file.scenarios) for file, _ in (old, new)]
    return settings[0] == settings[1] and canonical(old[1]) == canonical(new[1])


def _run(side: CaseSide, cases: dict[Key, tuple[CaseFile, Case]]) -> _Ran:
    ran = _Ran(cases)
    stage = Stage(side.project) if cases else None
    faults = [*side.faults, *faulty_times({id(file): file for file, _ in cases.values()}.values())]
    for key, (file, case) in cases.items():
        fault = _fault(file, faults)
        if fault:
            ran.outcomes[key] = CaseChange(key[0], case.name, fault=fault)
        elif stage is not None:
            ran.outcomes[key] = CaseChange(key[0], case.name, verdict(play(stage, file, case)))
    return ran


def _fault(file: CaseFile, faults: Iterable[Diagnostic]) -> str:
    """The reason why the cases of a file cannot be run: its first error. `scenario test` does not run such a file
    either.
    """
    errors = (fault.message for fault in faults if fault.span.file == file.file and fault.severity == "error")
    return next(errors, "")


def _coverage(
    old: Project, new: Project, on_old: _Ran, on_new: _Ran, touched: frozenset[str], renamed: Mapping[str, str]
) -> Iterable[CoverageChange]:
    """The scenarios whose coverage differs, by their new names."""
    before, after = _shares(old, on_old, {renamed.get(name, name) for name in touched}), _shares(new, on_new, touched)
    for name in sorted({*after, *(name for name in before if name not in renamed.values())}):
        share_before = before.get(renamed.get(name, name))
        if share_before != after.get(name):
            yield CoverageChange(name, share_before, after.get(name))


def _shares(project: Project, ran: _Ran, names: Collection[str]) -> dict[str, float]:
    scenarios = [scenario for name, scenario in project.scenarios.items() if name in names]
    return {part.scenario: share([part]) for part in coverage(scenarios, (result.run for result in ran.verdicts))}
