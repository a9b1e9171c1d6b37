"""A stream of events to a stream of the plan's rows, with a state for each contact in Spark's state store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.spark.batch import ordering, refuse_faults
from scenario_cli.hosts.spark.columns import FACTS, plan, schema, shuffled
from scenario_cli.hosts.spark.files import Read
from scenario_cli.hosts.spark.job import Shipped, SparkJob
from scenario_cli.hosts.spark.processor import ContactProcessor, packed_table
from scenario_cli.hosts.spark.reading import facts_of, reader
from scenario_cli.hosts.spark.replaying import contact_logs

_PROVIDER = "spark.sql.streaming.stateStore.providerClass"
_ROCKS = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"


def streamed(
    spark: SparkSession, job: SparkJob, events: Read, contacts: Read | None, start: int | None, begins: int,
    lateness: str,
) -> DataFrame:  # fmt: skip
    """The rows of the plan as the stream's watermark reaches them. Raises `ExportError`."""
    if job.events.target.broadcast and set(job.events.target.broadcast) & set(job.events.target.layout.events):
        raise ExportError(
            "a scenario listens to an event that is for every contact, which a stream cannot bring to them all",
            "run it every night with 'scenario run', or leave the scenario out",
        )
    spark.conf.set(_PROVIDER, _ROCKS)
    shipped = Shipped(job)
    columns = shuffled(job.events.target.layout, job.people.target.layout)
    rows = events.frame.mapInArrow(reader(shipped, events.source), schema(columns))
    rows = rows.mapInArrow(_without_facts, schema(columns)).withColumn("moved", F.timestamp_micros("instant"))
    # The watermark moves by the time of events. Without its column, Spark drops no late row: the executor takes late
    # events itself, as the language defines.
    rows = rows.withWatermark("moved", lateness).drop("moved", "facts", "role", "kind")
    first = _first_states(shipped, columns, contacts) if contacts is not None else None
    return rows.groupBy("contact").transformWithState(
        ContactProcessor(shipped, start, begins), schema(plan()), "Append", "EventTime", first
    )


def _without_facts(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of events that have a contact. Raises the error that stopped the reading of a piece."""
    for batch in batches:
        kinds = batch.column("kind").to_pylist()
        for place, kind in enumerate(kinds):
            if kind == FACTS and isinstance(error := facts_of(batch.column("facts")[place].as_py()), ExportError):
                raise error
        keep = pa.array([kind != FACTS for kind in kinds])
        batch = batch.filter(keep)
        yield batch.filter(batch.column("contact").is_valid())


def _first_states(shipped: Shipped, columns: Any, contacts: Read) -> Any:
    rows = contacts.frame.mapInArrow(reader(shipped, contacts.source), schema(columns))
    refuse_faults(rows)
    rows = rows.where(F.col("kind") != FACTS).repartition("contact").sortWithinPartitions(*ordering())
    return rows.mapInArrow(_packing(shipped), "contact string, contact_row binary").groupBy("contact")


def _packing(shipped: Shipped) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job = shipped.value
        for log, _ in contact_logs(job, batches, 0):
            columns = [pa.array([log.contact_id], pa.string()), pa.array([packed_table(log)], pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, names=["contact", "contact_row"])

    return pack
