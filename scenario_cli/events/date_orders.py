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
    FOUND_OUT,
    MONTH_FIRST,
    PLAIN,
    ZONED,
    forms_sql,
    numeric_sql,
    order_evidence_sql,
)
from scenario_cli.events.formats.delimited import DelimitedTable
from scenario_cli.events.formats.table import Column
from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_sql import is_typed
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.together import groups

# A column without such a date in its first rows is not looked through.
_SAMPLED = 1_000
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
        """The order that some value settles and none contradicts, or what is known of dates without one."""
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
    """The files with the formats of their dates; notes say which value settled one, or that nothing does.

    `stated` formats go first, by field or property, the empty name for all. Where a file settles nothing, the other
    files of the export may.
    """
    without = _without_figures(con, opened, target)
    found: list[dict[str, Evidence]] = []
    for number, each in enumerate(opened):
        asked = [
            (name, column)
            for name, column in _date_columns(each, target)
            if number not in without and _is_text(column) and not (stated.get(name) or stated.get(""))
        ]
        whole = frozenset(name for name, _ in asked if _is_whole(opened, target, name))
        found.append(_evidences(con, each, asked, whole, workspace))
    result = []
    for each, evidences in zip(opened, found, strict=True):
        dates = {name: stated.get(name) or stated[""] for name, _ in _date_columns(each, target)
                 if stated.get(name) or stated.get("")}  # fmt: skip
        for name, evidence in evidences.items():
            elsewhere = {other[name].order for other in found if name in other} - {None}
            order = evidence.order or (next(iter(elsewhere)) if len(elsewhere) == 1 else None)
            if evidence.day_first and evidence.month_first:
                order = None
            if order is not None:
                dates[name] = order
            if evidence.ambiguous:
                notes.append(_note(each.table.file.shown, name, evidence, order))
        result.append(replace(each, found=replace(each.found, dates=dates)) if dates else each)
    return result


def has_other_forms(opened: Opened, target: Target) -> bool:
    """True where some date of the file may need to be rewritten before it is read."""
    moment = opened.found.fields.get(target.moment)
    names = [name for name in _declared_dates(target) if opened.found.values.get(name)]
    names += [target.moment] if moment is not None and not is_typed(moment) else []
    return any(opened.found.dates.get(name) not in FOUND_OUT for name in names)


def _is_whole(opened: Sequence[Opened], target: Target, name: str) -> bool:
    """True where the column that is looked at has every date of that name: there is a single file, and in it a single
    place, and it is not mended before it is read."""
    if len(opened) > 1 or (isinstance(opened[0].table, DelimitedTable) and opened[0].table.is_mended_first):
        return False
    # Of several files those that are alike are read together, so all are read as if they had other dates.
    places = len(opened[0].found.values.get(name, ())) + (name == target.moment)
    return places == 1


def _without_figures(con: duckdb.DuckDBPyConnection, opened: Sequence[Opened], target: Target) -> set[int]:
    """The numbers of small files without any such date, asked in one query for many; a single one is asked alone."""
    if len(opened) < 2:
        return set()
    asked: list[tuple[list[int], list[str]]] = []
    for numbers in groups(opened):
        first = opened[numbers[0]]
        files = [opened[number].table.file for number in numbers]
        columns = [column for _, column in _date_columns(first, target) if _is_text(column)]
        if first.table.names and columns and sum(file.size for file in files) <= _SMALL:
            rows = first.table.rows_of(files, numbers[0]) if len(files) > 1 else first.table.rows()
            asked.append((numbers, [_texts(column, rows.relation) for column in columns]))
    without: set[int] = set()
    for start in range(0, len(asked), _AT_ONCE):
        without |= _asked_together(con, asked[start : start + _AT_ONCE])
    return without


def _asked_together(con: duckdb.DuckDBPyConnection, asked: Sequence[tuple[list[int], list[str]]]) -> set[int]:
    """Those files, or of each half of them, where some file has such a date or a broken line."""
    try:
        if not con.execute(numeric_sql(" UNION ALL ".join(text for _, texts in asked for text in texts))).fetchall():
            return {number for numbers, _ in asked for number in numbers}
    except duckdb.Error:
        pass  # a broken line
    if len(asked) < 2:
        return set()
    half = len(asked) // 2
    return _asked_together(con, asked[:half]) | _asked_together(con, asked[half:])


def _is_text(column: Column) -> bool:
    return column.kind in ("text", "json") and column.nested is None


def _texts(column: Column, relation: str) -> str:
    texts = f"SELECT {text_sql(column.kind, column.sql)} AS text FROM {relation} AS source"
    return f"SELECT upper(trimmed(text)) AS text FROM ({texts})"


def _date_columns(opened: Opened, target: Target) -> Iterator[tuple[str, Column]]:
    moment = opened.found.fields.get(target.moment)
    if moment is not None:
        yield target.moment, moment
    for name in _declared_dates(target):
        yield from ((name, place) for place in opened.found.values.get(name, ())[:1])


def _declared_dates(target: Target) -> list[str]:
    return sorted({item.property for item in target.layout.items if item.declared in ("date", "datetime")})


def _evidences(
    con: duckdb.DuckDBPyConnection,
    opened: Opened,
    columns: Sequence[tuple[str, Column]],
    whole: Set[str],
    workspace: Path,
) -> dict[str, Evidence]:
    """The evidence of each column that has any; of those in `whole` also what is known of all their dates."""
    if not columns:
        return {}
    try:
        query = forms_sql(
            [(column.kind, column.sql) for _, column in columns],
            f"{opened.table.rows().relation} AS source LIMIT {_SAMPLED}",
        )
        ((rows, *counts),) = con.execute(query).fetchall()
    except duckdb.Error:  # a broken line
        return {name: evidence for name, column in columns if (evidence := _evidence(con, opened, column, workspace))}
    found: dict[str, Evidence] = {}
    for number, (name, column) in enumerate(columns):
        in_figures, others, unzoned = counts[3 * number : 3 * number + 3]
        # As a rule there is no such date, and to plan the long query takes longer than to look.
        if in_figures:
            if evidence := _evidence(con, opened, column, workspace):
                found[name] = evidence
        elif name in whole and rows < _SAMPLED and not others:
            found[name] = Evidence(None, None, None, PLAIN if unzoned else ZONED)
    return found


def _evidence(con: duckdb.DuckDBPyConnection, opened: Opened, column: Column, workspace: Path) -> Evidence | None:
    table = opened.table
    know_date_forms(con)

    def asked(relation: str) -> Evidence:
        return Evidence(*con.execute(order_evidence_sql(_texts(column, relation))).fetchall()[0])

    try:
        return asked(table.rows().relation)
    except duckdb.Error:
        # What is mended here is mended anew for the reading.
        mended = table.mended(workspace, refused=True) if isinstance(table, DelimitedTable) else None
        return asked(mended.relation) if mended is not None else None


def _note(file: str, name: str, evidence: Evidence, order: str | None) -> str:
    if order is not None:
        settled = evidence.day_first or evidence.month_first
        why = f"as in '{settled}'" if settled else "as in the other files"
        return f"{file}: {name} such as '{evidence.ambiguous}' is read {order}, {why}"
    both = ", and the file has both" if evidence.day_first else ""
    return (
        f"{file}: {name} such as '{evidence.ambiguous}' could be {DAY_FIRST} or {MONTH_FIRST}{both}:"
        f" --date-format {name}={DAY_FIRST} says which"
    )
