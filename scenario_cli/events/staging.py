"""Brings exports into a staged log: files opened, read, mended where broken, sorted. The queries are elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events import database, reporting
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.events.formats import FORMATS
from scenario_cli.events.formats.table import Rows, Table
from scenario_cli.events.inputs import InputFile, find_files
from scenario_cli.events.lines import needs_copy, utf8_copy
from scenario_cli.events.mapping import Need, Resolved, refuse_unknown_columns, resolve
from scenario_cli.events.slots import lay_out
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging_sql import (
    BROKEN_LINE,
    Target,
    create_log_sql,
    create_sql,
    insert_sql,
    sort_sql,
)
from scenario_cli.events.zones import zone
from scenario_cli.model.export import ExportOptions

Progress = Callable[[str, int, int | None], None]

# The contacts table is read like a log in which every row is this event.
ROW = "row"

# The database of all rows, which goes away once they are sorted.
ROWS = "rows.duckdb"


def stage(
    options: ExportOptions,
    wanted: Mapping[str, Mapping[str, str | None]],
    attributes: Mapping[str, str | None],
    workspace: Path,
    progress: Progress | None = None,
    broadcast: Collection[str] = (),
    profile: Collection[str] = (),
) -> StagedLog:
    """Reads the exports into `workspace` and gives the sorted log with a report.

    `wanted` are the events to keep, each with the properties to keep and their declared types (None: any);
    `attributes` likewise those of the contacts table. Rows of `broadcast` events need no contact id;
    of `profile` events a null that is written out is kept as None.
    `progress` is called with what is being done, how much of it is done, and of how much (None: unknown).
    Raises ExportError for what stops the job; unusable rows are counted in the report.
    """
    zone(options.timezone)
    workspace.mkdir(parents=True, exist_ok=True)
    events = Target("events", lay_out(wanted), options.timezone, frozenset(broadcast) & frozenset(wanted),
                    frozenset(profile) & frozenset(wanted))  # fmt: skip
    people = Target("people", lay_out({ROW: attributes}), options.timezone, moment="updated_at")
    log_path = workspace / "log.duckdb"
    for path in (workspace / ROWS, log_path):
        path.unlink(missing_ok=True)
    con = database.staging(workspace / ROWS, workspace)
    try:
        log = fill(con, events, options.events, event_need(options, wanted), workspace, progress)
        table = fill(con, people, options.contacts, contact_need(options, attributes), workspace, progress)
        if progress:
            progress("sorting", 0, None)
        _sort(con, log_path, events, people)
        report = reporting.report(con, events, log, people, table if options.contacts else None)
    except duckdb.Error as error:
        raise translated(error, "the export") from None
    finally:
        con.close()
        tidy(workspace)
    return StagedLog(log_path, report, events.layout, people.layout)


def tidy(workspace: Path) -> None:
    """Removes what only the reading needed."""
    (workspace / ROWS).unlink(missing_ok=True)
    for leftover in (*workspace.glob("copy-*"), *workspace.glob("mended-*"), *workspace.glob("spooled-*")):
        leftover.unlink()


def event_need(options: ExportOptions, wanted: Mapping[str, Mapping[str, str | None]]) -> Need:
    properties = sorted({name for declared in wanted.values() for name in declared})
    return Need(
        required=("contact_id", "event", "timestamp"),
        optional=("event_id", "sequence", "properties"),
        properties=tuple(properties),
        mapping=options.mapping,
        option="--map",
    )


def contact_need(options: ExportOptions, attributes: Mapping[str, str | None]) -> Need:
    mapping = dict(options.contacts_mapping)
    return Need(
        required=("contact_id", "event"),
        optional=("updated_at",),
        properties=tuple(sorted(attributes)),
        mapping={**mapping, "event": f"'{ROW}'"},
        option="--contacts-map",
    )


def fill(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    given: tuple[str, ...],
    need: Need,
    workspace: Path,
    progress: Progress | None,
) -> reporting.Reading:
    """Every file of one kind into its table. All are opened, and their columns found, before any is read."""
    con.execute(create_sql(target))
    files, notes = find_files(given, workspace)
    reading = reporting.Reading(files=tuple(file.shown for file in files), notes=notes)
    total, done = sum(file.size for file in files), 0
    tables: list[Table] = []
    for file in files:
        tables.append(FORMATS[file.format](con, readable(file, workspace, notes), need.expected()))
    found = [_resolved(table, need) for table in tables]
    named = [(table, each) for table, each in zip(tables, found, strict=True) if table.names]
    if named:
        refuse_unknown_columns([table for table, _ in named], [each for _, each in named], need)
    for number, (table, each) in enumerate(zip(tables, found, strict=True)):
        file = files[number]
        before = reading.staged + reading.lost
        # Without a first line a CSV has no columns that could be read.
        if table.names or file.format != "delimited":
            with _watched(con, progress, f"reading {Path(file.shown).name}", done, file.size, total):
                _read(con, target, number, table, each, reading, workspace)
        reading.tables.append(table)
        reading.names.update(dict.fromkeys(table.names))
        if reading.staged + reading.lost == before:
            notes.append(f"{file.shown} holds no rows")
        done += file.size
    return reading


def _resolved(table: Table, need: Need) -> Resolved:
    try:
        return resolve(table, need)
    except ExportError:
        if table.names:
            raise
        # Nothing in it, or nothing but broken lines, which are counted like any others.
        return Resolved({}, {}, {})


def _read(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    number: int,
    table: Table,
    found: Resolved,
    reading: reporting.Reading,
    workspace: Path,
) -> None:
    """One file's rows: as the database reads it, else mended. A refused attempt leaves nothing behind."""
    rows = table.rows()
    broken = 0
    con.execute("BEGIN")
    try:
        con.execute(insert_sql(target, number, rows, found))
        broken = _count(con, target, number, BROKEN_LINE) if rows.broken != "false" else 0
    except duckdb.Error as error:
        con.execute("ROLLBACK")
        mended = table.mended(workspace, refused=True) if isinstance(error, duckdb.InvalidInputException) else None
        if mended is None:
            raise translated(error, table.file.shown) from None
    else:
        mended = table.mended(workspace, refused=False) if broken else None
        con.execute("ROLLBACK" if mended else "COMMIT")
    if mended is not None:
        _insert_mended(con, target, number, table, found, mended)
        rows = mended
    reading.starts[number] = reading.staged
    reading.staged += _count(con, target, number)
    reading.lost += rows.lost
    reading.samples.extend(
        (number, replace(sample, excerpt=reporting.shortened(sample.excerpt))) for sample in rows.samples
    )
    reading.notes.extend(rows.notes)


