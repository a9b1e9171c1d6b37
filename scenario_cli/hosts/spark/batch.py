"""A replay on Spark, from an export to the rows of a plan and the counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from scenario_cli.events.decoding import COLUMNS, event_reader
from scenario_cli.events.errors import ExportError
from scenario_cli.events.pieces import PieceFacts, report_on_pieces
from scenario_cli.hosts.exports import without_expected_gaps
from scenario_cli.hosts.spark.columns import EVENTS, FACTS, LAST, ORDER, plan, prefixed, schema, shuffled
from scenario_cli.hosts.spark.files import Read, labels
from scenario_cli.hosts.spark.job import ReplaySpan, Shipped, SparkJob
from scenario_cli.hosts.spark.reading import facts_of, reader
from scenario_cli.hosts.spark.replaying import SUMMARY, replayer, summary_of
from scenario_cli.hosts.summary import empty_summary, merge
from scenario_cli.model.event import Event
from scenario_cli.model.export import ReadReport
from scenario_cli.model.results import Summary

MOST_BROADCASTS = 100_000  # events without a contact, which every worker keeps in memory


@dataclass(slots=True)
class SparkLog:
    """An export that Spark has read: its rows, kept on the disks of the cluster, and the facts about it."""

    job: SparkJob
    frame: DataFrame
    events: PieceFacts
    people: PieceFacts | None
    broadcasts: Sequence[Event]
    files: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def first(self) -> int | None:
        """The instant of the first usable event, in microseconds since 1970."""
        return min((rows.first for rows in self.events.usable.values()), default=None)

    @property
    def last(self) -> int | None:
        """The instant of the last usable event."""
        return max((rows.last for rows in self.events.usable.values()), default=None)

    def report(self, contacts: int, repeated: int) -> ReadReport:
        """The report on the reading, once the contacts are counted."""
        job = self.job
        files = dict(zip(("events", "contacts"), self.files, strict=True))
        event_names = job.events.target.layout.events
        report = report_on_pieces(event_names, self.events, self.people, contacts, repeated, files)
        return without_expected_gaps(report, job.project, [job.project.scenarios[name] for name in job.scenarios])


def read_log(job: SparkJob, events: Sequence[Read], contacts: Sequence[Read]) -> SparkLog:
    """Reads an export once, and keeps the data that scenarios need. Raises `ExportError`."""
    shipped = Shipped(job)
    columns = shuffled(job.events.target.layout, job.people.target.layout)
    frames = [each.frame.mapInArrow(reader(shipped, each.source), schema(columns)) for each in (*events, *contacts)]
    frame = reduce(DataFrame.unionAll, frames).persist(StorageLevel.DISK_ONLY)
    totals = PieceFacts(), PieceFacts()
    for role, facts in _facts(frame):
        totals[0 if role == EVENTS else 1].add(facts)
    broadcasts = _broadcasts(job, frame, totals[0].longest)
    return SparkLog(
        job, frame, totals[0], totals[1] if contacts else None, broadcasts, (labels(events), labels(contacts))
    )


def refuse_faults(frame: DataFrame) -> None:
    """Raises the `ExportError` that stopped the reading of a piece, if any did."""
    for _ in _facts(frame):
        pass


def _facts(frame: DataFrame) -> Iterator[tuple[int, PieceFacts]]:
    for row in frame.where(F.col("kind") == FACTS).select("role", "facts").collect():
        facts = facts_of(row.facts)
        if isinstance(facts, ExportError):
            frame.unpersist()
            raise facts
        yield row.role, facts


def ordering() -> list[Column]:
    """The order in which the rows of a partition are read."""
    return [F.asc_nulls_last(name) if name in LAST else F.asc_nulls_first(name) for name in ORDER]


def _broadcasts(job: SparkJob, frame: DataFrame, longest: int) -> list[Event]:
    if not job.events.target.broadcast:
        return []
    layout = job.events.target.layout
    rows = (
        frame.where((F.col("kind") == EVENTS) & F.col("contact").isNull())
        .orderBy(*ordering())
        .select(*COLUMNS, *prefixed(layout, "e"))
        .limit(MOST_BROADCASTS + 1)
        .collect()
    )
    if len(rows) > MOST_BROADCASTS:
        raise ExportError(
            f"the export has more than {MOST_BROADCASTS:,} events that are for every contact",
            "each worker holds them all: leave out those that no scenario needs",
        )
    return event_reader(layout)([tuple(row) for row in rows])


def replayed(log: SparkLog, start: int | None, until: int, partitions: int | None = None) -> DataFrame:
    """The rows of the plan, and for each partition one row with its counts in the column `summary`."""
    span = ReplaySpan(start, until, log.first, log.broadcasts, log.events.longest)
    rows = log.frame.where((F.col("kind") != FACTS) & F.col("contact").isNotNull()).drop("facts", "role")
    rows = rows.repartition(partitions, "contact") if partitions else rows.repartition("contact")
    ordered = rows.sortWithinPartitions(*ordering())
    return ordered.mapInArrow(replayer(Shipped(log.job), span), schema({**plan(), SUMMARY: "binary"}))


def counted(log: SparkLog, frame: DataFrame) -> tuple[Summary, ReadReport]:
    """The counts of a replay, and the report on its export."""
    job = log.job
    total = empty_summary(job.project.scenarios[name] for name in job.reported)
    repeated = 0
    for row in frame.where(F.col(SUMMARY).isNotNull()).select(SUMMARY).collect():
        summary, displaced = summary_of(row[SUMMARY])
        merge(total, summary)
        repeated += displaced
    return total, log.report(total.contacts, repeated)


def plan_rows(frame: DataFrame) -> DataFrame:
    """The rows of the plan alone."""
    return frame.where(F.col(SUMMARY).isNull()).drop(SUMMARY)
