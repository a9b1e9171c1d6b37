"""Settles how numbers with decimal commas or groups of digits are read: by the other values of their column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.decimal_forms import Evidence, evidence_sql, marked_sql, plain_sql
from scenario_cli.events.formats.delimited import DelimitedTable
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.opening import Opened
from scenario_cli.events.reporting import Reading, counts
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
    return [replace(opened_file, resolved=replace(opened_file.resolved, decimals=marks)) for opened_file in opened]


def with_decimal_marks(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    reading: Reading,
    opened: Sequence[Opened],
    workspace: Path,
    notes: list[str],
) -> list[Opened] | None:
    """The files with the marks of their numbers, if values of the staged columns were refused for them; else None.

    A file that proves nothing follows the others of the export. Notes state how a column is read.
    """
    marks_by_file: list[dict[str, str]] = [{} for _ in opened]
    for name in sorted(_refused(con, target, reading)):
        evidences = {
            number: evidence
            for number, opened_file in enumerate(opened)
            if name not in opened_file.resolved.decimals and (evidence := _evidence(con, opened_file, name, workspace))
        }
        marks = {evidence.mark for evidence in evidences.values()} - {None, ""}
        common = next(iter(marks)) if len(marks) == 1 else None
        files_by_mark: dict[str, list[int]] = {}
        for number, evidence in evidences.items():
            mark = evidence.mark or (None if evidence.comma and evidence.point else common) or evidence.mark
            if mark is not None:
                marks_by_file[number][name] = mark
                files_by_mark.setdefault(mark, []).append(number)
        for mark, numbers in files_by_mark.items():
            sample = next((number for number in numbers if evidences[number].mark == mark), numbers[0])
            notes.append(_note(opened[sample].table.file.label, len(numbers) - 1, name, mark, evidences[sample]))
    if not any(marks_by_file):
        return None
    return [
        replace(
            opened_file, resolved=replace(opened_file.resolved, decimals={**opened_file.resolved.decimals, **marks})
        )
        if marks
        else opened_file
        for opened_file, marks in zip(opened, marks_by_file, strict=True)
    ]


def _refused(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading) -> set[str]:
    """Properties declared as numbers with a refused value that is a number apart from its marks."""
    numbers = [n for n, item in enumerate(target.layout.items) if item.declared in _NUMERIC]
    if not numbers or not counts(con, target, reading).has_misfits:
        return set()
    rows = con.execute(
        f"SELECT DISTINCT entry.item FROM (SELECT unnest(misfit) AS entry FROM {target.table} WHERE misfit IS NOT NULL)"
        f" WHERE entry.item IN ({', '.join(map(str, numbers))}) AND {marked_sql('entry.example')}"
    ).fetchall()
    return {target.layout.items[number].property for (number,) in rows}


def _evidence(con: duckdb.DuckDBPyConnection, opened: Opened, name: str, workspace: Path) -> Evidence | None:
    """The evidence of the texts of a property, in all its columns of the file."""
    texts = list(_texts(opened.resolved.values.get(name, ())))
    if not texts:
        return None
    table = opened.table

    def evidence_of(rows: Rows) -> Evidence:
        relation = rows.relation.sql(*(text for text, _ in texts))
        all_texts = " UNION ALL ".join(
            f"SELECT {text} AS text FROM {relation} AS source{where}" for text, where in texts
        )
        return Evidence(*con.execute(evidence_sql(all_texts)).fetchall()[0])

    try:
        return evidence_of(table.rows())
    except duckdb.Error:
        mended = table.mended(workspace, refused=True) if isinstance(table, DelimitedTable) else None
        return evidence_of(mended) if mended is not None else None


def _texts(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    for column in columns:
        if column.kind in ("text", "json") and column.nested is None:
            # A number of JSON always has a decimal point.
            condition = f" WHERE left({column.sql}, 1) = '\"'" if column.kind == "json" else ""
            yield f"trimmed({text_sql(column.kind, column.sql)})", condition


def _note(file: str, further: int, name: str, mark: str, evidence: Evidence) -> str:
    files = f"{file} and {further} more files" if further > 1 else f"{file} and 1 more file" if further else file
    notation = f"with a decimal {mark}" if mark else "as a whole number"
    return f"{files}: {name} such as '{evidence.example()}' is read {notation}"


def settle_undeclared(con: duckdb.DuckDBPyConnection, target: Target, notes: list[str]) -> None:
    """Turns texts of undeclared properties into numbers if all values are numbers in one notation.

    For files that give values no types.
    """
    items = [item for item in target.layout.items if item.declared is None and item.columns]
    marked = _marked(con, target, sorted({item.columns["j"] for item in items}))
    for item in items:
        codes = [code for code in item.events if (code, item.columns["j"]) in marked]
        if codes and (evidence := _rewritten(con, target, item.columns["j"], codes)):
            notation = f"with a decimal {evidence.mark}" if evidence.mark else "as a whole number"
            notes.append(f"{item.property} such as '{evidence.example()}' is read {notation}")


def _marked(con: duckdb.DuckDBPyConnection, target: Target, columns: Sequence[str]) -> set[tuple[int, str]]:
    """Events by number and columns with a number that has such marks."""
    marked: set[tuple[int, str]] = set()
    for start in range(0, len(columns), _AT_ONCE):
        chunk = columns[start : start + _AT_ONCE]
        # Usually no text of a column begins like a number and has more than one.
        texts = " UNION ALL ".join(
            f"SELECT {place} AS place, code, {column} AS json FROM {target.table}"
            f" WHERE code IS NOT NULL AND {column} BETWEEN '\"' AND '\":'"
            for place, column in enumerate(chunk)
        )
        texts = f"SELECT place, code, json_scalar(json) AS text FROM ({texts})"
        rows = con.execute(f"SELECT DISTINCT code, place FROM ({texts}) WHERE {marked_sql('text')}").fetchall()
        marked.update((code, chunk[place]) for code, place in rows)
    return marked


def _rewritten(con: duckdb.DuckDBPyConnection, target: Target, column: str, codes: Sequence[int]) -> Evidence | None:
    """Rewrites the column for these events if every value becomes a number."""
    condition = f"code IN ({', '.join(map(str, codes))}) AND {column} IS NOT NULL"
    texts = f"SELECT json_scalar({column}) AS text FROM {target.table} WHERE {condition}"
    evidence = Evidence(*con.execute(evidence_sql(texts)).fetchall()[0])
    if evidence.mark is None:
        return None
    number = f"decimal_text(text, '{evidence.mark}')"
    ((other_count,),) = con.execute(
        f"SELECT count(*) FROM ({texts}) WHERE ({plain_sql(number)}) IS NOT TRUE"
    ).fetchall()
    if other_count:
        return None
    rewritten = f"decimal_text(json_scalar({column}), '{evidence.mark}')"
    con.execute(f"UPDATE {target.table} SET {column} = '\"' || {rewritten} || '\"' WHERE {condition}")
    return evidence
