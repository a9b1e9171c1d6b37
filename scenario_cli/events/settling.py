"""Opens the files of an export, and settles how their dates, clocks and numbers are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events import database
from scenario_cli.events.date_orders import has_other_forms, with_date_orders
from scenario_cli.events.decimals import with_stated_marks
from scenario_cli.events.errors import Faults
from scenario_cli.events.inputs import find_files
from scenario_cli.events.opening import Opened, open_all
from scenario_cli.events.parts import Part
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.export import ExportOptions


def open_part(
    con: duckdb.DuckDBPyConnection,
    part: Part,
    target: Target,
    workspace: Path,
    notes: list[str],
    date_notes: list[str],
) -> list[Opened]:
    """Opens the files of a part, and settles how their dates, clocks and stated decimal marks are read.

    `date_notes` take the notes on dates in which day and month could be swapped.
    """
    faults = Faults()
    files, remarks = find_files(part.sources, workspace, part.query, part.access, faults)
    notes.extend(remarks)
    opened = open_all(con, files, part.need, part.source, workspace, notes, faults)
    opened = with_date_orders(con, opened, target, part.options.date_formats, workspace, date_notes)
    opened = with_stated_marks(opened, target, part.options.decimals)
    if any(has_other_forms(opened_file, target) for opened_file in opened):
        database.know_date_forms(con)
    return [replace(opened_file, clock=_clock(opened_file, part.options)) for opened_file in opened]


def _clock(opened: Opened, options: ExportOptions) -> str:
    """The clock of a tool's timestamps; the user's setting takes precedence."""
    if opened.source is None or options.timezone_stated:
        return options.timezone
    return opened.source.timezone
