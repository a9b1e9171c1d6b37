"""Brings exports into a staged log: files opened, read, repaired if broken, sorted. The queries are elsewhere."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events import database, duplicates, identity, reporting, split_events, straight
from scenario_cli.events.date_forms import SETTLED_FORMS
from scenario_cli.events.decimals import with_decimal_marks
from scenario_cli.events.errors import translated
from scenario_cli.events.file_groups import batches, groups, read_together
from scenario_cli.events.formats.delimited import DelimitedTable
from scenario_cli.events.formats.table import Rows, Table
from scenario_cli.events.inputs import InputFile
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.one_contact import refuse_unknown
from scenario_cli.events.opening import Opened
from scenario_cli.events.parts import Part, log_parts, table_parts
from scenario_cli.events.rejects import write_rejects
from scenario_cli.events.settling import open_part
from scenario_cli.events.shared_addresses import USUAL_REACHES, shared_address_notes
from scenario_cli.events.slots import narrowed
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging_sql import BROKEN_LINE, insert_sql
from scenario_cli.events.staging_tables import Target, create_log_sql, create_sql, sort_sql
from scenario_cli.events.targets import events_target, people_target
from scenario_cli.events.two_sides import contact_notes
from scenario_cli.events.zones import zone
from scenario_cli.model.export import ExportOptions

Progress = Callable[[str, int, int | None], None]

# The database of all rows, which goes away once they are sorted.
ROWS = "rows.duckdb"


def stage(
    options: ExportOptions,
    types_by_event: Mapping[str, Mapping[str, str | None]],
    attributes: Mapping[str, str | None],
    workspace: Path,
    progress: Progress | None = None,
    broadcast: Collection[str] = (),
    profile: Collection[str] = (),
    contact: str | None = None,
    keys: Collection[str] = (),
    links: identity.KnownLinks | None = None,
) -> StagedLog:
    """Reads the exports into `workspace` and returns the sorted log with a report.

    `types_by_event` are the events to keep, each with its properties and their declared types (None: any); `attributes`
    likewise those of the contacts table. Rows of `broadcast` events need no contact id; in a `profile` event an
    explicit null is None, as is a value that does not fit its type. `keys` are properties that hold an id although
    their names do not show it. If `links` of anonymous ids are given, those of this export can be had from the staged
    log. With a `contact` the log holds only that contact, while the report covers all. `progress` is called with the
    step, the amount done and the total amount (None: unknown). Raises ExportError if the job cannot be done; unusable
    rows are counted in the report.
    """
    zone(options.timezone)
    workspace.mkdir(parents=True, exist_ok=True)
    log_path = workspace / "log.duckdb"
    for path in (workspace / ROWS, workspace / f"{ROWS}.wal", log_path):
        path.unlink(missing_ok=True)
    try:
        with database.staging(workspace, ROWS) as con:
            contact = database.comparable_id(con, contact) if contact is not None else None
            events = replace(events_target(options, types_by_event, broadcast, profile, keys), contact=contact)
            people = replace(people_target(options, attributes), contact=contact)
            con.execute(f"ATTACH {text_literal(str(log_path))} AS log")
            log = fill(con, events, log_parts(options, types_by_event), workspace, progress, sorts=True,
                       merges=links is not None and bool(links.aliases))  # fmt: skip
            parts = table_parts(options, attributes) if options.contacts else []
            table = fill(con, people, parts, workspace, progress) if parts else None
            events = _with_present_properties(events, log)
            people = _with_present_properties(people, table or reporting.Reading())
            if progress:
                progress("sorting", 0, None)
            _attribute(con, options, events, log, links)
            if contact is not None:
                refuse_unknown(con, contact, has_table=table is not None)
            _sort(con, [(events, log), (people, table)])
            if repeated := duplicates.count_repeated(con, "events", events.layout):
                log.notes.append(_repeated_note(repeated))
            if contact is None:
                log.notes.extend(_shared_addresses(con, options, events, people))
                log.notes.extend(contact_notes(con, "log.events", "log.people" if options.contacts else None))
            report = reporting.report(con, events, log, people, table)
            if options.rejects:
                write_rejects(con, Path(options.rejects), [(events, log), *([(people, table)] if table else [])])
    except duckdb.Error as error:
        raise translated(error, "the export") from None
    finally:
        tidy(workspace)
    return StagedLog(log_path, report, events.layout, people.layout, has_links=links is not None and log.identity)


def _attribute(
    con: duckdb.DuckDBPyConnection,
    options: ExportOptions,
    events: Target,
    log: reporting.Reading,
    links: identity.KnownLinks | None,
) -> None:
    """Decides which rows count and for which contact: repeated rows, events in several files, anonymous ids."""
    if options.dedupe:
        duplicates.leave_out(con, events)
    if len(log.split) > 1:
        split_events.join(con, events, log.split)
    if log.identity:
        backward = options.identity == "backward"
        table = "people" if options.contacts else None
        log.notes.extend(identity.attribute(con, events, backward=backward, people=table, links=links))
    if options.dedupe or len(log.split) > 1 or log.identity:
        log.counts = None


def _shared_addresses(
    con: duckdb.DuckDBPyConnection, options: ExportOptions, events: Target, people: Target
) -> list[str]:
    changing = tuple(code for code, name in enumerate(events.layout.events) if name in events.profile)
    sides = (("log.people", people.layout, (0,)), ("log.events", events.layout, changing))
    return shared_address_notes(con, sides, options.reaches or USUAL_REACHES)


def _repeated_note(count: int) -> str:
    rows = "1 row repeats" if count == 1 else f"{count:,} rows repeat"
    return f"{rows} an earlier row in all used columns; --dedupe skips rows that are identical in all columns"


def tidy(workspace: Path) -> None:
    """Removes files that only the reading needed."""
    for name in (ROWS, f"{ROWS}.wal"):
        (workspace / name).unlink(missing_ok=True)
    for pattern in ("copy-*", "mended-*", "spooled-*", "*.elements.jsonl"):
        for leftover in workspace.glob(pattern):
            leftover.unlink()
    for folder in workspace.glob("unzipped-*"):
        shutil.rmtree(folder)


def fill(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    parts: Sequence[Part],
    workspace: Path,
    progress: Progress | None,
    *,
    sorts: bool = False,
    merges: bool = False,
) -> reporting.Reading:
    """Reads every file of one kind into its table. All files are opened before any is read.

    If it `merges`, some contact ids were replaced before, with any columns of the files.

    If it `sorts`, and sorting is possible, the rows go straight into the sorted table: see `Reading.usable`.
    """
    options = parts[0].options
    opened: list[Opened] = []
    notes: list[str] = []
    for part in parts:
        opened += open_part(con, part, target, workspace, notes, notes)
    identity = options.identity != "off" and not target.is_table
    has_ids = merges or any({"anonymous_id", "previous_id"} & set(each.resolved.fields) for each in opened)
    identity = identity and has_ids
    reading = fill_opened(con, target, opened, notes, workspace, progress, sorts=sorts, identity=identity)
    # To look for decimal commas beforehand would take one more pass over every export.
    mended = with_decimal_marks(con, target, reading, opened, workspace, notes)
    if mended is not None:
        reading = fill_opened(con, target, mended, notes, workspace, progress, sorts=sorts, identity=identity)
    return reading


def fill_opened(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    opened: list[Opened],
    notes: list[str],
    workspace: Path,
    progress: Progress | None = None,
    *,
    sorts: bool = False,
    identity: bool = False,
) -> reporting.Reading:
    """Reads files that are open into their table, once everything is settled about their dates and numbers."""
    files = [opened_file.table.file for opened_file in opened]
    reading = reporting.Reading(files=tuple(file.label for file in files), notes=[*notes])
    reading.split = frozenset(number for number, opened_file in enumerate(opened) if opened_file.is_split)
    total, bytes_read = sum(file.size for file in files), 0
    reading.identity = identity
    reading.present_properties = frozenset(
        name for opened_file in opened for name, columns in opened_file.resolved.values.items() if columns
    )
    reading.tables.extend(opened_file.table for opened_file in opened)
    target = replace(target, identity=reading.identity, split=len(reading.split) > 1)
    if sorts and straight.is_possible(target, opened) and _filled_straight(con, target, opened, reading, progress):
        return reading
    con.execute(create_sql(target))
    for numbers in batches(target, opened):
        on_its_clock = replace(target, timezone=opened[numbers[0]].clock)
        size = sum(files[number].size for number in numbers)
        label = f"reading {_files_label([files[number] for number in numbers])}"
        with _watched(con, progress, label, bytes_read, size, total):
            _read_batch(con, on_its_clock, numbers, opened, reading, workspace)
        bytes_read += size
    return reading


def _read_batch(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    numbers: list[int],
    opened: Sequence[Opened],
    reading: reporting.Reading,
    workspace: Path,
) -> None:
    """Reads some files in one query. A refused query is split in two, so that a broken file costs no other."""
    counts = read_together(con, target, numbers, opened) if len(numbers) > 1 else None
    if counts is None and len(numbers) > 1:
        half = len(numbers) // 2
        for half_numbers in (numbers[:half], numbers[half:]):
            _read_batch(con, target, half_numbers, opened, reading, workspace)
        return
    for index, number in enumerate(numbers):
        before = reading.staged + reading.lost
        if counts is not None:
            reading.starts[number] = reading.staged
            reading.staged += counts[index]
        # Without a first line a CSV has no columns that could be read.
        elif opened[number].table.names or opened[number].table.file.format != "delimited":
            _read(con, target, number, opened[number], reading, workspace)
        _record_filled(reading, number, reading.staged + reading.lost - before)


def _filled_straight(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    opened: list[Opened],
    reading: reporting.Reading,
    progress: Progress | None,
) -> bool:
    """Fills the sorted table from the files themselves. Returns False if the general reading must do it."""
    target = _with_present_properties(target, reading)
    parts = [
        straight.part(replace(target, timezone=opened[numbers[0]].clock), numbers, opened) for numbers in groups(opened)
    ]
    files = [opened_file.table.file for opened_file in opened]
    size = sum(file.size for file in files)
    with _watched(con, progress, f"reading {_files_label(files)}", 0, size, size):
        counts = straight.read(con, target, parts, reading)
    for number, count in enumerate(counts or ()):
        _record_filled(reading, number, count)
    return counts is not None


def _record_filled(reading: reporting.Reading, number: int, rows: int) -> None:
    table = reading.tables[number]
    reading.names.update(dict.fromkeys(table.names))
    reading.notes.extend(reporting.repeated_columns(table.file.label, table.names))
    if not rows:
        reading.notes.append(f"{table.file.label} has no rows")


def _files_label(files: list[InputFile]) -> str:
    return Path(files[0].label).name if len(files) == 1 else f"{len(files)} files"


def _read(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    number: int,
    opened: Opened,
    reading: reporting.Reading,
    workspace: Path,
) -> None:
    """Reads one file unchanged, or repaired if the database refuses it. A refused attempt leaves no data."""
    table, resolved = opened.table, opened.resolved
    is_mended_first = isinstance(table, DelimitedTable) and table.is_mended_first
    rows = (table.mended(workspace, refused=True) if is_mended_first else None) or table.rows()
    broken = 0
    con.execute("BEGIN")
    try:
        staged = _inserted(con, insert_sql(target, number, rows, resolved))
        broken = _count_broken(con, target, number) if rows.broken != "false" else 0
    except duckdb.Error as error:
        con.execute("ROLLBACK")
        mended = table.mended(workspace, refused=True) if isinstance(error, duckdb.InvalidInputException) else None
        if mended is None:
            raise translated(error, table.file.label) from None
    else:
        mended = table.mended(workspace, refused=False) if broken else None
        con.execute("ROLLBACK" if mended else "COMMIT")
    if mended is not None:
        staged = _insert_mended(con, target, number, table, resolved, mended)
        rows = mended
    reading.starts[number] = reading.staged
    reading.staged += staged
    reading.lost += rows.lost
    reading.samples.extend(
        (number, replace(sample, excerpt=reporting.shortened(sample.excerpt))) for sample in rows.samples
    )
    reading.aside[number] = rows.aside or rows.samples
    reading.notes.extend(rows.notes)
    if broken and opened.source and opened.source.end_mark:
        reading.notes.extend(_ended_early(con, target, number, opened, reading.starts[number]))


def _ended_early(
    con: duckdb.DuckDBPyConnection, target: Target, number: int, opened: Opened, start: int
) -> Iterator[str]:
    """Reports it if the last broken line is the tool's own mark that it broke the export off."""
    ((last,),) = con.execute(
        f"SELECT max(rowid) FROM {target.table} WHERE file = {number} AND reason = '{BROKEN_LINE}'"
    ).fetchall()
    # Rows that were broken at first can be repaired by now.
    ordinals = [] if last is None else [last - start + 1]
    for _, line, text in opened.table.find_lines(ordinals, by_line=False):
        if opened.source and text.strip() == opened.source.end_mark:
            yield f"{opened.table.file.label} was cut off by the tool at line {line}: export the rest again"


