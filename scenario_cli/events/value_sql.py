"""SQL for the values of properties in a file's rows: basis, cells, misfits, attributes that are unset. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scenario_cli.events.casts import Kind, basis_sql, can_misfit, cells_sql, parts_sql
from scenario_cli.events.date_forms import standard_sql
from scenario_cli.events.decimal_forms import rewritten_sql
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.id_names import is_id_name
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.slots import Item
from scenario_cli.events.sql_text import among, text_literal
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.timestamps import day_text_sql, form_sql, moment_text_sql

# A property that this file has: its number, the item, and where it is found.
FileProperty = tuple[int, Item, tuple[Column, ...]]


def held_values(items: Sequence[Item], resolved: Resolved) -> list[FileProperty]:
    """The properties that a file has."""
    columns = [resolved.values.get(item.property, ()) for item in items]
    return [(number, item, _joined(columns[number])) for number, item in enumerate(items) if columns[number]]


def value_columns(target: Target, properties: list[FileProperty], rows: Rows, resolved: Resolved) -> list[str]:
    """Each value of the file, and whether its row unsets it."""
    values = [
        f"{_value(column, rows, _mark(item, resolved))} AS v{number}_{rank}"
        for number, item, columns in properties
        for rank, column in enumerate(columns)
    ]
    return [*values, *(f"{null} AS null{number}" for number, null in _unsetting(target, properties, rows))]


def basis_columns(properties: list[FileProperty], keys: frozenset[str]) -> list[str]:
    """The text or number that each value is read from."""
    return [f"{_basis(*property_, keys)} AS basis{property_[0]}" for property_ in properties]


def part_columns(properties: list[FileProperty], timezone: str, resolved: Resolved) -> list[str]:
    """The standard texts of dates, as lists; a number as double and as integer."""
    columns: list[str] = []
    # SQL for dates takes long to plan, so those written alike are items of a list, and planned once.
    for group, (date_format, numbers) in enumerate(_dates(properties, resolved).items()):
        texts = f"[{', '.join(f'upper(basis{number})' for number in numbers)}]"
        standard = standard_sql("text", timezone, date_format)
        columns.append(f"list_transform({texts}, lambda text: {standard}) AS dates{group}")
    for number, item, value_columns in properties:
        parts = parts_sql(_kinds(value_columns), item.declared, f"basis{number}")
        if parts is not None:
            columns += [f"{parts[0]} AS double{number}", f"{parts[1]} AS whole{number}"]
    return columns


def form_columns(properties: list[FileProperty], resolved: Resolved) -> list[str]:
    """The standard text of each date; the forms in which they are written, as lists."""
    columns: list[str] = []
    for group, numbers in enumerate(_dates(properties, resolved).values()):
        columns += [f"dates{group}[{place}] AS when{number}" for place, number in enumerate(numbers, 1)]
        columns.append(f"list_transform(dates{group}, lambda text: {form_sql('text')}) AS forms{group}")
    return columns


def cell_columns(properties: list[FileProperty], resolved: Resolved) -> list[str]:
    """The cells of each value, by its declared type."""
    columns: list[str] = []
    forms = {
        number: f"forms{group}[{place}]"
        for group, numbers in enumerate(_dates(properties, resolved).values())
        for place, number in enumerate(numbers, 1)
    }
    for number, item, value_columns in properties:
        if _is_dated(item):
            columns.append(f"{_date_cell(number, item, forms[number])} AS s_{number}")
            continue
        parts = (f"double{number}", f"whole{number}")
        cells = cells_sql(_kinds(value_columns), item.declared, f"basis{number}", parts)
        columns += [f"{sql} AS {cell}_{number}" for cell, sql in cells.items()]
    return columns


def misfit_columns(properties: list[FileProperty]) -> list[str]:
    """Whether each value is present but has no cell."""
    return [
        f"{_misfit(*property_)} AS misfit{property_[0]}"
        for property_ in properties
        if can_misfit(property_[1].declared)
    ]


def _is_dated(item: Item) -> bool:
    return item.declared in ("date", "datetime")


def _dates(properties: list[FileProperty], resolved: Resolved) -> dict[str | None, list[int]]:
    """The numbers of the dates, by the format that is known of them."""
    formats: dict[str | None, list[int]] = {}
    for number, item, _ in properties:
        if _is_dated(item):
            formats.setdefault(resolved.dates.get(item.property), []).append(number)
    return formats


def _joined(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns of one kind as a single column with the first present value: each column takes time to plan."""
    model = columns[0]
    if len(columns) == 1 or model.kind == "text" or len({(column.kind, column.nested) for column in columns}) > 1:
        return columns
    nulls = [f"coalesce({column.null}, false)" for column in columns if column.null]
    value = f"coalesce({', '.join(column.sql for column in columns)})"
    return (replace(model, sql=value, null=" OR ".join(nulls) or None),)


def _kinds(columns: tuple[Column, ...]) -> list[Kind]:
    return [column.nested or column.kind for column in columns]


