"""Replays shuffled rows, a contact at a time. Runs in Spark's Python workers."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from scenario_cli.engine.compile.program import Program
from scenario_cli.events.decoding import COLUMNS, Row, event_reader, groups, known_since, profile_reader
from scenario_cli.events.sizes import most_bytes
from scenario_cli.events.zones import zone
from scenario_cli.hosts.parts import rarely_collecting
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.spark.columns import PEOPLE, plan, prefixed
from scenario_cli.hosts.spark.job import ReplaySpan, Shipped, SparkJob
from scenario_cli.hosts.summary import Counting
from scenario_cli.model.event import ContactLog
from scenario_cli.model.plan_row import COLUMNS as PLAN_COLUMNS
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.records import Asked, Updated
from scenario_cli.model.results import Summary

_BATCH = 2_000  # rows of a plan, which hold whole texts
SUMMARY = "summary"


def replayer(shipped: Shipped, span: ReplaySpan) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for `DataFrame.mapInArrow` over rows that are sorted by contact.

    It gives the rows of the plan, and last a row with the counts of the partition in the column `summary`.
    """

    def replay(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job = shipped.value
        tools = prepared(job)
        program, writer = tools.program, tools.writer if job.rows else None
        scenarios = [job.project.scenarios[name] for name in job.reported]
        counting = Counting(job.project, scenarios)
        rows: list[PlanRow] = []
        repeated = 0
        with rarely_collecting():
            for log, row_count in contact_logs(job, batches, span.longest):
                repeated += max(row_count - 1, 0)
                state, records = feed(program, log, span.start, span.until, span.begins, span.broadcasts)
                counting.add(records, state)
                if writer is not None:
                    rows += [
                        writer.row(log.contact_id, record, "sent")
                        for record in records
                        if isinstance(record, Asked | Updated) and record.scenario in job.reported
                    ]
                if len(rows) >= _BATCH:
                    yield plan_batch(rows)
                    rows = []
            if writer is not None:
                writer.report(counting.summary)
        if rows:
            yield plan_batch(rows)
        yield _summary_batch(counting.finish(), repeated)

    return replay


def summary_of(data: bytes) -> tuple[Summary, int]:
    """The counts of a partition, and the number of rows of the contacts table replaced by a later row."""
    summary, repeated = pickle.loads(data)
    return summary, repeated


@dataclass(frozen=True, slots=True)
class Prepared:
    """The values that a worker makes from a job once; the writer compiles each template once."""

    job: SparkJob
    program: Program
    writer: RowWriter


_prepared: list[Prepared] = []


def prepared(job: SparkJob) -> Prepared:
    """This process's values for a job. A worker serves one job after the other."""
    if not _prepared or _prepared[0].job is not job:
        _prepared[:] = [Prepared(job, job.program(), RowWriter(job.project, job.tables))]
    tools = _prepared[0]
    tools.writer.complaints.clear()
    tools.writer.unrendered.clear()
    return tools


def contact_logs(job: SparkJob, batches: Iterator[pa.RecordBatch], longest: int) -> Iterator[tuple[ContactLog, int]]:
    """The contacts of sorted rows, each with the number of its rows of the contacts table that have no instant."""
    events, people = job.events.target.layout, job.people.target.layout
    width = len(COLUMNS)
    read_events = event_reader(events, most_bytes(events, longest))
    read_people = profile_reader(people)
    tz = zone(job.events.target.timezone)
    of_events = slice(width, width + len(events.columns))
    of_people = slice(of_events.stop, of_events.stop + len(people.columns))
    names = (*COLUMNS, *prefixed(events, "e"), *prefixed(people, "p"), "kind")
    for contact, rows in groups(_rows(batch, names) for batch in batches):
        people_rows = 0
        while people_rows < len(rows) and rows[people_rows][-1] == PEOPLE:
            people_rows += 1
        profile, changes = read_people([(*row[:width], *row[of_people]) for row in rows[:people_rows]])
        happened = read_events([row[: of_events.stop] for row in rows[people_rows:]])
        since = known_since(profile, changes, tz)
        yield ContactLog(contact, profile, changes, happened, people_rows > 0, since), people_rows - len(changes)


def _rows(batch: pa.RecordBatch, names: tuple[str, ...]) -> list[Row]:
    return list(zip(*(batch.column(name).to_pylist() for name in names), strict=True))


def plan_batch(rows: list[PlanRow]) -> pa.RecordBatch:
    """Rows of a plan with Spark's columns, and without counts."""
    values = [plan_values(row) for row in rows]
    arrays = [pa.array([row[name] for row in values], pa.string()) for name in plan()]
    return pa.RecordBatch.from_arrays([*arrays, pa.nulls(len(rows), pa.binary())], names=[*plan(), SUMMARY])


def plan_values(row: PlanRow) -> dict[str, str | None]:
    """The row by column; JSON values as texts."""
    values = row_values(row)
    return {
        column.name: _json(values[column.name]) if column.type == "json" else values[column.name]
        for column in PLAN_COLUMNS
    }


def _json(value: Any) -> str | None:
    """A value as the Parquet file of a local dry run has it."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _summary_batch(summary: Summary, repeated: int) -> pa.RecordBatch:
    arrays = [pa.nulls(1, pa.string())] * len(PLAN_COLUMNS)
    data = pa.array([pickle.dumps((summary, repeated))], pa.binary())
    return pa.RecordBatch.from_arrays([*arrays, data], names=[*plan(), SUMMARY])
