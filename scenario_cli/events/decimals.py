"""Settles how numbers with decimal commas or groups of digits are read: by the other values of their column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.decimal_forms import Evidence, evidence_sql, marked_sql, plain_sql
from scenario_cli.events.formats.delimited import DelimitedTable
from scenario_cli.events.formats.table import Column
from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_tables import Target

_NUMERIC = ("integer", "number")
# Columns that one query asks for.
_AT_ONCE = 25


def with_stated_marks(opened: Sequence[Opened], target: Target, stated: Mapping[str, str]) -> list[Opened]:
    """The files with the marks that the user states, by property, the empty name for all."""
    numbers = {item.property for item in target.layout.items if item.declared in _NUMERIC}
    marks = {name: mark for name in numbers if (mark := stated.get(name) or stated.get(""))}
    if not marks:
        return list(opened)
    return [replace(each, found=replace(each.found, decimals=marks)) for each in opened]


def with_decimal_marks(
    con: duckdb.DuckDBPyConnection, target: Target, opened: Sequence[Opened], workspace: Path, notes: list[str]
) -> list[Opened] | None:
    """The files with the marks of their numbers, where values of the staged columns were refused for them; else None.

    A file that settles nothing follows the others of the export. Notes say how a column is read.
    """
    found: list[dict[str, str]] = [{} for _ in opened]
    for name in sorted(_refused(con, target)):
        evidences = {
            number: evidence
            for number, each in enumerate(opened)
            if name not in each.found.decimals and (evidence := _evidence(con, each, name, workspace))
        }
        marks = {evidence.mark for evidence in evidences.values()} - {None, ""}
        common = next(iter(marks)) if len(marks) == 1 else None
        read: dict[str, list[int]] = {}
        for number, evidence in evidences.items():
            mark = evidence.mark or (None if evidence.comma and evidence.point else common) or evidence.mark
            if mark is not None:
                found[number][name] = mark
                read.setdefault(mark, []).append(number)
        for mark, numbers in read.items():
            first = next((number for number in numbers if evidences[number].mark == mark), numbers[0])
            notes.append(_note(opened[first].table.file.shown, len(numbers) - 1, name, mark, evidences[first]))
    if not any(found):
        return None
    return [
        replace(each, found=replace(each.found, decimals={**each.found.decimals, **marks})) if marks else each
        for each, marks in zip(opened, found, strict=True)
    ]


def _refused(con: duckdb.DuckDBPyConnection, target: Target) -> set[str]:
    """Properties that are declared numbers, some value of which is one but for its marks."""
    numbers = [n for n, item in enumerate(target.layout.items) if item.declared in _NUMERIC]
    if not numbers:
        return set()
    found = con.execute(
        f"SELECT DISTINCT entry.item FROM (SELECT unnest(misfit) AS entry FROM {target.table} WHERE misfit IS NOT NULL)"
        f" WHERE entry.item IN ({', '.join(map(str, numbers))}) AND {marked_sql('entry.example')}"
    ).fetchall()
    return {target.layout.items[number].property for (number,) in found}


def _evidence(con: duckdb.DuckDBPyConnection, opened: Opened, name: str, workspace: Path) -> Evidence | None:
    """What the texts of a property tell, of all its places in the file."""
    texts = list(_texts(opened.found.values.get(name, ())))
    if not texts:
        return None
    table = opened.table

    def asked(relation: str) -> Evidence:
        every = " UNION ALL ".join(f"SELECT {text} AS text FROM {relation} AS source{where}" for text, where in texts)
        return Evidence(*con.execute(evidence_sql(every)).fetchall()[0])

    try:
        return asked(table.rows().relation)
    except duckdb.Error:
        mended = table.mended(workspace, refused=True) if isinstance(table, DelimitedTable) else None
        return asked(mended.relation) if mended is not None else None


def _texts(places: Sequence[Column]) -> Iterator[tuple[str, str]]:
    for place in places:
        if place.kind in ("text", "json") and place.nested is None:
            # A number of JSON has a point whatever its texts have.
            where = f" WHERE left({place.sql}, 1) = '\"'" if place.kind == "json" else ""
            yield f"trimmed({text_sql(place.kind, place.sql)})", where


def _note(file: str, more: int, name: str, mark: str, evidence: Evidence) -> str:
    files = f"{file} and {more} more files" if more > 1 else f"{file} and 1 more file" if more else file
    how = f"with a decimal {mark}" if mark else "as a whole number"
    return f"{files}: {name} such as '{evidence.example()}' is read {how}"


def settle_undeclared(con: duckdb.DuckDBPyConnection, target: Target, notes: list[str]) -> None:
    """Makes numbers of the texts of undeclared properties, all values of which are numbers in one notation.

    For files that give values no types.
    """
    items = [item for item in target.layout.items if item.declared is None and item.columns]
    marked = _marked(con, target, sorted({item.columns["j"] for item in items}))
    for item in items:
        codes = [code for code in item.events if (code, item.columns["j"]) in marked]
        if codes and (evidence := _settled(con, target, item.columns["j"], codes)):
            how = f"with a decimal {evidence.mark}" if evidence.mark else "as a whole number"
            notes.append(f"{item.property} such as '{evidence.example()}' is read {how}")


def _marked(con: duckdb.DuckDBPyConnection, target: Target, columns: Sequence[str]) -> set[tuple[int, str]]:
    """Events by number and columns with a number that has such marks."""
    found: set[tuple[int, str]] = set()
    for start in range(0, len(columns), _AT_ONCE):
        some = columns[start : start + _AT_ONCE]
        # As a rule no text of a column begins like a number and has more than one.
        tests = ", ".join(
            f"coalesce(bool_or({column} BETWEEN '\"' AND '\":' AND {marked_sql(f'json_scalar({column})')}), false)"
            for column in some
        )
        rows = con.execute(f"SELECT code, {tests} FROM {target.table} WHERE code IS NOT NULL GROUP BY code").fetchall()
        found.update((code, column) for code, *marks in rows for column, mark in zip(some, marks, strict=True) if mark)
    return found


def _settled(con: duckdb.DuckDBPyConnection, target: Target, column: str, codes: Sequence[int]) -> Evidence | None:
    """Rewrites the column for these events, where that makes a number of every value."""
    where = f"code IN ({', '.join(map(str, codes))}) AND {column} IS NOT NULL"
    texts = f"SELECT json_scalar({column}) AS text FROM {target.table} WHERE {where}"
    evidence = Evidence(*con.execute(evidence_sql(texts)).fetchall()[0])
    if evidence.mark is None:
        return None
    number = f"decimal_text(text, '{evidence.mark}')"
    ((others,),) = con.execute(f"SELECT count(*) FROM ({texts}) WHERE ({plain_sql(number)}) IS NOT TRUE").fetchall()
    if others:
        return None
    rewritten = f"decimal_text(json_scalar({column}), '{evidence.mark}')"
    con.execute(f"UPDATE {target.table} SET {column} = '\"' || {rewritten} || '\"' WHERE {where}")
    return evidence
