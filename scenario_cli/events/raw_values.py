"""SQL that takes the values of properties out of a file's columns, in each row those of its event. Runs nothing.

A JSON text is taken apart for the paths of the row's event alone: to look for the properties of all events takes
longer than everything else.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.events.by_event import by_event, numbers_by_event
from scenario_cli.events.formats.table import Column
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.value_groups import ValueGroup


class RawValues:
    """The columns of three layers: the needed parts of the file, values out of JSON texts, and the lists of groups."""

    def __init__(self, groups: Sequence[ValueGroup], profile: frozenset[int]) -> None:
        """`profile` are the numbers of the events in which a null that is written out counts."""
        self._groups = groups
        self._profile = profile
        # Columns by the SQL for them: values, JSON texts, and whether a row has an explicit null.
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._nulls: dict[str, str] = {}
        # By JSON text and event the paths into it.
        self._paths: dict[str, dict[int, list[str]]] = {}
        self._lists = [column for group in groups for column in self._group_lists(group)]

    def needed_columns(self) -> list[str]:
        """The needed parts of the file."""
        columns = {**self._names, **self._nulls}
        # A text that is not JSON has a list of the same length, without values: another column can have them.
        columns |= {f"coalesce({text}, 'null')": name for text, name in self._texts.items()}
        return [f"{sql} AS {name}" for sql, name in columns.items()]

    def picked_columns(self) -> list[str]:
        """The values in each JSON text that the row's event can have."""
        columns = []
        for text, paths_by_event in self._paths.items():
            extracts = {
                event: f"json_extract({text}, [{', '.join(map(text_literal, paths))}])"
                for event, paths in paths_by_event.items()
            }
            columns.append(f"{by_event(extracts)} AS picked_{text}")
        return columns

    def list_columns(self) -> list[str]:
        """Lists of values, and of whether the row has an explicit null."""
        return self._lists

    def _group_lists(self, group: ValueGroup) -> list[str]:
        columns = []
        for rank, column in enumerate(group.columns):
            columns.append(f"{self._value_list(group, rank)} AS raw{group.number}_{rank}")
            if column.null and not column.pick and self._profile & set(group.lists):
                columns.append(f"{self._null_list(group, rank)} AS null{group.number}_{rank}")
        return columns

    def _value_list(self, group: ValueGroup, rank: int) -> str:
        pick = group.columns[rank].pick
        if pick is None:
            return by_event({event: self._listed(columns) for event, columns in _columns_of(group, rank).items()})
        text = self._texts.setdefault(pick.text, f"text{len(self._texts)}")
        places = {
            event: [self._place(text, event, column) for column in columns]
            for event, columns in _columns_of(group, rank).items()
        }
        return f"list_select(picked_{text}, {numbers_by_event(places)})"

    def _listed(self, columns: Sequence[Column | None]) -> str:
        names = [
            self._names.setdefault(column.sql, f"found{len(self._names)}") if column else "NULL" for column in columns
        ]
        return f"[{', '.join(names)}]"

    def _place(self, text: str, event: int, column: Column | None) -> int:
        """The place among the values that are picked for the event; 0, if no value is, for none."""
        if column is None or column.pick is None:
            return 0
        paths = self._paths.setdefault(text, {}).setdefault(event, [])
        if column.pick.path not in paths:
            paths.append(column.pick.path)
        return paths.index(column.pick.path) + 1

    def _null_list(self, group: ValueGroup, rank: int) -> str:
        lists = {}
        for event, columns in _columns_of(group, rank).items():
            if event in self._profile:
                nulls = [column.null if column and column.null else "false" for column in columns]
                names = [self._nulls.setdefault(null, f"says_null{len(self._nulls)}") for null in nulls]
                lists[event] = f"[{', '.join(names)}]"
        return by_event(lists)


def _columns_of(group: ValueGroup, rank: int) -> dict[int, list[Column | None]]:
    """The columns of that rank by event, in the order of the list; a property can have fewer columns."""
    return {
        event: [
            group.properties[number].columns[rank]
            if number is not None and rank < len(group.properties[number].columns)
            else None
            for number in numbers
        ]
        for event, numbers in group.lists.items()
    }
