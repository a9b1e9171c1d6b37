"""The whole project of an import: files, tests that were run once, and the account. Runs nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenario_cli.importing.cases import Draft, answers, drafts, test_text
from scenario_cli.importing.formats import FORMATS
from scenario_cli.importing.journey import Journey
from scenario_cli.importing.project_files import ProjectTexts, project_files
from scenario_cli.importing.read import Import
from scenario_cli.language.format.layout import format_text
from scenario_cli.language.library import Change
from scenario_cli.language.starter import schema_files
from scenario_cli.model.case_run import CaseRun
from scenario_cli.model.imported import ImportReport, in_order

# Runs the test cases of a project given as texts by path; the runs by test file.
Play = Callable[[Mapping[str, str]], Mapping[str, Sequence[CaseRun]]]


@dataclass(frozen=True, slots=True)
class Assembled:
    """The files to write, and the result for each node of the export."""

    changes: tuple[Change, ...]
    report: ImportReport


def assemble(
    imported: Import, tool: str, name: str, timezone: str, sources: Sequence[Path], folder: str, play: Play
) -> Assembled:
    """The project with the name `name`. A journey that no test case enters gets no test, but a note about it."""

    def project_texts() -> ProjectTexts:
        journeys, vocabulary = imported.journeys, imported.vocabulary
        return project_files(name, timezone, FORMATS[tool].tool, journeys, vocabulary, imported.ledger)

    tests: dict[str, str] = {}
    played = _played(imported, timezone, lambda texts: play({**project_texts().texts, **texts}))
    for journey in imported.journeys:
        pairs = [(case, run) for case, run in played[journey.name] if not run.stopped and _reaches(run, case.through)]
        if pairs:
            tests[_test_path(journey)] = _test(journey, timezone, pairs)
        else:
            journey.item.decide("no test was written: the export does not say how a contact enters", journey.at(""))
    final = project_texts()
    nodes = in_order([final.node(item) for item in imported.ledger.items], list(map(str, sources)))
    texts = {**final.texts, **tests}
    scenarios = tuple(journey.name for journey in imported.journeys)
    report = ImportReport(tool, tuple(map(str, sources)), nodes, scenarios, tuple(sorted(texts)), folder)
    changes = [Change(path, text.encode()) for path, text in sorted(texts.items())]
    return Assembled((*changes, *schema_files()), report)


def _played(imported: Import, timezone: str, play: Play) -> dict[str, list[tuple[Draft, CaseRun]]]:
    """The cases of each journey with their runs: first those that enter, then those in which something more is done."""
    cases = {journey.name: drafts(journey, imported.vocabulary) for journey in imported.journeys}
    first = _run(imported, cases, timezone, play)
    more = {
        journey.name: answers(journey, imported.vocabulary, *first[journey.name][0], timezone)
        for journey in imported.journeys
        if first[journey.name]
    }
    second = _run(imported, more, timezone, play)
    return {name: first[name] + second[name] for name in cases}


def _run(
    imported: Import, cases: Mapping[str, list[Draft]], timezone: str, play: Play
) -> dict[str, list[tuple[Draft, CaseRun]]]:
    texts = {_test_path(each): test_text(each, timezone, cases[each.name])
             for each in imported.journeys if cases.get(each.name)}  # fmt: skip
    runs = play(texts) if texts else {}
    return {
        each.name: list(zip(cases.get(each.name, ()), runs.get(_test_path(each), ()), strict=True))
        for each in imported.journeys
    }


def _reaches(run: CaseRun, state: str) -> bool:
    return any(not state or state in journey.states for journey in run.journeys)


def _test_path(journey: Journey) -> str:
    return f"tests/{journey.name}.test.yaml"


def _test(journey: Journey, timezone: str, pairs: Sequence[tuple[Draft, CaseRun]]) -> str:
    text = test_text(journey, timezone, [case for case, _ in pairs], [run for _, run in pairs])
    return format_text(text, "test", _test_path(journey)).text or text
