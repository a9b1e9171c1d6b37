"""Scenarios on Apache Spark, for notebooks and jobs.

`replay` and `summary` give what `scenario dry-run` gives, over events that Spark reads: files in a lake, or any
DataFrame. `stream` gives the rows of the plan while events come in. All of them take a session, the folder of a
project, and events; contacts are optional. Needs `scenario-cli[spark]` on every machine, in the same version.

A DataFrame has the columns that an export has (`contact_id`, `event`, `timestamp`, properties as columns or in a column
`properties`), or one column `value` with JSON lines, as from Kafka. Spark has no order of rows: where several events of
a contact have the same timestamp, give a column `sequence`, or else `event_id`, by which they are put in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from scenario_cli.analysis.needs import chosen_scenarios
from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.rows import read_instant
from scenario_cli.hosts.spark.job import SparkJob, spark_job
from scenario_cli.language.project import load_project
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project
from scenario_cli.model.results import DryRun

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from scenario_cli.hosts.spark.batch import SparkLog
    from scenario_cli.hosts.spark.files import Read
    from scenario_cli.hosts.spark.reading import Role

    Events: TypeAlias = DataFrame | str | Path | Sequence[str | Path]

__all__ = ["ExportError", "Reading", "replay", "stream", "summary"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an export is read, over what `exports` in project.yaml says.

    `mapping` goes from our names to the export's columns, as `--map` does, `contacts_mapping` likewise for the contacts
    table. The other values mean what the options of the same name mean.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    contacts_mapping: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    source: str | None = None
    identity: Literal["forward", "off"] = "forward"
    date_formats: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    keep_ids: bool = False


def replay(
    spark: SparkSession, project: str | Path, events: Events, contacts: Events | None = None, *,
    scenarios: Iterable[str] = (), start: str | None = None, until: str | None = None, partitions: int | None = None,
    reading: Reading | None = None,
) -> DataFrame:  # fmt: skip
    """The rows of the plan: a column for each of the plan's, texts, and JSON values as texts.

    The live and draft scenarios run; of these only those that are named are in the rows, if some are. Contacts may
    enter from `start` on, and time stops at `until`, by default the log's last timestamp. The work is divided into so
    many `partitions`, by default as Spark is set up. Raises `ExportError` where the export, and `ValueError` where the
    project or an argument cannot be used.
    """
    from scenario_cli.hosts.spark.batch import plan_rows, replayed

    log, begin, end, _ = _log(spark, project, events, contacts, scenarios, start, until, reading, rows=True)
    return plan_rows(replayed(log, begin, end, partitions))


def summary(
    spark: SparkSession, project: str | Path, events: Events, contacts: Events | None = None, *,
    scenarios: Iterable[str] = (), start: str | None = None, until: str | None = None, partitions: int | None = None,
    reading: Reading | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The object that `scenario dry-run --format json` prints, with ids and addresses hidden; arguments as `replay`."""
    from scenario_cli.hosts.spark.batch import counted, replayed
    from scenario_cli.reports.dry_run.json import dry_run_json
    from scenario_cli.reports.masking import masked_run

    log, begin, end, model = _log(spark, project, events, contacts, scenarios, start, until, reading, rows=False)
    counts, report = counted(log, replayed(log, begin, end, partitions))
    costs = {name: channel.cost for name, channel in model.channels.items() if channel.cost}
    run = DryRun(model.name, model.digest, model.currency, model.timezone, begin, end, report, counts, costs)
    value: dict[str, Any] = json.loads(dry_run_json(masked_run(run)))
    return value


