"""The result of a finished run, read from the counts that the store keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.tallies import running_journeys
from scenario_cli.model.export import ReadReport
from scenario_cli.model.run_result import RunResult, Totals


def result_of(
    store: Store, run: int, resumed: bool = False, report: ReadReport | None = None, notes: Sequence[str] = ()
) -> RunResult:
    """The result of a finished run, from the store."""
    clock, until = store.execute("SELECT clock, until FROM runs WHERE id = ?", (run,)).fetchone()
    totals: Totals = Counter()
    figures: Counter[str] = Counter()
    complaints: Counter[str] = Counter()
    for scenario, definition, state, kind, count in store.execute(
        "SELECT scenario, definition, state, kind, count FROM totals WHERE run = ?", (run,)
    ):
        group, _, name = kind.partition(": ")
        if group == "input":
            figures[name] += count
        elif group == "complaint":
            complaints[name] += count
        else:
            totals[scenario, definition, state, kind] += count
    running: Counter[str] = Counter()
    for (scenario, _, _), count in running_journeys(store).items():
        running[scenario] += count
    return RunResult(run, clock, until, resumed, figures, totals, running, report, tuple(notes), complaints)
