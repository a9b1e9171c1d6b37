"""Layout of the staged log: the column for each property of each event. Reads and writes nothing.

Properties of different events share columns, so the log is as wide as its widest event, not as the whole
tracking plan, and a name can have another type in another event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from scenario_cli.events.casts import CELL_TYPES, Cell, cells_of


@dataclass(frozen=True, slots=True)
class Item:
    """One property with one type, the events (by number) that have it so, and its column for each cell."""

    property: str
    declared: str | None
    events: tuple[int, ...]
    columns: Mapping[Cell, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` of the staged table with their SQL types."""

    events: tuple[str, ...]
    items: tuple[Item, ...]
    columns: Mapping[str, str]


def lay_out(types_by_event: Mapping[str, Mapping[str, str | None]]) -> Layout:
    """Each item takes, for each of its cells, the first column that none of its events uses yet."""
    events = tuple(sorted(types_by_event))
    users: dict[tuple[str, str | None], list[int]] = {}
    for number, event in enumerate(events):
        for name, declared in types_by_event[event].items():
            users.setdefault((name, declared), []).append(number)
    used: dict[str, set[int]] = {}
    columns: dict[str, str] = {}
    items: list[Item] = []
    for name, declared in sorted(users, key=lambda item: (item[0], item[1] or "")):
        numbers = users[name, declared]
        cells: dict[Cell, str] = {}
        for cell in cells_of(declared):
            index = 0
            while used.get(f"{cell}{index}", set()) & set(numbers):
                index += 1
            column = cells[cell] = f"{cell}{index}"
            used.setdefault(column, set()).update(numbers)
            columns[column] = CELL_TYPES[cell]
        items.append(Item(name, declared, tuple(numbers), cells))
    return Layout(events, tuple(items), columns)


def narrowed(layout: Layout, properties: Collection[str]) -> Layout:
    """The layout with columns for these properties alone; the items stay, each in its place."""
    items = tuple(item if item.property in properties else replace(item, columns={}) for item in layout.items)
    used = {column for item in items for column in item.columns.values()}
    return replace(layout, items=items, columns={name: kind for name, kind in layout.columns.items() if name in used})
