"""Replays a log through the executor, contact by contact, over one process or several."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scenario_cli.engine.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.summary import Counting, empty_summary, merge
from scenario_cli.model.event import ContactLog
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Record
from scenario_cli.model.results import Summary

Progress = Callable[[str, int, int | None], None]

_PARTS_A_WORKER = 8  # so that a progress bar moves, and one heavy part does not keep the others waiting


@dataclass(frozen=True, slots=True)
class Replay:
    """What to replay: scenarios by name, from when contacts may enter, until when (both in microseconds)."""

    project: Project
    scenarios: tuple[str, ...]
    start: int | None
    until: int
    rows: bool = False


def feed(program: Program, log: ContactLog, start: int | None, until: int) -> tuple[ContactState, list[Record]]:
    """All that happened to one contact up to an instant, that instant included."""
    state = new_contact(program, log.contact_id, log.profile)
    records: list[Record] = []
    changes = iter(log.changes)
    change = next(changes, None)
    for event in log.events:
        if event.at > until:
            break
        while change is not None and change[0] <= event.at:
            records += change_profile(program, state, *change)
            change = next(changes, None)
        records += step(program, state, event, may_enter=start is None or event.at >= start)
    while change is not None and change[0] <= until:
        records += change_profile(program, state, *change)
        change = next(changes, None)
    records += advance(program, state, until)
    return state, records


def replay(
    job: Replay, staged: StagedLog, workers: int, rows_to: Path | None, progress: Progress | None = None
) -> Summary:
    """Replays the log; writes a row a message to `rows_to` (JSON lines) where that is given.

    The result does not depend on the number of workers: parts are ranges of contacts, put together in order.
    """
    parts = staged.ranges(workers * _PARTS_A_WORKER)
    total = empty_summary(job.project.scenarios[name] for name in job.scenarios)
    if rows_to is not None:
        rows_to.write_bytes(b"")
    for done, (summary, part_rows) in enumerate(_run(job, staged, parts, workers, rows_to), 1):
        merge(total, summary)
        if rows_to is not None and part_rows is not None:
            with rows_to.open("ab") as whole:
                whole.write(part_rows.read_bytes())
            part_rows.unlink()
        if progress is not None:
            progress("replaying", done, len(parts))
    return total


def _run(
    job: Replay, staged: StagedLog, parts: Sequence[ContactRange], workers: int, rows_to: Path | None
) -> Iterator[tuple[Summary, Path | None]]:
    targets = [rows_to.with_name(f"{rows_to.name}.{number}") if rows_to else None for number in range(len(parts))]
    if workers == 1:
        program = compile_program(job.project, job.scenarios)
        for part, target in zip(parts, targets, strict=True):
            yield replay_part(job, program, staged, part, target), target
        return
    # Not forked: DuckDB's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(job, staged)) as pool:
        yield from zip(pool.map(_work, parts, targets), targets, strict=True)


def replay_part(job: Replay, program: Program, staged: StagedLog, part: ContactRange, rows_to: Path | None) -> Summary:
    counting = Counting(job.project, [job.project.scenarios[name] for name in job.scenarios])
    if rows_to is None:
        for log in staged.stream(part):
            state, records = feed(program, log, job.start, job.until)
            counting.add(records, state)
        return counting.summary
    writer = RowWriter(job.project)
    with rows_to.open("w", encoding="utf-8") as out:
        for log in staged.stream(part):
            state, records = feed(program, log, job.start, job.until)
            for record in records:
                if isinstance(record, Asked):
                    row = writer.row(log.contact_id, record, "sent")
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            counting.add(records, state)
    counting.summary.complaints.update(writer.complaints)
    return counting.summary


class _Worker:
    """What a worker process holds: made once, used for every part it gets."""

    job: Replay
    staged: StagedLog
    program: Program


def _prepare(job: Replay, staged: StagedLog) -> None:
    _Worker.job, _Worker.staged = job, staged
    _Worker.program = compile_program(job.project, job.scenarios)


def _work(part: ContactRange, rows_to: Path | None) -> Summary:
    return replay_part(_Worker.job, _Worker.program, _Worker.staged, part, rows_to)
