"""Replays a log and counts the messages of each scenario by week, over one process or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import zone
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.calendar.dates import day_of, monday
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.replay import Replay, feed
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked

Volumes = Counter[tuple[str, date]]  # by scenario and by the Monday of the week


def volumes(
    job: Replay,
    staged: StagedLog,
    workers: int,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Volumes:
    """The messages to contacts that leave, by scenario and week on the project's clock. The number of workers changes
    nothing."""
    total: Volumes = Counter()
    parts = parts_of(staged, workers)
    for count, volumes_of_part in enumerate(over_parts(partial(_prepare, job, staged), _of_part, parts, workers), 1):
        total.update(volumes_of_part)
        if progress is not None:
            progress("replaying", count, len(parts))
    return total


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The values that a process needs for every part of the log."""

    job: Replay
    staged: StagedLog
    program: Program
    broadcasts: Sequence[Event]
    zone: ZoneInfo


def _prepare(job: Replay, staged: StagedLog) -> _Prepared:
    program = compile_program(job.project, job.scenarios, load_tables(job.project))
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    tz = zone(job.project.timezone)
    assert tz is not None
    return _Prepared(job, staged, program, broadcasts, tz)


def _of_part(prepared: _Prepared, part: ContactRange) -> Volumes:
    job, counts = prepared.job, Counter[tuple[str, date]]()
    weeks: dict[int, date] = {}
    with rarely_collecting():
        for log in prepared.staged.stream(part):
            _, records = feed(prepared.program, log, job.start, job.until, job.begins, prepared.broadcasts)
            for record in records:
                if isinstance(record, Asked) and not record.reason and record.recipient == "contact":
                    hour = record.at // 3_600_000_000
                    if hour not in weeks:
                        weeks[hour] = monday(day_of(record.at, prepared.zone))
                    counts[record.scenario, weeks[hour]] += 1
    return counts