def stream(
    spark: SparkSession, project: str | Path, events: DataFrame, contacts: Events | None = None, *, begins: str,
    scenarios: Iterable[str] = (), start: str | None = None, lateness: str = "10 minutes",
    reading: Reading | None = None,
) -> DataFrame:  # fmt: skip
    """A stream of the plan's rows from a stream of events.

    Contacts of the contacts table are known from `begins` on, at the latest the first event of the stream. A contact
    goes on to the watermark, which follows the latest event at a distance of `lateness` (as Spark writes durations);
    what is later still is taken as late. The other arguments are those of `replay`. Spark's RocksDB state store is
    switched on. After a failure a sink may get a row again: `message_id` tells. Raises as `replay` does.
    """
    from scenario_cli.hosts.spark.streaming import streamed

    model, job = _job(project, scenarios, bool(contacts is not None), reading, rows=True)
    begin = _instant("begins", begins, model)
    assert begin is not None
    (read,) = _reads(spark, events, "events")
    table = _reads(spark, contacts, "people") if contacts is not None else []
    if len(table) > 1:
        raise ValueError("contacts: files of several forms, such as CSV and Parquet; join them to one DataFrame first")
    return streamed(spark, job, read, table[0] if table else None, _instant("start", start, model), begin, lateness)


def _log(
    spark: SparkSession, folder: str | Path, events: Events, contacts: Events | None, scenarios: Iterable[str],
    start: str | None, until: str | None, reading: Reading | None, rows: bool,
) -> tuple[SparkLog, int | None, int, Project]:  # fmt: skip
    from scenario_cli.hosts.spark.batch import read_log

    model, job = _job(folder, scenarios, contacts is not None, reading, rows)
    begin, end = _instant("start", start, model), _instant("until", until, model)
    table = _reads(spark, contacts, "people") if contacts is not None else []
    log = read_log(job, _reads(spark, events, "events"), table)
    end = end if end is not None else log.last or 0
    if begin is not None and begin > end:
        raise ValueError("start lies after the end of the replay; choose an earlier one, or a later until")
    return log, begin, end, model


def _job(
    folder: str | Path, names: Iterable[str], has_contacts: bool, reading: Reading | None, rows: bool
) -> tuple[Project, SparkJob]:
    loaded = load_project(Path(folder).resolve())
    if loaded.broken:
        errors = [finding for finding in loaded.findings if finding.severity == "error"]
        listed = "\n".join(f"{each.span.file}:{each.span.line}: {each.code} {each.message}" for each in errors)
        raise ValueError(f"the project has errors, so nothing was run\n{listed}")
    model, given = loaded.project, reading or Reading()
    names = tuple(names)
    for name in names:
        if name not in model.scenarios:
            raise ValueError(f"unknown scenario '{name}': {did_you_mean(name, model.scenarios, 'scenarios')}")
    running = [scenario.name for scenario in chosen_scenarios(model, ())]
    running += [name for name in names if name not in running]
    exports = model.exports
    options = ExportOptions(
        events=("events",),
        contacts=("contacts",) if has_contacts else (),
        mapping={**exports.mapping, **given.mapping},
        contacts_mapping={**exports.contacts_mapping, **given.contacts_mapping},
        timezone=given.timezone or exports.timezone or model.timezone,
        timezone_stated=bool(given.timezone or exports.timezone),
        source=given.source,
        identity=given.identity,
        date_formats={**exports.date_formats, **given.date_formats},
        decimals={**exports.decimals, **given.decimals},
        keep_ids=given.keep_ids or exports.keep_ids,
    )
    return model, spark_job(model, tuple(running), names or tuple(running), options, rows)


def _reads(spark: SparkSession, given: Events, role: Role) -> list[Read]:
    from scenario_cli.hosts.spark.files import read_files, read_frame

    if isinstance(given, str | Path):
        return read_files(spark, [str(given)], role)
    if isinstance(given, Sequence):
        return read_files(spark, [str(path) for path in given], role)
    return read_frame(given, role)


def _instant(name: str, text: str | None, project: Project) -> int | None:
    if text is None:
        return None
    instant = read_instant(text, project.timezone)
    if instant is None:
        raise ValueError(f"{name} '{text}' is not a date or date-time; write 2025-03-01 or 2025-03-01T10:00")
    return instant
