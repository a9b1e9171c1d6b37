"""Groups the properties of a file that are read alike, so that SQL reads the values of a group at once.

In each row a group is a list with the values of the row's event: to plan the conversion of a list takes as long as of
a single value, and an event has few of all the properties. Each property has its place in the list, the same for all
events that have it. Reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scenario_cli.events.casts import Kind
from scenario_cli.events.formats.table import Column
from scenario_cli.events.id_names import is_id_name
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.slots import Item


class FileProperty(NamedTuple):
    """A property that a file has: its number, the item, and its places, the likeliest column first."""

    number: int
    item: Item
    columns: tuple[Column, ...]


@dataclass(slots=True)
class ValueGroup:
    """Properties of one declared type, or dates of both, in columns of the same kinds, whose values are written alike.

    `mark` is the decimal mark of numbers, `date_format` the known facts about dates, `is_id` true for ids. With
    `columns` of one kind the value is the first that is there, else the kinds decide how each is read. `lists` are the
    properties of each event by number, None if a place is free; `types` are the declared types by place.
    """

    number: int
    columns: tuple[Column, ...]
    declared: str | None
    mark: str | None
    date_format: str | None
    is_id: bool
    has_one_kind: bool
    properties: dict[int, FileProperty] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    types: list[str | None] = field(default_factory=list)
    lists: dict[int, list[int | None]] = field(default_factory=dict)

    @property
    def kinds(self) -> list[Kind]:
        return [column.nested or column.kind for column in self.columns]

    @property
    def is_dated(self) -> bool:
        return self.declared == "date"

    def add(self, added: FileProperty) -> None:
        """Gives the property the first place of its type that is free in the lists of all its events."""
        lists = [self.lists.setdefault(event, []) for event in added.item.events]
        place = 0
        while any(place < len(numbers) and numbers[place] is not None for numbers in lists) or (
            place < len(self.types) and self.types[place] != added.item.declared
        ):
            place += 1
        if place == len(self.types):
            self.types.append(added.item.declared)
        for numbers in lists:
            numbers.extend([None] * (place + 1 - len(numbers)))
            numbers[place] = added.number
        self.properties[added.number] = added
        self.places[added.number] = place + 1
        self.columns = max(self.columns, added.columns, key=len)


def value_groups(items: Sequence[Item], resolved: Resolved, keys: Collection[str]) -> list[ValueGroup]:
    """The groups of the properties that a file has. `keys` are properties that hold ids in addition to those with such
    names.
    """
    groups: dict[Hashable, ValueGroup] = {}
    for number, item in enumerate(items):
        columns = resolved.values.get(item.property, ())
        if not columns:
            continue
        sources = [_source(column) for column in columns]
        # Texts of one column can be empty if another has a value.
        has_one_kind = len(set(sources)) == 1 and (len(columns) == 1 or columns[0].kind != "text")
        mark = resolved.decimals.get(item.property) if item.declared in ("integer", "number") else None
        is_dated = item.declared in ("date", "datetime")
        declared = "date" if is_dated else item.declared
        date_format = resolved.dates.get(item.property) if is_dated else None
        is_id = item.declared == "string" and (item.property in keys or is_id_name(item.property))
        key = (tuple(sources[:1] if has_one_kind else sources), declared, mark, date_format, is_id)
        if key not in groups:
            groups[key] = ValueGroup(len(groups), columns, declared, mark, date_format, is_id, has_one_kind)
        groups[key].add(FileProperty(number, item, columns))
    return list(groups.values())


def _source(column: Column) -> Hashable:
    """The features that values must share to be in one list."""
    # The type of a date or a number decides how it is written as text.
    is_of_kind = column.kind in ("text", "json", "boolean", "array", "object")
    sql_type = "" if is_of_kind else column.type or column.sql
    return column.kind, column.nested, sql_type, column.pick and column.pick.text, column.null is None
