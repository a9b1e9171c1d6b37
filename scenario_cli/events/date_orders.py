"""Settles for each file whether the day or the month comes first in its dates. Reads the columns with dates alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.date_forms import (
    DAY_FIRST,
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
from scenario_cli.events.staging_sql import Target
from scenario_cli.events.together import groups

# A column without such a date in its first rows is not looked through.
_SAMPLED = 1_000


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
    found: list[dict[str, Evidence]] = [
        {
            name: evidence
            for name, column in _date_columns(each, target)
            if number not in without
            and not (stated.get(name) or stated.get(""))
            and (evidence := _evidence(con, each, column, workspace, alone=_is_whole(opened, target, name)))
        }
        for number, each in enumerate(opened)
    ]
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


def _is_whole(opened: Sequence[Opened], target: Target, name: str) -> bool:
    """True where the column that is looked at has every date of that name: there is a single file, and in it a single
    place, and it is not mended before it is read."""
    if len(opened) > 1 or (isinstance(opened[0].table, DelimitedTable) and opened[0].table.is_mended_first):
        return False
    places = len(opened[0].found.values.get(name, ())) + (name == target.moment)
    return places == 1


def _without_figures(con: duckdb.DuckDBPyConnection, opened: Sequence[Opened], target: Target) -> set[int]:
    """The numbers of small files without any such date, asked in one query a group."""
    without: set[int] = set()
    for numbers in groups(opened):
        first = opened[numbers[0]]
        columns = [column for _, column in _date_columns(first, target) if _is_text(column)]
        if len(numbers) < 2 or not first.table.names or not columns:
            continue
        relation = first.table.rows_of([opened[number].table.file for number in numbers], numbers[0]).relation
        try:
            if not any(con.execute(numeric_sql(_texts(column, relation))).fetchall() for column in columns):
                without.update(numbers)
        except duckdb.Error:
            continue  # a broken line: each file is asked by itself
    return without


def _is_text(column: Column) -> bool:
    return column.kind in ("text", "json") and column.nested is None


def _texts(column: Column, relation: str) -> str:
    return f"SELECT upper(trimmed({text_sql(column.kind, column.sql)})) AS text FROM {relation} AS source"


def _date_columns(opened: Opened, target: Target) -> Iterator[tuple[str, Column]]:
    moment = opened.found.fields.get(target.moment)
    if moment is not None:
        yield target.moment, moment
    for name in sorted({item.property for item in target.layout.items if item.declared in ("date", "datetime")}):
        yield from ((name, place) for place in opened.found.values.get(name, ())[:1])


def _evidence(
    con: duckdb.DuckDBPyConnection, opened: Opened, column: Column, workspace: Path, *, alone: bool
) -> Evidence | None:
    if not _is_text(column):
        return None
    table = opened.table

    def asked(relation: str) -> Evidence:
        return Evidence(*con.execute(order_evidence_sql(_texts(column, relation))).fetchall()[0])

    try:
        relation = table.rows().relation
        # As a rule there is no such date, and to plan the long query takes longer than to look.
        query = forms_sql(f"{_texts(column, relation)} LIMIT {_SAMPLED}")
        ((rows, in_figures, others, unzoned),) = con.execute(query).fetchall()
        if not in_figures:
            # Of several files those that are alike are read together, so all are read as if they had other dates.
            known = alone and rows < _SAMPLED and not others
            return Evidence(None, None, None, PLAIN if unzoned else ZONED) if known else None
        return asked(relation)
    except duckdb.Error:
        # A broken line; what is mended here is mended anew for the reading.
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