def _insert_mended(
    con: duckdb.DuckDBPyConnection, target: Target, number: int, table: Table, resolved: Resolved, rows: Rows
) -> int:
    # It can have rows that nothing is known of yet.
    resolved = replace(
        resolved, dates={name: form for name, form in resolved.dates.items() if form not in SETTLED_FORMS}
    )
    database.know_date_forms(con)
    try:
        return _inserted(con, insert_sql(target, number, rows, resolved))
    except duckdb.Error as error:
        raise translated(error, table.file.label) from None


def _inserted(con: duckdb.DuckDBPyConnection, insert: str) -> int:
    """The number of rows that the statement inserts."""
    ((count,),) = con.execute(insert).fetchall()
    return int(count)


def _count_broken(con: duckdb.DuckDBPyConnection, target: Target, file: int) -> int:
    ((count,),) = con.execute(
        f"SELECT count(*) FROM {target.table} WHERE file = {file} AND reason = '{BROKEN_LINE}'"
    ).fetchall()
    return int(count)


def _with_present_properties(target: Target, reading: reporting.Reading) -> Target:
    """Removes columns that no file has: each would be sorted, written and read again for nothing."""
    return replace(target, layout=narrowed(target.layout, reading.present_properties))


def _sort(con: duckdb.DuckDBPyConnection, tables: Sequence[tuple[Target, reporting.Reading | None]]) -> None:
    """The usable rows in the order in which they are streamed, in a database of their own."""
    for target, reading in tables:
        if reading is None or reading.usable is None:
            con.execute(create_log_sql(target))
        if reading is not None and reading.usable is None:
            con.execute(sort_sql(target))
    con.execute("CHECKPOINT log")


@contextmanager
def _watched(
    con: duckdb.DuckDBPyConnection, progress: Progress | None, label: str, bytes_read: int, size: int, total: int
) -> Iterator[None]:
    """Reports the progress of the running query in bytes of the files, a few times a second."""
    if progress is None:
        yield
        return
    progress(label, bytes_read, total)
    finished = threading.Event()

    def report_progress() -> None:
        while not finished.wait(0.25):
            share = min(max(con.query_progress(), 0.0), 100.0) / 100
            progress(label, bytes_read + int(size * share), total)

    reporter = threading.Thread(target=report_progress, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        finished.set()
        reporter.join()
    progress(label, bytes_read + size, total)
