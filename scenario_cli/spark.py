"""Scenarios on Apache Spark, for notebooks and jobs.

`replay` and `summary` give the results of `scenario dry-run`, over events that Spark reads: files in a lake, or any
DataFrame. `stream` gives the rows of the plan while events come in. A `str` is a path of Spark, a `Path` a file of this
machine. All of them take a session, the folder of a project, and events; contacts are optional. Needs
`scenario-cli[spark]` on every machine, in the same version.

A DataFrame has the columns of an export (`contact_id`, `event`, `timestamp`, properties as columns or in a column
`properties`), or one column `value` with JSON lines, as from Kafka. Spark has no order of rows: if several events of a
contact have the same timestamp, give a column `sequence`, or else `event_id`, to put them in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack

from scenario_cli.api import Project, ScenarioError, options_of, sound_project, stops_raised

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from scenario_cli.hosts.spark.batch import SparkLog
    from scenario_cli.hosts.spark.files import Read
    from scenario_cli.hosts.spark.job import SparkJob
    from scenario_cli.hosts.spark.reading import Role
    from scenario_cli.model.project import Project as Model

    Rows: TypeAlias = DataFrame | str | Path | Sequence[str | Path]

__all__ = ["ScenarioError", "replay", "stream", "summary"]


class Reading(TypedDict, total=False):
    """Options for reading the rows. A setting that is left out is taken from `exports` in project.yaml."""

    map: Mapping[str, str]
    contacts_map: Mapping[str, str]
    timezone: str
    source: str
    identity: str
    date_format: Sequence[str]
    decimal: Sequence[str]
    keep_ids: bool


def replay(
    spark: SparkSession, project: Project | str | Path, events: Rows, contacts: Rows | None = None, *,
    scenarios: Iterable[str] = (), from_: str | None = None, until: str | None = None, partitions: int | None = None,
    **reading: Unpack[Reading],
) -> DataFrame:  # fmt: skip
    """The rows of the plan: a text for each of its columns, and JSON values as texts.

    The live and draft scenarios run; the rows are those of the named scenarios, or of all. Nobody enters before
    `from_`, and time passes up to `until`, by default the last timestamp of the log. `partitions` is the number of
    parts of the work; the default is Spark's. Raises `ScenarioError`.
    """
    from scenario_cli.hosts.spark.batch import plan_rows, replayed

    with _errors_raised():
        _, log, (start, end) = _log(spark, project, events, contacts, scenarios, (from_, until), reading, rows=True)
        return plan_rows(replayed(log, start, end, partitions))


def summary(
    spark: SparkSession, project: Project | str | Path, events: Rows, contacts: Rows | None = None, *,
    scenarios: Iterable[str] = (), from_: str | None = None, until: str | None = None, partitions: int | None = None,
    show_data: bool = False, **reading: Unpack[Reading],
) -> Mapping[str, Any]:  # fmt: skip
    """The object that `scenario dry-run --format json` writes; the arguments are those of `replay`.

    Addresses and telephone numbers are masked, unless `show_data`. Raises `ScenarioError`.
    """
    from scenario_cli.hosts.spark.batch import counted, replayed
    from scenario_cli.hosts.summary import dry_run_of
    from scenario_cli.reports.dry_run.json import dry_run_json
    from scenario_cli.reports.masking import masked_run

    with _errors_raised():
        model, log, (start, end) = _log(
            spark, project, events, contacts, scenarios, (from_, until), reading, rows=False
        )
        counts, report = counted(log, replayed(log, start, end, partitions))
    run = dry_run_of(model, start, end, report, counts)
    value: dict[str, Any] = json.loads(dry_run_json(run if show_data else masked_run(run)))
    return value


def stream(
    spark: SparkSession, project: Project | str | Path, events: DataFrame, contacts: Rows | None = None, *,
    begins: str, scenarios: Iterable[str] = (), from_: str | None = None, lateness: str = "10 minutes",
    **reading: Unpack[Reading],
) -> DataFrame:  # fmt: skip
    """A stream of the plan's rows from a stream of events.

    The contacts of the contacts table are known from `begins` on: give an instant before the first event. A contact's
    time passes up to the watermark, which follows the latest event at a distance of `lateness`, as Spark writes
    durations. An older event counts as late. The other arguments are those of `replay`. The call switches on the
    RocksDB state store of Spark. After a failure a sink can get a row again, with the same `message_id`. Raises
    `ScenarioError`.
    """
    from scenario_cli.hosts.spark.streaming import streamed

    with _errors_raised():
        model, job = _job(project, scenarios, contacts is not None, reading, rows=True)
        table = _reads(spark, contacts, "people") if contacts is not None else []
        if len(table) > 1:
            raise ScenarioError("the contacts are in files of several forms: join them to one DataFrame first")
        known_from = _instant("begins", begins, model)
        assert known_from is not None
        (read,) = _reads(spark, events, "events")
        start = _instant("from_", from_, model)
        return streamed(spark, job, read, table[0] if table else None, start, known_from, lateness)


def _log(
    spark: SparkSession, project: Project | str | Path, events: Rows, contacts: Rows | None, names: Iterable[str],
    span: tuple[str | None, str | None], reading: Reading, rows: bool,
) -> tuple[Model, SparkLog, tuple[int | None, int]]:  # fmt: skip
    from scenario_cli.cli.reading import check_times, span_until
    from scenario_cli.hosts.spark.batch import read_log

    check_times(from_=span[0], until=span[1])
    model, job = _job(project, names, contacts is not None, reading, rows)
    table = _reads(spark, contacts, "people") if contacts is not None else []
    log = read_log(job, _reads(spark, events, "events"), table)
    return model, log, span_until(log.last, *span, model.timezone)


def _job(
    project: Project | str | Path, names: Iterable[str], has_contacts: bool, reading: Reading, rows: bool
) -> tuple[Model, SparkJob]:
    from scenario_cli.cli.options import choose, running
    from scenario_cli.hosts.spark.job import spark_job

    loaded = sound_project(project)
    named = list(names)
    chosen = choose(loaded, named)
    # Spark reads the rows from any place; only whether there are any decides here.
    placeholder = {"events": "events", **({"contacts": "contacts"} if has_contacts else {})}
    options = options_of(loaded.project, {**placeholder, **reading})  # type: ignore[typeddict-item]
    return loaded.project, spark_job(loaded.project, running(loaded, chosen), chosen, options, rows)


def _reads(spark: SparkSession, rows: Rows, role: Role) -> list[Read]:
    from scenario_cli.hosts.spark.files import read_files, read_frame

    if isinstance(rows, str | Path):
        rows = [rows]
    if isinstance(rows, Sequence):
        # Spark need not have been begun in this folder.
        paths = [str(path.absolute()) if isinstance(path, Path) else path for path in rows]
        return read_files(spark, paths, role)
    return read_frame(rows, role)


def _instant(name: str, text: str | None, model: Model) -> int | None:
    from scenario_cli.cli.options import instant

    return instant(name, text, model.timezone)


@contextmanager
def _errors_raised() -> Iterator[None]:
    """Turns an error that would stop a command into the error of this interface."""
    from scenario_cli.events.errors import ExportError

    try:
        with stops_raised():
            yield
    except ExportError as error:
        raise ScenarioError(str(error)) from None
