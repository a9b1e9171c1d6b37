"""Nights of a small shop, some of them killed, give the result of one dry run; `nights` runs a whole year."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from scenario_cli.cli.main import run
from tests.proofs.nights import Nights, by_night, prove
from tests.proofs.runs import run_well

DAYS_A_NIGHT = 60  # so that a year has seven nights


class Quick(Nights):
    """Nights with runs in this process, except for the killed runs."""

    def run(self, until: datetime) -> None:
        run_well(self.project, self.store, until.isoformat(), *self.inputs)

    def plan(self, until: datetime) -> str:
        plan = self.folder / "plan.jsonl"
        outputs = ["--plan", str(plan), "--output", str(self.folder / "report.txt"), "-q"]
        arguments = ["dry-run", "--project", str(self.project), *self.inputs, "--until", until.isoformat(), *outputs]
        assert run(arguments) == 0
        return plan.read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no groups of processes")
def test_nights_of_which_some_are_killed_come_to_the_plan_of_one_dry_run(small_shop: Path, tmp_path: Path) -> None:
    nights = Quick(small_shop, tmp_path / "nights", Random(5), share=0.2)
    drops = list(by_night(small_shop / "data" / "events.jsonl.gz", DAYS_A_NIGHT))
    assert prove(nights, drops) == []
    assert nights.figures["nights"] == len(drops)
    assert nights.figures["rows"] > 100