def _values(number: int, columns: tuple[Column, ...]) -> list[str]:
    return [f"v{number}_{rank}" for rank in range(len(columns))]


def _mark(item: Item, resolved: Resolved) -> str | None:
    return resolved.decimals.get(item.property) if item.declared in ("integer", "number") else None


def _value(column: Column, rows: Rows, mark: str | None = None) -> str:
    """A value without blanks around it, a number with its decimal `mark` as programs write it; in a file of texts an
    empty one is missing."""
    value = column.sql
    if column.kind == "text":
        value = f"nullif(trimmed({value}), '')" if rows.untyped else f"trimmed({value})"
    return value if mark is None else rewritten_sql(column.nested or column.kind, value, mark)


def _basis(number: int, item: Item, columns: tuple[Column, ...], keys: frozenset[str]) -> str:
    basis = basis_sql(_kinds(columns), item.declared, _values(number, columns))
    if item.declared == "string" and (item.property in keys or is_id_name(item.property)):
        basis = f"whole_text({basis})"
    return f"CASE WHEN {among('code', item.events)} THEN {basis} END"


def _date_cell(number: int, item: Item, form: str) -> str:
    text = f"when{number}"
    return day_text_sql(text, form) if item.declared == "date" else moment_text_sql(text, form, f"basis{number}")


def _misfit(number: int, item: Item, columns: tuple[Column, ...]) -> str:
    if not can_misfit(item.declared):
        return "false"
    any_value = " OR ".join(f"{value} IS NOT NULL" for value in _values(number, columns))
    empty = " AND ".join(f"{cell}_{number} IS NULL" for cell in item.columns)
    return f"({among('code', item.events)} AND {empty} AND ({any_value}))"


def misfits_sql(properties: list[FileProperty]) -> str:
    """A list for the few rows in which a present value has no cell."""
    numbered = [(number, len(columns)) for number, item, columns in properties if can_misfit(item.declared)]
    unreadable = "(code IS NOT NULL AND objects IS NOT NULL AND NOT json_valid(objects))"
    conditions = [unreadable, *(f"misfit{number}" for number, _ in numbered)]
    entries = [f"CASE WHEN {unreadable} THEN {{'item': -1, 'example': left(objects, 200)}} END"]
    for number, count in numbered:
        values = ", ".join(f"CAST(v{number}_{rank} AS VARCHAR)" for rank in range(count))
        example = f"left(coalesce(CAST(basis{number} AS VARCHAR), {values}), 200)"
        entries.append(f"CASE WHEN misfit{number} THEN {{'item': {number}, 'example': {example}}} END")
    return (
        f"CASE WHEN reason IS NULL AND ({' OR '.join(conditions)}) THEN"
        f" list_filter([{', '.join(entries)}], lambda entry: entry IS NOT NULL) END"
    )


def _unsetting(target: Target, properties: list[FileProperty], rows: Rows) -> list[tuple[int, str]]:
    """Properties that a row of this file can set to null, each with SQL for whether it does.

    In a row of the contacts table an empty cell does so too, and in a value of another type its misfit.
    """
    codes = {target.layout.events.index(name) for name in target.profile}
    unset_tests = []
    for number, item, columns in properties:
        if not codes & set(item.events):
            continue
        nulls = [
            column.null or f"{_value(column, rows)} IS NULL" for column in columns if column.null or target.is_table
        ]
        if nulls or can_misfit(item.declared):
            unset_tests.append((number, " OR ".join(f"coalesce({null}, false)" for null in nulls) or "false"))
    return unset_tests


def nulls_sql(target: Target, properties: list[FileProperty], rows: Rows) -> str:
    codes = [target.layout.events.index(name) for name in target.profile]
    items = {number: (item, columns) for number, item, columns in properties}
    entries = []
    for number, _ in _unsetting(target, properties, rows):
        item, columns = items[number]
        empty = " AND ".join(f"{value} IS NULL" for value in _values(number, columns))
        concerned = among("code", [code for code in codes if code in item.events])
        unset = f"(null{number} AND {empty})"
        if can_misfit(item.declared):
            # The old value must not outlive one that cannot be read: a withdrawn consent would stay given.
            unset = f"({unset} OR misfit{number})"
        entries.append(f"CASE WHEN {concerned} AND {unset} THEN {text_literal(item.property)} END")
    if not entries:
        return "NULL"
    listed = f"list_filter([{', '.join(entries)}], lambda name: name IS NOT NULL)"
    dated = " AND instant IS NOT NULL" if target.is_table else ""
    return f"CASE WHEN reason IS NULL AND {among('code', sorted(codes))}{dated} THEN {listed} END"


def slot_sql(column: str, properties: list[FileProperty]) -> str:
    """The only cell that a row of its event can have in a column. The basis of any other is NULL."""
    cells = [
        f"{cell}_{number}" for number, item, _ in properties for cell, name in item.columns.items() if name == column
    ]
    return f"CASE WHEN reason IS NULL THEN coalesce({', '.join(cells)}) END" if cells else "NULL"
