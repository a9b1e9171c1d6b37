"""`scenario run`: takes new data into the store, and puts due messages in the outbox."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, check_writable, emit, note, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.older_definitions import OlderDefinitions, texts_of
from scenario_cli.cli.options import (
    TEXT_OR_JSON,
    Color,
    Output,
    ProjectDir,
    Quiet,
    TextOrJson,
    Workers,
    color,
    format_of,
    instant,
    load_sound,
    outside_allowed,
)
from scenario_cli.cli.plan_output import plan_target, write_rows
from scenario_cli.cli.reading import check_times, check_workers, export_options, number_of_workers
from scenario_cli.cli.store_options import State, elapsed, store_file

if TYPE_CHECKING:
    from scenario_cli.hosts.store.database import Store
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.project import Project

_ROWS_A_CONTACT = 20  # a contact takes as long as so many rows of a replay


@takes_export
def run(
    state: State = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="Process up to this date-time. Default: now minus --lateness."),
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option(
            "--begin",
            metavar="TIME",
            help="First run only: contacts enter from here on. Earlier events count as history.",
        ),
    ] = None,
    lateness: Annotated[
        str | None,
        typer.Option(
            "--lateness", metavar="DURATION", help="Wait this long for late events, such as 10min. Default: 0s."
        ),
    ] = None,
    watermark: Annotated[
        str | None,
        typer.Option(
            "--watermark",
            metavar="COLUMN",
            help="A column that only grows in a database or query. The next run reads on from its last value.",
        ),
    ] = None,
    history: Annotated[
        list[str] | None,
        typer.Option(
            "--history",
            metavar="PATH",
            help="An export of the past that fills new metrics. Nobody enters and no journey moves.",
        ),
    ] = None,
    from_now: Annotated[bool, typer.Option("--from-now", help="Start new metrics empty.")] = False,
    accept_new_salt: Annotated[
        bool,
        typer.Option(
            "--accept-new-salt", help="Continue although the project's name or salt has changed. Random draws change."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the rows of this run: .jsonl, .csv or .parquet."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing. Show what happens to running journeys, and what would stop the run."
        ),
    ] = False,
    workers: Workers = None,
    format_: TextOrJson = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Process new events into the store and fill the outbox.

    Examples:
      scenario run --state crm.db --until 2025-02-20
      scenario run --state crm.db --check
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None
    late = elapsed("--lateness", lateness, 0)
    if lateness is not None and until is not None:
        raise Stop(
            "--lateness and --until cannot be combined: --lateness is subtracted from the current time",
            "leave one of them out",
        )
    check_times(until=until, begin=begin)
    check_workers(workers)
    check_writable(output)
    target = plan_target("--out", out)
    if check and target is not None:
        raise Stop("--check writes no rows, so --out has nothing to write", "leave one of them out")
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    store_path = store_file(state, model, export.allow_outside)

    from scenario_cli.events.errors import ExportError
    from scenario_cli.hosts.store.database import opened
    from scenario_cli.hosts.store.definitions import definitions_for
    from scenario_cli.hosts.store.errors import StoreError
    from scenario_cli.hosts.store.foreseeing import check_run
    from scenario_cli.hosts.store.job import RunJob
    from scenario_cli.hosts.store.lock import locked
    from scenario_cli.hosts.store.plan_rows import Selection
    from scenario_cli.hosts.store.run import run_job
    from scenario_cli.language.files import folder_with
    from scenario_cli.reports.run.check import check_json, check_text
    from scenario_cli.reports.run.json import run_json
    from scenario_cli.reports.run.text import run_text

    now = datetime.now(UTC)
    now_us = int(now.timestamp() * 1_000_000)
    end = instant("--until", until, model.timezone)
    if end is None:
        end = now_us - (late if lateness is not None else model.run.lateness)
    elif end > now_us and not check:
        note(_FUTURE, quiet)
    options = None
    if export.events or export.query or export.contacts or model.exports.events or model.exports.sources:
        options = export_options(model, export)
    texts = texts_of(loaded, Path(model.root))
    files = folder_with(Path(model.root), {}, outside_allowed(export.allow_outside))
    older = OlderDefinitions(files, texts)

    def job(store: Store) -> RunJob:
        return RunJob(
            definitions_for(store, model, texts, older.read),
            options,
            end,
            now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
            instant("--begin", begin, model.timezone),
            watermark,
            _past(model, export, history),
            from_now,
            accept_new_salt,
            lambda contacts: number_of_workers(workers, contacts * _ROWS_A_CONTACT),
        )

    try:
        if check:
            with opened(store_path, read_only=True) as store:
                checked = check_run(store, end, partial(job, store))
            if chosen_format == "json":
                emit(check_json(checked, model), output)
            else:
                emit(check_text(checked, model.timezone, colored, width(sys.stdout)), output)
            return 1 if checked.faults else 0
        with locked(store_path, "run"), opened(store_path, create=True) as store, progress_bar(quiet) as progress:
            results = run_job(store, job(store), progress)
            if target is not None:
                write_rows(store, Selection(tuple(result.run for result in results)), target)
                note(f"wrote {target} and {target.name}.head.json", quiet)
    except (StoreError, ExportError) as error:
        raise Stop(error.message, error.hint) from None
    for result in results:
        for text in result.notes:
            note(text, quiet)
    if chosen_format == "json":
        emit(run_json(results, model), output)
    else:
        emit(run_text(results, model.timezone, colored, width(sys.stdout)), output)
    return 0


_FUTURE = (
    "--until is in the future: messages that become due before then are ready for delivery now, and the store cannot"
    " go back"
)


def _past(project: Project, export: ExportArguments, history: list[str] | None) -> ExportOptions | None:
    """The export of the past, read as the other one is."""
    if not history:
        return None
    from dataclasses import replace

    return replace(export_options(project, replace(export, events=history, query=None, contacts=None)), contacts=())
