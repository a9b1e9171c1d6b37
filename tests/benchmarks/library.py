"""The engine's cost of a contact of the shipped library: `python -m tests.benchmarks.library [CONTACTS]`.

All live scenarios run over the library's own export. It prints milliseconds of processor time for a contact, without
start and reading. Each contact is fed three times and the fastest counts, so that a busy machine disturbs little. To
compare two versions, run it with each in turn.
"""

from __future__ import annotations

import sys
import time

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.summary import Counting
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_model
from scenario_cli.model.export import ExportOptions
from scenario_cli.shipped import shipped

_TIMES = 3


def measure(most: int) -> None:
    project = load_model(shipped("scenarios")).project
    names = [scenario.name for scenario in project.scenarios.values() if scenario.status in ("live", "draft")]
    options = ExportOptions(project.exports.events, project.exports.contacts, timezone=project.timezone)
    with staged_log(project, names, options, rows=False) as staged:
        logs = list(staged.stream())[:most]
        broadcasts, first, last = list(staged.broadcasts()), staged.report.first, staged.report.last
    assert last is not None
    program = compile_program(project, names, load_tables(project), rows=False)
    counting = Counting(project, project.scenarios.values())
    fed = counted = 0.0
    records_made = 0
    for log in logs:
        times: list[float] = []
        for _ in range(_TIMES):
            began = time.thread_time()
            state, records = feed(program, log, None, last, first, broadcasts)
            times.append(time.thread_time() - began)
        fed += min(times)
        began = time.thread_time()
        counting.add(records, state)
        counted += time.thread_time() - began
        records_made += len(records)
    print(f"{'contacts':>8} {'records':>8} {'executor ms':>12} {'counting ms':>12}")
    each = 1_000 / len(logs)
    print(f"{len(logs):>8,} {records_made / len(logs):>8.0f} {fed * each:>12.2f} {counted * each:>12.2f}")


def main() -> None:
    measure(int(sys.argv[1].replace("_", "")) if sys.argv[1:] else 1_000)


if __name__ == "__main__":
    main()
