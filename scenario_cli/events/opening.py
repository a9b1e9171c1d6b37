"""Opens the files of an export: each as a table, with its tool and the places of the needed values.

Reads only as much of them as necessary.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scenario_cli.events.errors import ExportError, Faults
from scenario_cli.events.formats import FORMATS
from scenario_cli.events.formats.delimited import DelimitedTable, bare_table
from scenario_cli.events.formats.json_text import JsonTable
from scenario_cli.events.formats.table import Table
from scenario_cli.events.grouped import grouped
from scenario_cli.events.inputs import InputFile
from scenario_cli.events.lines import needs_copy, utf8_copy
from scenario_cli.events.mapping import Need, Resolved, refuse_unknown_columns, resolve
from scenario_cli.events.sources import BY_NAME, GENERIC, SOURCES
from scenario_cli.events.sources.resolving import resolve_source, source_of
from scenario_cli.events.sources.source import Source
from scenario_cli.events.sources.warehouse import note_on_unread, tables_of
from scenario_cli.events.sources.wrapped import unwrapped, unwrapped_list


@dataclass(frozen=True, slots=True)
class Opened:
    """One file, ready to be read; `source` is None if it is read by its columns' names.

    `clock` is the zone of timestamps without one.
    """

    table: Table
    resolved: Resolved
    source: Source | None
    clock: str = "UTC"

    @property
    def is_split(self) -> bool:
        """True for a table of a tool's warehouse: another can have more of the same events."""
        return self.source is not None and bool(self.table.names) and tables_of(self.table, self.source) is not None


def open_all(
    con: duckdb.DuckDBPyConnection,
    files: list[InputFile],
    need: Need,
    stated: str | None,
    workspace: Path,
    notes: list[str],
    faults: Faults,
) -> list[Opened]:
    """Opens all files before any is read, so that faults are reported at once, with the `faults` of other files. A
    table of a tool's warehouse without events is left out with a note.

    `stated` is the tool by name, `generic` for none; None: found out file by file.
    """
    prepared: list[tuple[InputFile, Table, Source | None]] = []
    for file in files:
        with faults.collecting():
            prepared.append((file, *_prepared(con, file, need.of_file(file.label), stated, workspace)))
    tools = {source.name: source for _, _, source in prepared if source}
    opened = []
    for file, table, source in prepared:
        with faults.collecting():
            try:
                opened.append(_resolved(con, table, source, need.of_file(file.label), workspace, alone=len(files) == 1))
            except ExportError as error:
                remedy = next((text for tool in tools.values() if (text := note_on_unread(table, tool))), None)
                if remedy is None:
                    raise
                if len(files) == 1:
                    raise ExportError(error.message, remedy) from None
                notes.append(f"{file.label} was ignored: {remedy}")
    faults.refuse()
    non_empty = [opened_file for opened_file in opened if opened_file.table.names]
    if non_empty:
        refuse_unknown_columns(
            [opened_file.table for opened_file in non_empty], [opened_file.resolved for opened_file in non_empty], need
        )
    if stated is None:
        titles = Counter(opened_file.source.title for opened_file in opened if opened_file.source)
        for title, count in titles.items():
            subject = f"{count} files were" if count > 1 else f"{_label_of(opened, title)} was"
            notes.append(f"{subject} read as {title}; to read by column names use --source {GENERIC}")
    return opened


def _prepared(
    con: duckdb.DuckDBPyConnection, file: InputFile, need: Need, stated: str | None, workspace: Path
) -> tuple[Table, Source | None]:
    """The file as a table of its records, and the tool it comes from."""
    table = FORMATS[file.format](con, _readable(file, workspace), need.expected())
    if not table.names:
        return table, None
    candidates = SOURCES if stated is None else () if stated == GENERIC else (BY_NAME[stated],)
    table = _with_header(table, candidates)
    source = source_of(table, stated, need)
    if isinstance(table, JsonTable) and (source is None or stated is not None):
        for candidate in candidates:
            inner = unwrapped(con, table, candidate, need, workspace)
            if inner is not None:
                table, source = inner, candidate
                break
    if isinstance(table, JsonTable) and source is None:
        table = unwrapped_list(con, table, need, workspace) or table
    return table, source


def _resolved(
    con: duckdb.DuckDBPyConnection, table: Table, source: Source | None, need: Need, workspace: Path, *, alone: bool
) -> Opened:
    if not table.names:
        # Nothing in it, or nothing but broken lines, which are counted like any others.
        return Opened(table, Resolved({}, {}, {}), None)
    if need.group is not None:
        table = grouped(con, table, need.group, need, workspace)
    if alone and isinstance(table, JsonTable):  # of several files, similar ones are read together
        table.know_paths()
    resolved = resolve(table, need) if source is None else resolve_source(table, need, source)
    return Opened(table, resolved, source)


def _with_header(table: Table, candidates: tuple[Source, ...]) -> Table:
    """The table with the columns' names of a tool that writes none."""
    if isinstance(table, DelimitedTable):
        for source in candidates:
            if source.header and (headed := bare_table(table.file, source.header)):
                return headed
    return table


def _readable(file: InputFile, workspace: Path) -> InputFile:
    """The file, or a copy in UTF-8 of one that the database cannot read."""
    if not needs_copy(file):
        return file
    copy, _ = utf8_copy(file, workspace)
    return copy


def _label_of(opened: list[Opened], title: str) -> str:
    return next(
        opened_file.table.file.label
        for opened_file in opened
        if opened_file.source and opened_file.source.title == title
    )
