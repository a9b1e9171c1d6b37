"""The copied result of a narrowed query: its largest value, and the rows that have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from scenario_cli.events import database
from scenario_cli.events.errors import ExportError, Faults, translated
from scenario_cli.events.inputs import described
from scenario_cli.events.narrowing import Since
from scenario_cli.events.opening import open_all
from scenario_cli.events.parts import event_need
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.export import ExportOptions


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a result, `total` in number. `largest` is the largest value of the column; None: there is not a row.

    `count` and `digest` are of the rows with the value that was asked about, `rest` is the digest of the others.
    A digest is of event ids, in any order.
    """

    total: int = 0
    largest: str | None = None
    count: int = 0
    digest: str = "0"
    rest: str = "0"


def rows_of(
    path: Path, label: str, since: Since, options: ExportOptions, workspace: Path, value: str | None = None
) -> Rows:
    """The rows of a result that was copied to `path`; a `value` to ask about, None: the largest.

    Raises ExportError if rows have no value in the column, or no event id.
    """
    try:
        with database.staging(workspace) as con:
            if not _keep(con, path, label, since, options, workspace):
                return Rows()
            ((total, largest),) = con.execute(
                f"SELECT count(*), CAST({_largest(path)} AS VARCHAR) FROM source_rows"
            ).fetchall()
            if not total:
                return Rows()
            same = f"value = {text_literal(largest if value is None else value)}"
            ((count, digest, rest),) = con.execute(
                f"SELECT count(*) FILTER ({same}), {_digest(same)}, {_digest(f'NOT ({same})')} FROM source_rows"
            ).fetchall()
            return Rows(int(total), str(largest), int(count), str(digest), str(rest))
    except duckdb.Error as error:
        raise translated(error, label) from None


def _keep(
    con: duckdb.DuckDBPyConnection, path: Path, label: str, since: Since, options: ExportOptions, workspace: Path
) -> bool:
    """Makes a table of the column and the event id of each row. Returns False if there is not a row."""
    file = described(path, label, workspace)
    need = event_need(replace(options, group=None), {})
    (opened,) = open_all(con, [file], need, options.source, workspace, [], Faults())
    if not opened.table.names:
        return False
    column = opened.table.column(since.column_of(opened.table.names, label))
    event_id = opened.resolved.fields.get("event_id")
    if event_id is None:
        raise ExportError(
            f"{label} has no event_id, which distinguishes rows with the same {since.column}",
            "map it: --map event_id=COLUMN",
        )
    assert column is not None
    source = opened.table.rows().relation.sql(column.sql, event_id.sql)
    con.execute(
        f"CREATE TEMP TABLE source_rows AS SELECT {column.sql} AS value, CAST({event_id.sql} AS VARCHAR) AS id,"
        f" row_number() OVER () AS number FROM {source} AS source"
    )
    ((valueless, nameless),) = con.execute(
        "SELECT count(*) FILTER (value IS NULL), count(*) FILTER (id IS NULL) FROM source_rows"
    ).fetchall()
    for count, name, hint in (
        (valueless, since.column, "it is unknown whether they are new"),
        (nameless, "event_id", f"it distinguishes rows with the same {since.column}"),
    ):
        if count:
            rows = "1 row has" if count == 1 else f"{count:,} rows have"
            raise ExportError(f"{rows} no {name} in {label}: {hint}", "fill it, or exclude these rows with --query")
    return True


def _largest(path: Path) -> str:
    # A table of SQLite is copied as text, in the order of its values.
    return "max(value)" if path.suffix == ".parquet" else "arg_max(value, number)"


def _digest(condition: str) -> str:
    return f"CAST(coalesce(sum(md5_number_lower(id)) FILTER ({condition}), 0) AS VARCHAR)"
