"""Counts all contacts of a log by segment at an instant, and lists those of one segment, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.compiled import Survey
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.survey import look, reached_by, segments_of, values_of
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.audience.listing import MetricTypes, row_of
from scenario_cli.hosts.audience.purchases import METRICS, bought
from scenario_cli.hosts.audience.tally import NOTHING, Tally, empty_tally
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.replay import states_at
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.audience import CONDITION, Group
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Census:
    """The contacts to count: all known at the instant `at`, against an earlier instant `since`.

    `begins` is the log's first instant (all in microseconds since 1970). For each of the `groups`, the contacts in none
    of its segments are counted. Each contact in the segment `listed` gets a row with the `metrics`, at most `most` rows
    in each part.
    """

    project: Project
    scenarios: tuple[str, ...]
    since: int
    at: int
    begins: int | None
    groups: tuple[Group, ...] = ()
    listed: str | None = None
    metrics: tuple[str, ...] = ()
    most: int | None = None


@dataclass(slots=True)
class CensusResult:
    """The result of a census: the counts, and the types of the values in its rows."""

    tally: Tally
    metric_types: MetricTypes = field(default_factory=dict)


def take_census(
    job: Census, staged: StagedLog, workers: int, rows_to: Path | None, progress: Progress | None = None
) -> CensusResult:
    """Counts the contacts of the log; writes a row (JSON lines) for each that is listed.

    The result does not depend on the number of workers: parts are ranges of contacts, put together in order.
    """
    ranges = parts_of(staged, workers)
    total = _nobody(job)
    targets = [rows_to.with_name(f"{rows_to.name}.{number}") if rows_to else None for number in range(len(ranges))]
    parts = [*zip(ranges, targets, strict=True)]
    if rows_to is not None:
        rows_to.write_bytes(b"")
    results = over_parts(partial(_prepare, job, staged), _count_part, parts, workers)
    for count, (census, part_rows) in enumerate(zip(results, targets, strict=True), 1):
        total.tally.merge(census.tally)
        for name, types in census.metric_types.items():
            total.metric_types.setdefault(name, set()).update(types)
        if rows_to is not None and part_rows is not None:
            with rows_to.open("ab") as target:
                target.write(part_rows.read_bytes())
            part_rows.unlink()
        if progress is not None:
            progress("counting", count, len(parts))
    return total


def channels_of(project: Project) -> tuple[str, ...]:
    """The channels to contacts, in the order in which a census counts them."""
    return tuple(channel.name for channel in project.channels.values() if channel.recipient == "contact")


def surveyed_metrics(job: Census) -> tuple[str, ...]:
    """The metrics that a census reads: those of purchases, and those of its rows."""
    return (*(name for name in METRICS if name in job.project.metrics), *job.metrics)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The values that a process needs for every part that it counts."""

    job: Census
    staged: StagedLog
    program: Program
    broadcasts: Sequence[Event]


def _prepare(job: Census, staged: StagedLog) -> _Prepared:
    project = job.project
    program = compile_program(project, job.scenarios, load_tables(project), rows=False, survey=surveyed_metrics(job))
    return _Prepared(job, staged, program, list(staged.broadcasts()) if program.broadcasts else [])


def _nobody(job: Census) -> CensusResult:
    numbers: Mapping[str, int] = {name: number for number, name in enumerate(job.project.segments)}
    groups = [[numbers[name] for name in group.segments] for group in job.groups]
    return CensusResult(empty_tally(len(numbers), len(channels_of(job.project)), groups))


def _count_part(prepared: _Prepared, part_and_target: tuple[ContactRange, Path | None]) -> CensusResult:
    part, rows_to = part_and_target
    census = _nobody(prepared.job)
    with rarely_collecting():
        if rows_to is None:
            _count(prepared, part, census, None)
        else:
            with rows_to.open("w", encoding="utf-8") as out:
                _count(prepared, part, census, out)
    return census


def _count(prepared: _Prepared, part: ContactRange, census: CensusResult, out: TextIO | None) -> None:
    job, survey = prepared.job, prepared.program.survey
    assert survey is not None
    of_purchases = survey.metrics[: len(survey.metrics) - len(job.metrics)]
    of_rows = survey.metrics[len(of_purchases) :]
    place = None if job.listed is None else list(job.project.segments).index(job.listed)
    written = 0
    for states in _followed(prepared, part):
        state = next(states)
        before, warnings = None, []
        if state.known_at is not None:
            warnings = look(state, job.since)
            before = segments_of(survey, state)
        state = next(states)
        if state.known_at is None:
            continue
        warnings_now = look(state, job.at)
        now, reached = segments_of(survey, state), reached_by(survey, state)
        paid = bought(*values_of(of_purchases, state)) if of_purchases else NOTHING
        census.tally.add(before, now, reached, paid)
        if out is not None and place is not None and now[place] and (job.most is None or written < job.most):
            metrics = zip(job.metrics, values_of(of_rows, state), strict=True)
            out.write(_row(survey, state, reached, now, metrics, census.metric_types))
            written += 1
        census.tally.warn((*warnings, *warnings_now))


def _row(
    survey: Survey, state: ContactState, reached: list[bool], now: list[bool], metrics: Iterable[tuple[str, Any]],
    types: MetricTypes,
) -> str:  # fmt: skip
    """The row of a contact, with the segments that have a name."""
    channels = ((channel.channel, answer) for channel, answer in zip(survey.channels, reached, strict=True))
    segments = ((name, answer) for (name, _), answer in zip(survey.segments, now, strict=True) if name != CONDITION)
    return row_of(state.contact_id, channels, segments, metrics, types)


def _followed(prepared: _Prepared, part: ContactRange) -> Iterator[Iterator[ContactState]]:
    """Each contact in its state at the two instants, one after the other."""
    job = prepared.job
    for log in prepared.staged.stream(part):
        yield states_at(prepared.program, log, (job.since, job.at), job.begins, prepared.broadcasts)
