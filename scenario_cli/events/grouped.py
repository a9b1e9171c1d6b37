"""Rows of one order made one event: the lines' own columns become a list under `items`. Judges no rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.decimal_forms import Evidence, evidence_sql, marked_sql
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.events.formats import json_text
from scenario_cli.events.formats.json_text import JsonTable
from scenario_cli.events.formats.table import Column, Rows, Table, json_path
from scenario_cli.events.id_names import is_id_name
from scenario_cli.events.mapping import Need
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.diagnostic import did_you_mean

LINES = "items"

# As a spreadsheet writes a number; one with leading zeros is a code.
_NUMBER = r"-?(0|[1-9]\d*)(\.\d+)?"


@dataclass(frozen=True, slots=True)
class _Value:
    """One column: its name, SQL for its text and SQL for it as JSON; `mark` is the decimal one of its numbers."""

    name: str
    text: str
    json: str
    mark: str | None = None

    @property
    def number(self) -> str:
        """SQL for the text of a number as programs write it."""
        return self.text if self.mark is None else f"decimal_text({self.text}, '{self.mark}')"


def grouped(con: duckdb.DuckDBPyConnection, table: Table, column: str, need: Need, workspace: Path) -> JsonTable:
    """The file as JSON lines, an object for all rows with the same value in the column; rows without one stay alone.

    A column that is the same in all rows of every order belongs to the order, any other to its lines. Our fields take
    the first row's value. A number that the plan declares for the event is the sum over its lines.
    """
    names = [name for name in table.names if name and not _is_inner(name, table.names)]
    if column not in names:
        raise ExportError(
            f"{table.file.label} has no column '{column}' for --group",
            did_you_mean(column, names, "its columns"),
        )
    values = [_value(table, name) for name in names]
    key = next(value for value in values if value.name == column)
    rows = table.rows()
    try:
        return _grouped_file(con, table, _numbered(rows, values, key), values, need, workspace)
    except duckdb.Error as error:
        mended = table.mended(workspace, refused=True) if isinstance(error, duckdb.InvalidInputException) else None
        if mended is None:
            raise translated(error, table.file.label) from None
        return _grouped_file(con, table, _numbered(mended, values, key), values, need, workspace)


def _is_inner(name: str, names: Iterable[str]) -> bool:
    return "." in name and name.partition(".")[0] in names


def _value(table: Table, name: str) -> _Value:
    known_column = table.column(name)
    if isinstance(table, JsonTable):
        sql = f"nullif(json_extract(json, {text_literal(json_path(name))}), 'null')"
        return _Value(name, f"CAST({sql} AS VARCHAR)", sql)
    column = known_column or Column("NULL", "text")
    if column.kind == "text":
        text = f"nullif(trimmed({column.sql}), '')"
        return _Value(name, text, f"to_json({text})")
    return _Value(name, text_sql(column.kind, column.sql), f"to_json({column.sql})")


def _numbered(rows: Rows, values: Sequence[_Value], key: _Value) -> str:
    relation = rows.relation.sql(*(f"{value.text} {value.json}" for value in values))
    numbered = f"SELECT *, row_number() OVER () AS place FROM {relation} AS source WHERE NOT {rows.broken}"
    # A row without the key is an order of its own.
    return f"(SELECT *, coalesce(whole_text({key.text}), 'row ' || place) AS order_key FROM ({numbered}))"


def _grouped_file(
    con: duckdb.DuckDBPyConnection, table: Table, rows: str, values: list[_Value], need: Need, workspace: Path
) -> JsonTable:
    varying = _varying(con, rows, values)
    mapped = {need.mapping.get(field, field) for field in (*need.required, *need.optional)}
    summed = {need.mapping.get(name, name): name for name in need.sums}
    values = [
        _marked(con, rows, value, need.decimals.get(summed.get(value.name, value.name)) or need.decimals.get(""))
        if value.name in varying and value.name not in mapped
        else value
        for value in values
    ]
    numeric = _numeric(con, rows, [value for value in values if value.name in varying])
    event, line = [], []
    for value in values:
        name = text_literal(value.name)
        if value.name not in varying or value.name in mapped:
            event.append(f"{name}, arg_min({value.json}, place)")
        if value.name in varying:
            number = f"CAST({value.number} AS DOUBLE)"
            # The lines are not read by the plan's types: a column of only numbers is a number.
            as_number = value.name in numeric and not is_id_name(value.name)
            line.append(f"{name}, {f'to_json({number})' if as_number else value.json}")
            if value.name in numeric and value.name in summed:
                total = f"CAST(sum(CAST({value.number} AS DECIMAL(38, 9))) AS DOUBLE)"
                event.append(f"{text_literal(summed[value.name])}, {total}")
    event.append(f"{text_literal(LINES)}, to_json(list(json_object({', '.join(line)}) ORDER BY place))")
    target = workspace / f"copy-{len(list(workspace.glob('copy-*')))}.jsonl"
    grouped_rows = (
        f"SELECT min(place) AS first, json_object({', '.join(event)}) AS event FROM {rows} GROUP BY order_key"
    )
    con.execute(
        f"COPY (SELECT CAST(event AS VARCHAR) FROM ({grouped_rows}) ORDER BY first)"
        f" TO {text_literal(str(target))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    with target.open("rb") as file:
        head = file.read(1 << 16)
    inner = replace(table.file, path=target, compression="none", format="json", head=head, size=target.stat().st_size)
    return json_text.open_table(con, inner, need.expected())


def _varying(con: duckdb.DuckDBPyConnection, rows: str, values: list[_Value]) -> set[str]:
    """The columns that differ within some order."""
    counts = ", ".join(
        f"count(DISTINCT coalesce(whole_text({value.text}), '')) AS n{n}" for n, value in enumerate(values)
    )
    highest = ", ".join(f"max(n{number})" for number in range(len(values)))
    ((*counts_found,),) = con.execute(
        f"SELECT {highest} FROM (SELECT {counts} FROM {rows} GROUP BY order_key)"
    ).fetchall()
    return {value.name for value, count in zip(values, counts_found, strict=True) if (count or 0) > 1}


def _marked(con: duckdb.DuckDBPyConnection, rows: str, value: _Value, stated: str | None) -> _Value:
    """The column with its decimal mark, if that is stated or its texts prove it."""
    if stated is None:
        ((has_marks,),) = con.execute(f"SELECT bool_or({marked_sql(value.text)}) FROM {rows}").fetchall()
        if has_marks:
            texts = f"SELECT {value.text} AS text FROM {rows}"
            stated = Evidence(*con.execute(evidence_sql(texts)).fetchall()[0]).mark
    return value if stated is None else replace(value, mark=stated)


def _numeric(con: duckdb.DuckDBPyConnection, rows: str, values: list[_Value]) -> set[str]:
    if not values:
        return set()
    tests = ", ".join(
        f"bool_and({value.text} IS NULL OR regexp_full_match({value.number}, '{_NUMBER}'))" for value in values
    )
    ((*flags,),) = con.execute(f"SELECT {tests} FROM {rows}").fetchall()
    return {value.name for value, is_number in zip(values, flags, strict=True) if is_number}
