"""Parquet, with its columns in their own types, nested ones included."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb
from duckdb.sqltypes import DuckDBPyType

from scenario_cli.events.casts import Kind
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.events.formats.table import Column, JsonPicks, Relation, Rows, numbered, pair_of_json
from scenario_cli.events.inputs import InputFile
from scenario_cli.events.sql_text import name_literal, text_literal

# Rows looked up in one query.
_AT_ONCE = 5_000
_NUMBER = "file_row_number"
_FLOATS = ("float", "double")
_SIGNED = ("tinyint", "smallint", "integer", "bigint", "hugeint")
_UNSIGNED = ("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint")
_LOCAL = ("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns")


@dataclass(slots=True)
class ParquetTable:
    file: InputFile
    types: dict[str, DuckDBPyType]
    con: duckdb.DuckDBPyConnection
    picks: JsonPicks = field(default_factory=JsonPicks)
    unnamed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, and the fields directly inside them, with a dot."""
        inner = (
            f"{name}.{child}" for name, kind in self.types.items() if kind.id == "struct" for child in _children(kind)
        )
        return (*self.types, *inner)

    def column(self, name: str) -> Column | None:
        if name in self.types:
            return _typed(name_literal(name), self.types[name])
        outer, _, inner = name.partition(".")
        return self._reach(outer, inner.split(".")) if inner and outer in self.types else None

    def optional(self, name: str) -> Column | None:
        return self.column(name) if name in self.types else None

    def inside(self, name: str, key: str) -> Column | None:
        if name in self.types:
            return self._reach(name, [key])
        outer, _, inner = name.partition(".")
        return self._reach(outer, [*inner.split("."), key]) if inner and outer in self.types else None

    def reach(self, keys: tuple[str, ...]) -> Column | None:
        full_name = ".".join(keys)
        if full_name in self.types:
            return _typed(name_literal(full_name), self.types[full_name])
        return self._reach(keys[0], list(keys[1:])) if keys[0] in self.types else None

    def encoded(self, keys: tuple[str, ...], key: str) -> Column | None:
        column = self.reach(keys)
        return self.picks.pick(f"CAST({column.sql} AS VARCHAR)", key) if column and column.kind == "text" else None

    def paired(self, keys: tuple[str, ...], key: str) -> Column | None:
        column = self.reach(keys)
        if column is None or column.kind not in ("json", "text"):
            return None
        sound = f"CASE WHEN json_valid({column.sql}) AND json_type({column.sql}) = 'ARRAY' THEN {column.sql} END"
        return pair_of_json(sound, key)

    def rows(self) -> Rows:
        content = tuple(name_literal(name) for name in self.types)
        # The database numbers the rows, unless a column has that name.
        row = "" if _NUMBER in self.types else f", {_NUMBER} + 1 AS scenario_row"
        return Rows(
            Relation(f"*{row}", _source(self.file), self.picks), content, number="scenario_row" if row else None
        )

    @property
    def shape(self) -> Hashable | None:
        return (
            None if "filename" in self.types else ("parquet", *((name, str(kind)) for name, kind in self.types.items()))
        )

    def rows_of(self, files: Sequence[InputFile], first: int) -> Rows:
        paths, number = numbered(files, first)
        rows = self.rows()
        row = f", {_NUMBER} + 1 AS {rows.number}" if rows.number else ""
        source = f"read_parquet({paths}, filename=true)"
        return replace(rows, relation=Relation(f"*{row}, {number}", source, self.picks))

    def mended(self, workspace: Path, *, refused: bool) -> Rows | None:
        return None

    def find_lines(self, ordinals: Sequence[int], *, by_line: bool) -> Iterator[tuple[int, int, str]]:
        """The rows' numbers with their columns, as JSON."""
        pairs = ", ".join(f"{text_literal(name)}: {name_literal(name)}" for name in self.types)
        for start in range(0, len(ordinals), _AT_ONCE):
            numbers = ", ".join(str(ordinal - 1) for ordinal in ordinals[start : start + _AT_ONCE])
            rows = self.con.execute(
                f"SELECT file_row_number + 1, CAST(to_json({{{pairs}}}) AS VARCHAR) FROM {_source(self.file)}"
                f" WHERE file_row_number IN ({numbers}) ORDER BY 1"
            ).fetchall()
            for number, text in rows:
                yield number, number, text

    def _reach(self, outer: str, keys: list[str]) -> Column | None:
        sql, type_ = name_literal(outer), self.types[outer]
        absent: str | None = None
        for position, key in enumerate(keys):
            if type_.id == "struct":
                children = _children(type_)
                if key not in children:
                    return None
                sql, type_ = f"{sql}.{name_literal(key)}", children[key]
            elif type_.id == "map":
                # A map without the key gives no value.
                absent = f"NOT coalesce(list_contains(map_keys({sql}), {text_literal(key)}), false)"
                sql, type_ = f"{sql}[{text_literal(key)}]", _children(type_)["value"]
            elif type_.id in ("varchar", "json"):
                return self.picks.pick(f"CAST({sql} AS VARCHAR)", *keys[position:])
            else:
                return None
        column = _typed(sql, type_)
        return column if absent is None else replace(column, null=f"NOT ({absent}) AND ({column.sql}) IS NULL")


def _children(type_: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {name: child for name, child in type_.children if isinstance(child, DuckDBPyType)}


def open_table(con: duckdb.DuckDBPyConnection, file: InputFile, expected: tuple[str, ...]) -> ParquetTable:
    """The file with its columns."""
    try:
        relation = con.sql(f"SELECT * FROM {_source(file)}")
    except duckdb.Error as error:
        raise translated(error, file.label) from None
    except RuntimeError:
        # A column's name that is not a text.
        raise ExportError(
            f"{file.label} is damaged: the names of its columns cannot be read", "copy it again"
        ) from None
    return ParquetTable(file, dict(zip(relation.columns, relation.types, strict=True)), con)


def _source(file: InputFile) -> str:
    return f"read_parquet({text_literal(str(file.path))})"


def _typed(sql: str, type_: DuckDBPyType) -> Column:
    name = str(type_).lower()
    kind: Kind = "text"
    if name.strip('"') == "null":
        # A column without any value.
        return Column("CAST(NULL AS VARCHAR)", "text")
    if name == "json":
        return Column(f"nullif(CAST({sql} AS VARCHAR), 'null')", "json")
    match type_.id:
        case "boolean":
            kind = "boolean"
        case "date":
            kind = "date"
        case "timestamp with time zone":
            kind = "instant"
        case type_id if type_id in _FLOATS:
            # Data frames write a gap in a column of numbers as NaN.
            return Column(f"CASE WHEN NOT isnan({sql}) THEN {sql} END", "number", type=name)
        case type_id if type_id in (*_SIGNED, *_UNSIGNED):
            kind = "whole"
        case "decimal":
            kind = "number"
        case type_id if type_id in _LOCAL:
            kind = "local"
        case "struct" | "map" | "list" | "array":
            nested: Literal["array", "object"] = "array" if type_.id in ("list", "array") else "object"
            return Column(f"CAST(to_json({sql}) AS VARCHAR)", "json", nested=nested)
        case "varchar":
            return Column(sql, "text")
        case _:
            return Column(f"CAST({sql} AS VARCHAR)", "text")
    return Column(sql, kind, type=name)
