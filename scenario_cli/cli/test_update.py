"""`scenario test --update`: writes the results into the expectations of failing cases, and shows the difference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import emit, note, rewrite
from scenario_cli.cli.differences import difference

if TYPE_CHECKING:
    from scenario_cli.hosts.scenario_tests import Stage
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.case import Case, CaseFile
    from scenario_cli.model.case_run import Verdict
    from scenario_cli.reports.text import Style


def update(
    loaded: Loaded,
    stage: Stage,
    chosen: Sequence[tuple[CaseFile, Case]],
    verdicts: Sequence[Verdict],
    style: Style,
    dry: bool,
) -> list[Verdict]:
    """Writes new expectations for the failed cases, unless `dry`, and returns the verdicts on all cases with them."""
    rerun: dict[int, Verdict] = {}
    for file in {id(file): file for file, _ in chosen}.values():
        numbered = enumerate(zip(chosen, verdicts, strict=True))
        failing = [
            (position, case, verdict)
            for position, ((case_file, case), verdict) in numbered
            if case_file is file and not verdict.passed
        ]
        if failing:
            rerun |= _rewrite(loaded, stage, file, failing, style, dry)
    return [rerun.get(position, verdict) for position, verdict in enumerate(verdicts)]


def _rewrite(
    loaded: Loaded, stage: Stage, file: CaseFile, failing: Sequence[tuple[int, Case, Verdict]], style: Style, dry: bool
) -> dict[int, Verdict]:
    """Writes one file, and returns the new verdicts on its failing cases by their place among the chosen cases."""
    from scenario_cli.analysis.verdict import verdict
    from scenario_cli.hosts.case_times import faulty_times
    from scenario_cli.hosts.case_updates import case_update
    from scenario_cli.hosts.scenario_tests import play
    from scenario_cli.language.cases.build import build_test
    from scenario_cli.language.cases.rewriting import rewritten
    from scenario_cli.language.reader import read_yaml
    from scenario_cli.language.schema import check as schema

    path = Path(file.file)
    before = path.read_bytes().decode("utf-8")
    numbers = {id(case): number for number, case in enumerate(file.cases)}
    updates = {numbers[id(case)]: case_update(file, failed) for _, case, failed in failing}
    result = rewritten(before, updates)
    for number, reasons in result.unresolved.items():
        for sentence in reasons:
            note(f"{file.file}:{file.cases[number].span.line}: {file.cases[number].name}: {sentence}", False)
    if result.text == before:
        return {}
    node, all_faults = read_yaml(result.text.encode(), file.file)
    case_file, faults = build_test(node, file.file, loaded.project) if node is not None else (None, [])
    all_faults = [*all_faults, *(schema.check(node, "test") if node is not None else ()), *faults]
    all_faults += faulty_times([case_file]) if case_file is not None else []
    if case_file is None or all_faults:
        reason = f": {all_faults[0].message}" if all_faults else ""
        note(f"{file.file}: not changed, because the new text would not be a valid test file{reason}", False)
        return {}
    emit(difference(file.file, before, result.text, style), None)
    if not dry:
        rewrite(path, result.text.encode())
    return {
        position: verdict(play(stage, case_file, case_file.cases[numbers[id(case)]])) for position, case, _ in failing
    }
