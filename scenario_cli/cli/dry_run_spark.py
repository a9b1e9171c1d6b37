"""`scenario dry-run --engine spark`: the same replay, on Apache Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, progress_bar
from scenario_cli.cli.reading import span_until

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from scenario_cli.model.export import ExportOptions, ReadReport
    from scenario_cli.model.project import Project
    from scenario_cli.model.results import Summary


def replay_on_spark(
    project: Project, run: tuple[str, ...], reported: tuple[str, ...], options: ExportOptions, from_: str | None,
    until: str | None, plan: str | None, workers: int | None, quiet: bool,
) -> tuple[int | None, int, ReadReport, Summary]:  # fmt: skip
    """The span of the replay, the report on the export, and the counts; writes the plan's rows if one is named."""
    from scenario_cli.events.errors import ExportError
    from scenario_cli.hosts.spark.job import spark_job
    from scenario_cli.hosts.spark.session import session

    try:
        job = spark_job(project, run, reported, options, rows=plan is not None)
        spark = session(workers)
        from scenario_cli.hosts.spark.batch import counted, plan_rows, read_log, replayed
        from scenario_cli.hosts.spark.files import read_files

        with progress_bar(quiet) as progress:
            if progress is not None:
                progress("running on Spark", 0, None)
            events = read_files(spark, options.events, "events")
            log = read_log(job, events, read_files(spark, options.contacts, "people"))
            start, end = span_until(log.last, from_, until, project.timezone)
            frame = replayed(log, start, end).persist()
            summary, report = counted(log, frame)
            if plan is not None:
                _write(plan_rows(frame), plan)
    except ExportError as error:
        raise Stop(error.message, error.hint) from None
    if plan is not None:
        note(f"wrote {plan}", quiet)
    return start, end, report, summary


def _write(rows: DataFrame, plan: str) -> None:
    """Writes a folder of files; existing files are not touched."""
    from pyspark.errors import PySparkException

    writer = rows.write.mode("error")
    try:
        if plan.endswith(".jsonl"):
            writer.json(plan)
        elif plan.endswith(".csv"):
            writer.csv(plan, header=True, escape='"')
        else:
            writer.parquet(plan)
    except PySparkException as error:
        text = str(error).splitlines()[0]
        if "ALREADY_EXISTS" in text:
            raise Stop(f"--plan: {plan} exists already", "name another folder, or remove it first") from None
        raise Stop(
            f"--plan: {plan} cannot be written: {text}", "check the path, and that Spark may write there"
        ) from None
