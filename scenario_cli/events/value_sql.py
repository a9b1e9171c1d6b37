"""SQL that converts the values of properties: basis, cells, misfits. Runs nothing.

Every column is a list with the values of one group (see `value_groups`), NULL in a row whose event has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.events.by_event import numbers_by_event
from scenario_cli.events.casts import Kind, basis_sql, can_misfit, cells_of, cells_sql, parts_sql
from scenario_cli.events.date_forms import SETTLED_FORMS, bare_sql, kinds_of, standard_sql
from scenario_cli.events.decimal_forms import rewritten_sql
from scenario_cli.events.formats.table import Column
from scenario_cli.events.sql_text import among, mapped
from scenario_cli.events.timestamps import day_text_sql, form_sql, moment_text_sql
from scenario_cli.events.value_groups import ValueGroup


def value_columns(groups: Sequence[ValueGroup], *, untyped: bool) -> list[str]:
    """The values without blanks around them, a number with its decimal mark as programs write it; in a file of texts
    an empty one is missing. Those of several columns of one kind are together."""
    columns: list[str] = []
    for group in groups:
        raw = [f"raw{group.number}_{rank}" for rank in range(len(group.columns))]
        if group.has_one_kind and len(raw) > 1:
            texts = [_text_sql("raw", group.columns[0], untyped)]
            texts += [_text_sql(f"{later}[n]", group.columns[0], untyped) for later in raw[1:]]
            values = [mapped(raw[0], "raw, n", f"coalesce({', '.join(texts)})")]
        else:
            values = [
                mapped(raw_list, "raw", _text_sql("raw", column, untyped))
                for raw_list, column in zip(raw, group.columns, strict=True)
            ]
        if group.mark is not None:
            kinds = group.kinds
            values = [
                mapped(value, "value", rewritten_sql(kinds[rank], "value", group.mark))
                for rank, value in enumerate(values)
            ]
        columns += [f"{value} AS value{group.number}_{rank}" for rank, value in enumerate(values)]
    return columns


def _text_sql(raw: str, column: Column, untyped: bool) -> str:
    if column.pick is not None:
        return f"nullif(CAST({raw} AS VARCHAR), 'null')"
    if column.kind != "text":
        return raw
    return f"nullif(trimmed({raw}), '')" if untyped else f"trimmed({raw})"


def basis_columns(groups: Sequence[ValueGroup]) -> list[str]:
    """The text or number that each value is read from."""
    columns = []
    for group in groups:
        later = [f"{value}[n]" for value in value_lists(group)[1:]]
        kinds = group.kinds[: len(later) + 1]
        basis = basis_sql(kinds, group.declared, ["value", *later])
        sql = mapped(f"value{group.number}_0", "value, n" if later else "value", basis)
        if group.is_id:
            sql = mapped(sql, "basis", "whole_text(basis)")
        columns.append(f"{sql} AS basis{group.number}")
    return columns


def part_columns(groups: Sequence[ValueGroup], timezone: str) -> list[str]:
    """The standard texts of dates; numbers as double and as integer."""
    columns = [f"{_standard(group, timezone)} AS when{group.number}" for group in groups if group.is_dated]
    for group in groups:
        parts = parts_sql(_kinds(group), group.declared, "basis")
        if parts is not None:
            struct = f"{{'double': {parts[0]}, 'whole': {parts[1]}}}"
            columns.append(f"{mapped(f'basis{group.number}', 'basis', struct)} AS parts{group.number}")
    return columns


def _standard(group: ValueGroup, timezone: str) -> str:
    # SQL for dates takes long to plan, and a lambda inside another twice as long: here one follows the other.
    texts = mapped(f"basis{group.number}", "basis", "upper(basis)")
    if group.date_format in SETTLED_FORMS:
        return texts
    bare = mapped(texts, "text", bare_sql("text", timezone))
    return mapped(bare, "bare, n", standard_sql(f"upper(basis{group.number}[n])", "bare", group.date_format))


def form_columns(groups: Sequence[ValueGroup]) -> list[str]:
    """The forms in which dates are written."""
    return [
        f"{mapped(f'when{group.number}', 'text', form_sql('text', kinds_of(group.date_format)))} AS form{group.number}"
        for group in groups
        if group.is_dated
    ]


def cell_columns(groups: Sequence[ValueGroup]) -> list[str]:
    """The cells of each value, by its declared type."""
    columns: list[str] = []
    for group in groups:
        number = group.number
        if group.is_dated:
            columns.append(f"{mapped(f'when{number}', 'text, n', _date_cell(group))} AS s_{number}")
            continue
        cells = cells_sql(_kinds(group), group.declared, "basis", ("part.double", "part.whole"))
        is_number = parts_sql(_kinds(group), group.declared, "basis") is not None
        listed, parameter = (f"parts{number}", "part") if is_number else (f"basis{number}", "basis")
        columns += [f"{mapped(listed, parameter, sql)} AS {cell}_{number}" for cell, sql in cells.items()]
    return columns


def _date_cell(group: ValueGroup) -> str:
    form, kinds = f"form{group.number}[n]", kinds_of(group.date_format)
    day = day_text_sql("text", form, kinds)
    moment = moment_text_sql("text", form, f"basis{group.number}[n]", kinds)
    days = [place for place, declared in enumerate(group.types, 1) if declared == "date"]
    if not days:
        return moment
    return day if len(days) == len(group.types) else f"CASE WHEN {among('n', days)} THEN {day} ELSE {moment} END"


def misfit_columns(groups: Sequence[ValueGroup]) -> list[str]:
    """Whether each value is present but has no cell."""
    columns = []
    for group in groups:
        if can_misfit(group.declared):
            later = [f"{value}[n] IS NOT NULL" for value in value_lists(group)[1:]]
            is_present = " OR ".join(["value IS NOT NULL", *later])
            empty = " AND ".join(f"{cell}_{group.number}[n] IS NULL" for cell in cells_of(group.declared))
            misfit = mapped(f"value{group.number}_0", "value, n", f"({is_present}) AND {empty}")
            columns.append(f"{misfit} AS misfit{group.number}")
    return columns


def misfits_sql(groups: Sequence[ValueGroup]) -> str:
    """A list, in the order of the items, for the few rows in which a present value has no cell."""
    unreadable = "(code IS NOT NULL AND objects IS NOT NULL AND NOT json_valid(objects))"
    conditions, entries = (
        [unreadable],
        [f"[CASE WHEN {unreadable} THEN {{'item': -1, 'example': left(objects, 200)}} END]"],
    )
    for group in groups:
        if not can_misfit(group.declared):
            continue
        misfit = f"misfit{group.number}"
        texts = ", ".join(f"CAST({name}[n] AS VARCHAR)" for name in (f"basis{group.number}", *value_lists(group)))
        entry = f"{{'item': {numbers_by_event(group.lists)}[n], 'example': left(coalesce({texts}), 200)}}"
        conditions.append(f"list_contains({misfit}, true)")
        entries.append(mapped(misfit, "misfit, n", f"CASE WHEN misfit THEN {entry} END"))
    return (
        f"CASE WHEN reason IS NULL AND ({' OR '.join(conditions)}) THEN"
        f" list_sort(list_filter(flatten([{', '.join(entries)}]), lambda entry: entry IS NOT NULL)) END"
    )


def slot_sql(column: str, groups: Sequence[ValueGroup]) -> str:
    """The only cell that a row of its event can have in a column."""
    cells = [sql for group in groups for sql in _cells_in(column, group)]
    return f"CASE WHEN reason IS NULL THEN coalesce({', '.join(cells)}) END" if cells else "NULL"


def _cells_in(column: str, group: ValueGroup) -> list[str]:
    """The cells of a group that belong into the column, for the events that have them there."""
    sql = []
    for place in sorted(set(group.places.values())):
        properties = [property_ for number, property_ in group.properties.items() if group.places[number] == place]
        for cell in cells_of(group.declared):
            inside = [property_ for property_ in properties if property_.item.columns.get(cell) == column]
            events = [event for property_ in inside for event in property_.item.events]
            value = f"{cell}_{group.number}[{place}]"
            if inside:
                sql.append(
                    value if len(inside) == len(properties) else f"CASE WHEN {among('code', events)} THEN {value} END"
                )
    return sql


def value_lists(group: ValueGroup) -> list[str]:
    """The columns with the values of a group."""
    return [f"value{group.number}_{rank}" for rank in range(1 if group.has_one_kind else len(group.columns))]


def _kinds(group: ValueGroup) -> list[Kind]:
    return group.kinds[: len(value_lists(group))]
