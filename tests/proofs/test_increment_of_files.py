"""Files read in any number of runs give an outbox equal to the plan of one dry run over all files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings

from scenario_cli.cli.main import run
from tests.proofs.contents import outbox
from tests.proofs.drops import Cuts, cuts, text, write_rows, write_world
from tests.proofs.runs import run_well
from tests.reference.settings import examples


@settings(examples(3), phases=(Phase.generate,))  # an example takes a second, shrinking hundreds
@given(cuts())
def test_runs_over_files_give_the_plan_of_one_dry_run(cut: Cuts) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder / "project", cut.world)
        (folder / "drop").mkdir()
        options = ["--events", str(folder / "drop")]
        if cut.table:
            options += ["--contacts", str(folder / "contacts.jsonl")]
        for number, until in enumerate(cut.instants):
            write_rows(folder / "drop" / f"{number}.jsonl", cut.logs[number])
            write_rows(folder / "contacts.jsonl", cut.tables[number])
            run_well(folder / "project", folder / "store.db", text(until), *options)
        write_rows(folder / "contacts.jsonl", cut.table)
        plan = folder / "plan.jsonl"
        arguments = ["dry-run", "--project", str(folder / "project"), *options, "--plan", str(plan), "-q"]
        assert run([*arguments, "--until", text(cut.world.until), "--output", str(folder / "report.txt")]) == 0
        assert outbox(folder / "store.db") == plan.read_text(encoding="utf-8")
