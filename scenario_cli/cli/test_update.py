"""`scenario test --update`: writes what happened into the expectations of failing cases, and shows the difference."""

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
    """The verdicts on the cases as they are expected now; the files of those that failed are written, unless `dry`."""
    again: dict[int, Verdict] = {}
    for file in {id(file): file for file, _ in chosen}.values():
        failing = [(at, case, verdict) for at, ((of, case), verdict) in enumerate(zip(chosen, verdicts, strict=True))
                   if of is file and not verdict.passed]  # fmt: skip
        if failing:
            again |= _rewrite(loaded, stage, file, failing, style, dry)
    return [again.get(at, verdict) for at, verdict in enumerate(verdicts)]


def _rewrite(
    loaded: Loaded, stage: Stage, file: CaseFile, failing: Sequence[tuple[int, Case, Verdict]], style: Style, dry: bool
) -> dict[int, Verdict]:
    """Writes one file, and gives the new verdicts on its failing cases by their place among those chosen."""
    from scenario_cli.analysis.verdict import verdict
    from scenario_cli.hosts.case_updates import case_update
    from scenario_cli.hosts.scenario_tests import faulty_times, play
    from scenario_cli.language.cases.build import build_test
    from scenario_cli.language.cases.rewriting import rewritten
    from scenario_cli.language.reader import read_yaml
    from scenario_cli.language.schema import check as schema

    path = Path(file.file)
    before = path.read_bytes().decode("utf-8")
    numbers = {id(case): number for number, case in enumerate(file.cases)}
    updates = {numbers[id(case)]: case_update(file, failed) for _, case, failed in failing}
    done = rewritten(before, updates)
    for number, said in done.left.items():
        for sentence in said:
            note(f"{file.file}:{file.cases[number].span.line}: {file.cases[number].name}: {sentence}", False)
    if done.text == before:
        return {}
    node, found = read_yaml(done.text.encode(), file.file)
    made, faults = build_test(node, file.file, loaded.project) if node is not None else (None, [])
    found = [*found, *(schema.check(node, "test") if node is not None else ()), *faults]
    found += faulty_times([made]) if made is not None else []
    if made is None or found:
        why = f": {found[0].message}" if found else ""
        note(f"{file.file}: left as it is, since what would be written is no sound test file{why}", False)
        return {}
    emit(difference(file.file, before, done.text, style), None)
    if not dry:
        rewrite(path, done.text.encode())
    return {at: verdict(play(stage, made, made.cases[numbers[id(case)]])) for at, case, _ in failing}
