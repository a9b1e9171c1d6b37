"""Finds new rows in databases, by a column whose values only grow. Knows no store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from scenario_cli.events import external_exports
from scenario_cli.events.errors import ExportError
from scenario_cli.events.inputs import queried_files
from scenario_cli.events.narrowing import Since
from scenario_cli.events.since import Rows, rows_of
from scenario_cli.hosts.store.log_files import ToRead
from scenario_cli.hosts.store.read_inputs import InputIndex, Reading, ReadInput, Role
from scenario_cli.hosts.store.sources import FoundDatabase
from scenario_cli.model.export import Access, ExportOptions

Before = dict[str, ReadInput]


def last_readings(databases: Sequence[FoundDatabase], index: InputIndex, watermark: str | None) -> Before:
    """The last reading of each database, by its name.

    An unknown database continues from one that is gone, if there is one of each: its query or address was changed.
    Raises ExportError if that cannot be decided, or if there is no watermark.
    """
    for database in databases:
        if watermark is None:
            raise ExportError(
                f"new rows of {database.label} since the last run cannot be recognised",
                "name a column with values that only grow, such as the time of arrival: --watermark received_at",
            )
    names = [database.name for database in databases]
    for number, database in enumerate(databases):
        if database.name in names[:number]:
            raise ExportError(
                f"{database.label} is in the export twice, but its progress is stored only once",
                "use a different --query for each",
            )
    before = {name: index.databases[name] for name in names if name in index.databases}
    new = [name for name in names if name not in before]
    missing = [each for path, each in index.databases.items() if path not in names]
    if new and missing:
        if len(new) > 1 or len(missing) > 1:
            raise ExportError(
                f"{len(new)} databases or queries are new, and {len(missing)} of the last run are missing: "
                "it is not clear which of the new ones continues which",
                "change one at a time, with a run after each",
            )
        before[new[0]] = missing[0]
    for each in before.values():
        if not (each.watermark or "").startswith(f"{watermark}="):
            column = (each.watermark or "").partition("=")[0]
            raise ExportError(
                f"{each.path} was read by the column {column}, so new rows by {watermark} cannot be recognised",
                f"keep --watermark {column}",
            )
    return before


def new_rows(
    database: FoundDatabase,
    part: ExportOptions,
    before: ReadInput | None,
    watermark: str,
    role: Role,
    workspace: Path,
    notes: list[str],
) -> list[ToRead]:
    """The rows from the largest value on that was read, and the reading to remember.

    Rows with exactly that value are left out, if they were read before.
    """
    value = before.watermark.partition("=")[2] if before is not None and before.watermark is not None else None
    least, above = value, None
    path = copy_of(database, Since(watermark, least=least), part.access, workspace)
    if before is not None and value is not None:
        same = _rows(path, database, watermark, part, workspace, value)
        if (same.count, same.digest) == before.mark:
            least, above = None, value
            if same.count < same.total:
                path = copy_of(database, Since(watermark, above=above), part.access, workspace)
    rows = _rows(path, database, watermark, part, workspace)
    moved = before if before is not None and before.path != database.name else None
    if moved is not None:
        notes.append(f"{database.label} continues {moved.path}: rows from {watermark} {value} on")
    let_go = [ToRead(Reading(ReadInput(role, moved.path, 0, "", 0)), None, moved.path)] if moved is not None else []
    if not rows.total or (above is not None and rows.largest == value):
        if moved is not None:
            record = ReadInput(role, database.name, moved.size, moved.digest, 0, moved.watermark)
            let_go.append(ToRead(Reading(record, moved.size), None, database.label))
        return let_go
    record = ReadInput(role, database.name, rows.count, rows.digest, 0, f"{watermark}={rows.largest}")
    notes.append(f"{database.label}: {rows.total:,} rows are new by {watermark}")
    return [*let_go, ToRead(Reading(record, 0, least, above, rows.rest), path, database.label)]


def same_rows(
    database: FoundDatabase, part: ExportOptions, reading: Reading, watermark: str, workspace: Path
) -> ToRead:
    """The rows of an earlier run. If more rows with the largest value have come, they are distinguished by event id.

    Raises ExportError if the rows are others.
    """
    record = reading.input
    column, _, most = (record.watermark or "").partition("=")
    since = Since(watermark, reading.least, reading.above, most)
    if column == watermark:
        path = copy_of(database, since, part.access, workspace)
        rows = _rows(path, database, watermark, part, workspace, most)
        if rows.rest == reading.rest and (rows.count > record.size or (rows.count, rows.digest) == record.mark):
            return ToRead(reading, path, database.label)
    raise ExportError(
        f"the rows of {database.label} have changed since the unfinished run read them",
        f"restore the rows up to {column} {most}; run again with --watermark {column}",
    )


def copy_of(database: FoundDatabase, since: Since | None, access: Access, workspace: Path) -> Path:
    """The rows in a file."""
    if database.text:
        copies = external_exports.copied(database.text, database.query, workspace, access, since)
        assert copies is not None  # only databases are asked, and a query is asked of nothing else
        return copies[0][0]
    query = database.query or ""
    resolve = partial(queried_files, query=query, access=access)
    return external_exports.queried(query, workspace, access, resolve, since)[0]


def _rows(
    path: Path, database: FoundDatabase, watermark: str, part: ExportOptions, workspace: Path, value: str | None = None
) -> Rows:
    return rows_of(path, database.label, Since(watermark), part, workspace, value)
