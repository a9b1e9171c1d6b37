"""Settles for each file whether the day or the month comes first in its dates. Reads the columns with dates alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.database import know_date_forms
from scenario_cli.events.date_forms import (
    DAY_FIRST,
    MONTH_FIRST,
    NUMBERS,
    PLAIN,
    SETTLED_FORMS,
    ZONED,
    figures_sql,
    forms_sql,
    numeric_sql,
    order_evidence_sql,
)
from scenario_cli.events.file_groups import groups
from scenario_cli.events.formats.delimited import DelimitedTable
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_sql import is_typed
from scenario_cli.events.staging_tables import Target

# A column without such a date in its first rows is not searched. If the first rows are all rows, and plain, the reading
# query can leave out the other forms, which take a third of the time to plan.
_SAMPLED = 5_000
# Files up to so many bytes, and groups of them, that one query looks through.
_SMALL, _AT_ONCE = 64 << 20, 50


@dataclass(frozen=True, slots=True)
class Evidence:
    """A date of one column that only one order fits, for each order, and one that both fit."""

    day_first: str | None
    month_first: str | None
    ambiguous: str | None
    plain: str | None = None

    @property
    def order(self) -> str | None:
        """The order that some value proves and none contradicts, or the facts about dates without an order."""
        if self.plain:
            return self.plain
        if self.day_first and not self.month_first:
            return DAY_FIRST
        return MONTH_FIRST if self.month_first and not self.day_first else None


def with_date_orders(
    con: duckdb.DuckDBPyConnection,
    opened: list[Opened],
    target: Target,
    stated: Mapping[str, str],
    workspace: Path,
    notes: list[str],
) -> list[Opened]:
    """The files with the formats of their dates; notes name the value that proved each format, or say that none did.

    `stated` formats come first, by field or property, the empty name for all. If a file proves nothing, the other files
    of the export can.
    """
    undated = _without_figures(con, opened, target)
    evidence_by_file: list[dict[str, Evidence]] = []
    for number, opened_file in enumerate(opened):
        columns = [
            (name, column)
            for name, column in _date_columns(opened_file, target)
            if number not in undated and _is_text(column) and not (stated.get(name) or stated.get(""))
        ]
        complete = frozenset(name for name, _ in columns) if _is_whole(opened) else frozenset()
        complete -= {name for name, column in _date_columns(opened_file, target) if not _is_text(column)}
        evidence_by_file.append(_evidences(con, opened_file, columns, complete, workspace))
    result = []
    for opened_file, evidences in zip(opened, evidence_by_file, strict=True):
        dates = {name: stated.get(name) or stated[""] for name, _ in _date_columns(opened_file, target)
                 if stated.get(name) or stated.get("")}  # fmt: skip
        for name, evidence in evidences.items():
            elsewhere = {evidences[name].order for evidences in evidence_by_file if name in evidences} - {None}
            order = evidence.order or (next(iter(elsewhere)) if len(elsewhere) == 1 else None)
            if evidence.day_first and evidence.month_first:
                order = None
            if order is not None:
                dates[name] = order
            if evidence.ambiguous:
                notes.append(_note(opened_file.table.file.label, name, evidence, order))
        result.append(
            replace(opened_file, resolved=replace(opened_file.resolved, dates=dates)) if dates else opened_file
        )
    return result


def has_other_forms(opened: Opened, target: Target) -> bool:
    """True if some date of the file possibly needs rewriting before it is read."""
    moment = opened.resolved.fields.get(target.moment)
    names = [name for name in _declared_dates(target) if opened.resolved.values.get(name)]
    names += [target.moment] if moment is not None and not is_typed(moment) else []
    return any(opened.resolved.dates.get(name) not in SETTLED_FORMS for name in names)


def _is_whole(opened: Sequence[Opened]) -> bool:
    """Whether the columns have every date of the export: one file, and no repair before the reading."""
    # Similar files are read together, so all of several files are read as if they had other dates.
    return len(opened) == 1 and not (isinstance(opened[0].table, DelimitedTable) and opened[0].table.is_mended_first)


def _without_figures(con: duckdb.DuckDBPyConnection, opened: Sequence[Opened], target: Target) -> set[int]:
    """The numbers of small files without such a date, with one query for many files."""
    if len(opened) < 2:
        return set()
    queries: list[tuple[list[int], str]] = []
    for numbers in groups(opened):
        sample = opened[numbers[0]]
        files = [opened[number].table.file for number in numbers]
        columns = [(column.kind, column.sql) for _, column in _date_columns(sample, target) if _is_text(column)]
        if sample.table.names and columns and sum(file.size for file in files) <= _SMALL:
            rows = sample.table.rows_of(files, numbers[0]) if len(files) > 1 else sample.table.rows()
            relation = rows.relation.sql(*(sql for _, sql in columns))
            queries.append((numbers, numeric_sql(columns, f"{relation} AS source")))
    undated: set[int] = set()
    for start in range(0, len(queries), _AT_ONCE):
        undated |= _query_together(con, queries[start : start + _AT_ONCE])
    return undated


def _query_together(con: duckdb.DuckDBPyConnection, queries: Sequence[tuple[list[int], str]]) -> set[int]:
    """The files of a query without such a date. Halves the query if a file has one or a broken line."""
    try:
        if not con.execute(f"{' UNION ALL '.join(query for _, query in queries)} LIMIT 1").fetchall():
            return {number for numbers, _ in queries for number in numbers}
    except duckdb.Error:
        pass  # a broken line
    if len(queries) < 2:
        return set()
    half = len(queries) // 2
    return _query_together(con, queries[:half]) | _query_together(con, queries[half:])


def _is_text(column: Column) -> bool:
    return column.kind in ("text", "json") and column.nested is None


def _texts(column: Column, rows: Rows) -> str:
    texts = f"SELECT {text_sql(column.kind, column.sql)} AS text FROM {rows.relation.sql(column.sql)} AS source"
    return f"SELECT upper(trimmed(text)) AS text FROM ({texts})"


def _date_columns(opened: Opened, target: Target) -> Iterator[tuple[str, Column]]:
    moment = opened.resolved.fields.get(target.moment)
    if moment is not None:
        yield target.moment, moment
    for name in _declared_dates(target):
        yield from ((name, column) for column in opened.resolved.values.get(name, ()))


def _declared_dates(target: Target) -> list[str]:
    return sorted({item.property for item in target.layout.items if item.declared in ("date", "datetime")})


def _evidences(
    con: duckdb.DuckDBPyConnection,
    opened: Opened,
    columns: Sequence[tuple[str, Column]],
    complete: Set[str],
    workspace: Path,
) -> dict[str, Evidence]:
    """The evidence of each column that has any; for `complete` columns also facts about all their dates."""
    if not columns:
        return {}
    kinds = [(column.kind, column.sql) for _, column in columns]
    relation = f"{opened.table.rows().relation.sql(*(column.sql for _, column in columns))} AS source LIMIT {_SAMPLED}"
    # Usually no date has its day and month in figures: planning the longer queries takes longer than looking first.
    try:
        ((rows, *counts),) = con.execute(forms_sql(kinds, relation)).fetchall()
        (in_figures,) = (
            con.execute(figures_sql(kinds, relation)).fetchall() if any(counts[::3]) else [[False] * len(columns)]
        )
    except duckdb.Error:  # a broken line
        rows, counts, in_figures = _SAMPLED, [], [True] * len(columns)
    evidences: dict[str, Evidence] = {}
    for (name, column), is_in_figures in zip(columns, in_figures, strict=True):
        if is_in_figures and name not in evidences and (evidence := _evidence(con, opened, column, workspace)):
            evidences[name] = evidence
    if rows < _SAMPLED:
        for name in complete - evidences.keys():
            # In JSON a property can be inside an object or beside the other fields, so its name has two columns.
            own = [counts[3 * number : 3 * number + 3] for number, (other, _) in enumerate(columns) if other == name]
            other_forms, unzoned, other_than_numbers = map(sum, zip(*own, strict=True))
            if not other_forms:
                form = ZONED if not unzoned else PLAIN if other_than_numbers else NUMBERS
                evidences[name] = Evidence(None, None, None, form)
    return evidences


def _evidence(con: duckdb.DuckDBPyConnection, opened: Opened, column: Column, workspace: Path) -> Evidence | None:
    table = opened.table
    know_date_forms(con)

    def evidence_of(rows: Rows) -> Evidence:
        return Evidence(*con.execute(order_evidence_sql(_texts(column, rows))).fetchall()[0])

    try:
        return evidence_of(table.rows())
    except duckdb.Error:
        # The reading repeats this repair.
        mended = table.mended(workspace, refused=True) if isinstance(table, DelimitedTable) else None
        return evidence_of(mended) if mended is not None else None


def _note(file: str, name: str, evidence: Evidence, order: str | None) -> str:
    if order is not None:
        deciding = evidence.day_first or evidence.month_first
        reason = f"as in '{deciding}'" if deciding else "as in the other files"
        return f"{file}: {name} such as '{evidence.ambiguous}' is read {order}, {reason}"
    remark = ", and the file has both" if evidence.day_first else ""
    return (
        f"{file}: {name} such as '{evidence.ambiguous}' can be {DAY_FIRST} or {MONTH_FIRST}{remark}: choose "
        f"with --date-format {name}={DAY_FIRST}"
    )
