"""Replays a log and counts what scenarios achieve in it, over one process or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.replay import Replay, feed
from scenario_cli.hosts.results.counting import Counting, empty_figures, merge
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import Event
from scenario_cli.model.results_report import Figures


def figures_of(
    job: Replay,
    programs: tuple[str, ...],
    staged: StagedLog,
    workers: int,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Figures:
    """What the scenarios of a replay achieve, and the KPIs of `programs`, whose measuring scenarios the replay runs.
    The result does not depend on the number of workers."""
    total = empty_figures(job.reported, programs)
    parts = parts_of(staged, workers)
    for count, figures in enumerate(over_parts(partial(_prepare, job, programs, staged), _of_part, parts, workers), 1):
        merge(total, figures)
        if progress is not None:
            progress("replaying", count, len(parts))
    return total


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a process needs for every part of the log."""

    job: Replay
    programs: tuple[str, ...]
    staged: StagedLog
    program: Program
    broadcasts: Sequence[Event]


def _prepare(job: Replay, programs: tuple[str, ...], staged: StagedLog) -> _Prepared:
    program = compile_program(job.project, job.scenarios, load_tables(job.project), job.rows)
    return _Prepared(job, programs, staged, program, list(staged.broadcasts()) if program.broadcasts else [])


def _of_part(prepared: _Prepared, part: ContactRange) -> Figures:
    job = prepared.job
    shown = [job.project.scenarios[name] for name in job.reported]
    counting = Counting(job.project, shown, job.until, prepared.programs)
    with rarely_collecting():
        for log in prepared.staged.stream(part):
            _, records = feed(prepared.program, log, job.start, job.until, job.begins, prepared.broadcasts)
            counting.add(records)
    return counting.figures
