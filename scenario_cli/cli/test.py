"""`scenario test`: runs the project's test cases, and states which parts of scenarios none went through."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note, notes, width
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    color,
    format_of,
    format_option,
    load,
    refuse_broken,
)
from scenario_cli.cli.watch import Watch, again_and_again

if TYPE_CHECKING:
    from scenario_cli.analysis.coverage import Coverage
    from scenario_cli.hosts.scenario_tests import Stage
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.case import Case, CaseFile
    from scenario_cli.model.case_run import Verdict
    from scenario_cli.model.scenario import Scenario

FORMATS = {"text": "", "json": ".json", "junit": ".xml", "github": ""}

# A test file with one of its cases.
Chosen = tuple["CaseFile", "Case"]


def test(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH...]", help="Test files or folders. Default: all tests of the project."),
    ] = None,
    project: ProjectDir = None,
    patterns: Annotated[
        list[str] | None,
        typer.Option(
            "-k", metavar="PATTERN", help="Only cases whose file or name contains this text; * matches anything."
        ),
    ] = None,
    with_coverage: Annotated[
        bool,
        typer.Option("--coverage", help="List the states, transitions, branches and messages that no case reaches."),
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="N", help="Exit 1 if coverage is under N percent."),
    ] = None,
    update_: Annotated[
        bool,
        typer.Option("--update", help="Rewrite the expectations of failing cases, and show the difference."),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="With --update: show the difference and write nothing.")] = False,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
    watch: Watch = False,
) -> int:
    """Run the test cases of the scenarios.

    Examples:
      scenario test
      scenario test -k unsubscribes --coverage
    """
    arguments = {**locals(), "watch": False}
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    if fail_under is not None and not 0 <= fail_under <= 100:
        raise Stop("--fail-under must be a percentage from 0 to 100")
    if update_ and (watch or format_ is not None or output is not None):
        raise Stop("--update cannot be combined with --watch, --format and --output", "leave them out")
    if diff and not update_:
        raise Stop("--diff needs --update", "write --update --diff")
    if watch:
        return again_and_again(lambda: test(**arguments), project, paths, output)
    loaded = load(project, paths, tests=True)
    files = _below(loaded, paths or [])
    refuse_broken(loaded, quiet, besides=set(loaded.test_files) - files)
    chosen = _matching([file for file in loaded.tests if file.file in files], patterns or [])
    stage = _stage(loaded)
    verdicts, scenarios = _run(loaded, stage, chosen, all_scenarios=not paths and not patterns)
    passed = all(case_verdict.passed for case_verdict in verdicts)
    if update_:
        from scenario_cli.cli.test_update import update
        from scenario_cli.reports.text import Style

        verdicts = update(loaded, stage, chosen, verdicts, Style(colored), dry=diff)
        passed = (
            passed if diff else all(case_verdict.passed for case_verdict in verdicts)
        )  # if nothing is written, it still fails
    coverages = _coverage(scenarios, verdicts) if with_coverage or fail_under is not None else None

    from scenario_cli.reports.tests_run.github import test_github
    from scenario_cli.reports.tests_run.json import test_json
    from scenario_cli.reports.tests_run.junit import test_junit
    from scenario_cli.reports.tests_run.text import test_text, totals

    match chosen_format:
        case "json":
            emit(test_json(verdicts, coverages), output)
        case "github":
            emit(test_github(verdicts), output)
        case "junit":
            emit(test_junit(verdicts), output)
        case _:
            emit(test_text(verdicts, coverages, colored, width(sys.stdout)), output)
    notes([*([""] if chosen_format == "text" else []), totals(verdicts)], quiet)
    too_low = fail_under is not None and coverages is not None and _is_below(coverages, fail_under)
    return 1 if too_low or not passed else 0


def _below(loaded: Loaded, paths: Sequence[str]) -> set[str]:
    """The test files that were named, or are in folders that were; each path must name one."""
    absolute = {name: Path(name).resolve() for name in loaded.test_files}
    hint = "test files are named NAME.test.yaml, such as tests/welcome.test.yaml"
    if not absolute:
        raise Stop("the project has no tests", hint)
    files: set[str] = set()
    for argument in paths:
        path = Path(argument).resolve()
        if not path.exists():
            raise Stop(f"'{argument}' does not exist")
        below = {name for name, path_ in absolute.items() if path_.is_relative_to(path)}
        if not below:
            raise Stop(f"'{argument}' contains no test file of the project", hint)
        files |= below
    return files if paths else set(absolute)


def _matching(files: Sequence[CaseFile], patterns: Sequence[str]) -> list[Chosen]:
    """The cases that one of the patterns is found in; each pattern must be found somewhere."""
    cases = [(file, case) for file in files for case in file.cases]
    if not patterns:
        return cases
    matched: set[int] = set()
    for pattern in patterns:
        search = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE | re.DOTALL).search
        hits = {number for number, (file, case) in enumerate(cases) if search(f"{file.file} {case.name}")}
        if not hits:
            raise Stop(
                f"-k '{pattern}' matches none of {len(cases)} cases",
                "the pattern is compared with the file and the name of each case",
            )
        matched |= hits
    return [cases[number] for number in sorted(matched)]


def _stage(loaded: Loaded) -> Stage:
    from scenario_cli.hosts.scenario_tests import Stage

    return Stage(loaded.project)


def _run(
    loaded: Loaded, stage: Stage, chosen: Sequence[Chosen], all_scenarios: bool
) -> tuple[list[Verdict], list[Scenario]]:
    """The verdicts, and the scenarios that the cases are about; all that run, if all cases do."""
    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.analysis.verdict import verdict
    from scenario_cli.hosts.scenario_tests import play

    verdicts = [verdict(play(stage, file, case)) for file, case in chosen]
    running = chosen_scenarios(loaded.project, ())
    tested = {name for file, _ in chosen for name in file.scenarios or [scenario.name for scenario in running]}
    tested |= {scenario.name for scenario in running} if all_scenarios else set()
    return verdicts, [scenario for name, scenario in loaded.project.scenarios.items() if name in tested]


def _coverage(scenarios: Sequence[Scenario], verdicts: Sequence[Verdict]) -> list[Coverage]:
    from scenario_cli.analysis.coverage import coverage

    return coverage(scenarios, (case_verdict.run for case_verdict in verdicts))


def _is_below(coverages: Sequence[Coverage], least: float) -> bool:
    from scenario_cli.analysis.coverage import share
    from scenario_cli.reports.tests_run.text import percent_down

    reached = share(coverages)
    if reached < least:
        note(f"coverage is {percent_down(reached)}, less than {least:g}%")
    return reached < least