def _insert_mended(
    con: duckdb.DuckDBPyConnection, target: Target, number: int, table: Table, found: Resolved, rows: Rows
) -> None:
    try:
        con.execute(insert_sql(target, number, rows, found))
    except duckdb.Error as error:
        raise translated(error, table.file.shown) from None


def _count(con: duckdb.DuckDBPyConnection, target: Target, file: int, reason: str | None = None) -> int:
    condition = f" AND reason = '{reason}'" if reason else ""
    ((count,),) = con.execute(f"SELECT count(*) FROM {target.table} WHERE file = {file}{condition}").fetchall()
    return int(count)


def readable(file: InputFile, workspace: Path, notes: list[str]) -> InputFile:
    """The file, or a copy in UTF-8 of one that the database cannot read."""
    if not needs_copy(file):
        return file
    copy, _ = utf8_copy(file, workspace)
    return copy


def _sort(con: duckdb.DuckDBPyConnection, path: Path, *targets: Target) -> None:
    """The usable rows in the order in which they are streamed, in a database of their own."""
    con.execute(f"ATTACH {database.text_literal(str(path))} AS log")
    for target in targets:
        con.execute(create_log_sql(target))
        con.execute(sort_sql(target))
    con.execute("CHECKPOINT log")


@contextmanager
def _watched(
    con: duckdb.DuckDBPyConnection, progress: Progress | None, label: str, done: int, size: int, total: int
) -> Iterator[None]:
    """Tells how far the running query is, in bytes of the files, a few times a second."""
    if progress is None:
        yield
        return
    progress(label, done, total)
    finished = threading.Event()

    def tell() -> None:
        while not finished.wait(0.25):
            share = min(max(con.query_progress(), 0.0), 100.0) / 100
            progress(label, done + int(size * share), total)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        finished.set()
        teller.join()
    progress(label, done + size, total)
