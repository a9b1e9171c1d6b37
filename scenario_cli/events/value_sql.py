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
Held = tuple[int, Item, tuple[Column, ...]]


def held_values(items: Sequence[Item], found: Resolved) -> list[Held]:
    """The properties that a file has."""
    places = [found.values.get(item.property, ()) for item in items]
    return [(number, item, _joined(places[number])) for number, item in enumerate(items) if places[number]]


def value_columns(target: Target, held: list[Held], rows: Rows, found: Resolved) -> list[str]:
    """Each value as the file has it, and whether its row unsets it."""
    values = [
        f"{_value(place, rows, _mark(item, found))} AS v{number}_{rank}"
        for number, item, places in held
        for rank, place in enumerate(places)
    ]
    return [*values, *(f"{null} AS null{number}" for number, null in _unsetting(target, held, rows))]


def basis_columns(held: list[Held], keys: frozenset[str]) -> list[str]:
    """The text or number that each value is read from."""
    return [f"{_basis(*each, keys)} AS basis{each[0]}" for each in held]


def part_columns(held: list[Held], timezone: str, found: Resolved) -> list[str]:
    """Of a date its text in standard form, of a number the number and the whole number."""
    columns: list[str] = []
    for number, item, places in held:
        if _is_dated(item):
            standard = standard_sql(f"upper(basis{number})", timezone, found.dates.get(item.property))
            columns.append(f"{standard} AS when{number}")
        parts = parts_sql(_kinds(places), item.declared, f"basis{number}")
        if parts is not None:
            columns += [f"{parts[0]} AS double{number}", f"{parts[1]} AS whole{number}"]
    return columns


def form_columns(held: list[Held]) -> list[str]:
    """The form in which each date is written."""
    return [f"{form_sql(f'when{number}')} AS form{number}" for number, item, _ in held if _is_dated(item)]


def cell_columns(held: list[Held]) -> list[str]:
    """The cells of each value, by its declared type."""
    columns: list[str] = []
    for number, item, places in held:
        if _is_dated(item):
            columns.append(f"{_date_cell(number, item)} AS s_{number}")
            continue
        parts = (f"double{number}", f"whole{number}")
        cells = cells_sql(_kinds(places), item.declared, f"basis{number}", parts)
        columns += [f"{sql} AS {cell}_{number}" for cell, sql in cells.items()]
    return columns


def misfit_columns(held: list[Held]) -> list[str]:
    """Whether each value is there and has no cell."""
    return [f"{_misfit(*each)} AS misfit{each[0]}" for each in held if can_misfit(each[1].declared)]


def _is_dated(item: Item) -> bool:
    return item.declared in ("date", "datetime")


def _joined(places: tuple[Column, ...]) -> tuple[Column, ...]:
    """Places of one kind as one that has the first value that is there: each place takes time to plan."""
    first = places[0]
    if len(places) == 1 or first.kind == "text" or len({(place.kind, place.nested) for place in places}) > 1:
        return places
    nulls = [f"coalesce({place.null}, false)" for place in places if place.null]
    value = f"coalesce({', '.join(place.sql for place in places)})"
    return (replace(first, sql=value, null=" OR ".join(nulls) or None),)


def _kinds(found: tuple[Column, ...]) -> list[Kind]:
    return [place.nested or place.kind for place in found]


def _values(number: int, found: tuple[Column, ...]) -> list[str]:
    return [f"v{number}_{rank}" for rank in range(len(found))]


def _mark(item: Item, found: Resolved) -> str | None:
    return found.decimals.get(item.property) if item.declared in ("integer", "number") else None


def _value(place: Column, rows: Rows, mark: str | None = None) -> str:
    """A value without blanks around it, a number with its decimal `mark` as programs write it; in a file of texts an
    empty one is missing."""
    value = place.sql
    if place.kind == "text":
        value = f"nullif(trimmed({value}), '')" if rows.untyped else f"trimmed({value})"
    return value if mark is None else rewritten_sql(place.nested or place.kind, value, mark)


def _basis(number: int, item: Item, found: tuple[Column, ...], keys: frozenset[str]) -> str:
    basis = basis_sql(_kinds(found), item.declared, _values(number, found))
    if item.declared == "string" and (item.property in keys or is_id_name(item.property)):
        basis = f"whole_text({basis})"
    return f"CASE WHEN {among('code', item.events)} THEN {basis} END"


def _date_cell(number: int, item: Item) -> str:
    text, form = f"when{number}", f"form{number}"
    return day_text_sql(text, form) if item.declared == "date" else moment_text_sql(text, form, f"basis{number}")


def _misfit(number: int, item: Item, found: tuple[Column, ...]) -> str:
    if not can_misfit(item.declared):
        return "false"
    there = " OR ".join(f"{value} IS NOT NULL" for value in _values(number, found))
    empty = " AND ".join(f"{cell}_{number} IS NULL" for cell in item.columns)
    return f"({among('code', item.events)} AND {empty} AND ({there}))"


def misfits_sql(held: list[Held]) -> str:
    """A list, only for the rows, as a rule very few, in which a value that is there has no cell."""
    numbered = [(number, len(places)) for number, item, places in held if can_misfit(item.declared)]
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


def _unsetting(target: Target, held: list[Held], rows: Rows) -> list[tuple[int, str]]:
    """Properties that a row of this file can set to null, each with SQL for whether it does.

    In a row of the contacts table an empty cell does so too, and in a value of another type its misfit.
    """
    codes = {target.layout.events.index(name) for name in target.profile}
    found = []
    for number, item, places in held:
        if not codes & set(item.events):
            continue
        nulls = [place.null or f"{_value(place, rows)} IS NULL" for place in places if place.null or target.is_table]
        if nulls or can_misfit(item.declared):
            found.append((number, " OR ".join(f"coalesce({null}, false)" for null in nulls) or "false"))
    return found


def nulls_sql(target: Target, held: list[Held], rows: Rows) -> str:
    codes = [target.layout.events.index(name) for name in target.profile]
    items = {number: (item, places) for number, item, places in held}
    entries = []
    for number, _ in _unsetting(target, held, rows):
        item, places = items[number]
        empty = " AND ".join(f"{value} IS NULL" for value in _values(number, places))
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


def slot_sql(column: str, held: list[Held]) -> str:
    """The one cell that a row of its event can have there: the basis of any other is NULL."""
    cells = [f"{cell}_{number}" for number, item, _ in held for cell, name in item.columns.items() if name == column]
    return f"CASE WHEN reason IS NULL THEN coalesce({', '.join(cells)}) END" if cells else "NULL"
