"""SQL for the attributes that a row of a profile event, or of the contacts table, sets to null. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.events.by_event import by_event
from scenario_cli.events.casts import can_misfit
from scenario_cli.events.formats.table import Column
from scenario_cli.events.sql_text import among, mapped, text_literal
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.value_groups import ValueGroup
from scenario_cli.events.value_sql import value_lists


def profile_codes(target: Target) -> frozenset[int]:
    """The numbers of the events that can unset an attribute."""
    return frozenset(target.layout.events.index(name) for name in target.profile)


def unset_columns(target: Target, groups: Sequence[ValueGroup]) -> list[str]:
    """Whether the row has an explicit null for each value, for the rows that can have one."""
    codes = profile_codes(target)
    return [
        f"CASE WHEN {among('code', sorted(codes))} THEN {_unset(target, group)} END AS unset{group.number}"
        for group in groups
        if _can_be_unset(target, group) and codes & set(group.lists)
    ]


def nulls_sql(target: Target, groups: Sequence[ValueGroup]) -> str:
    """The names of the attributes that the row unsets, in order."""
    codes = profile_codes(target)
    names = [_names(target, group, codes) for group in groups if codes & set(group.lists)]
    unset = [listed for listed in names if listed]
    if not unset:
        return "NULL"
    listed = f"list_sort(list_filter(flatten([{', '.join(unset)}]), lambda attribute: attribute IS NOT NULL))"
    dated = " AND instant IS NOT NULL" if target.is_table else ""
    return f"CASE WHEN reason IS NULL AND {among('code', sorted(codes))}{dated} THEN {listed} END"


def _names(target: Target, group: ValueGroup, codes: frozenset[int]) -> str | None:
    tests = [f"unset{group.number}[n]"] if _can_be_unset(target, group) else []
    # The old value must not outlive one that cannot be read: a withdrawn consent would stay given.
    tests += [f"misfit{group.number}[n]"] if can_misfit(group.declared) else []
    if not tests:
        return None
    names = {
        event: [None if number is None else group.properties[number].item.property for number in numbers]
        for event, numbers in group.lists.items()
        if event in codes
    }
    constants = {
        event: f"[{', '.join('NULL' if name is None else text_literal(name) for name in listed)}]"
        for event, listed in names.items()
    }
    return mapped(by_event(constants), "attribute, n", f"CASE WHEN {' OR '.join(tests)} THEN attribute END")


def _can_be_unset(target: Target, group: ValueGroup) -> bool:
    return target.is_table or any(column.null for column in group.columns)


def _unset(target: Target, group: ValueGroup) -> str:
    """SQL for values that an event unsets. An empty cell of the contacts table also counts as null, unless its format
    has a null.
    """
    values = ["value", *(f"{value}[n]" for value in value_lists(group)[1:])]
    empty = " AND ".join(f"{value} IS NULL" for value in values)
    nulls = [_is_null_sql(group, rank, column) for rank, column in enumerate(group.columns) if column.null]
    is_one_value = len(set(group.kinds)) == 1 and group.columns[0].kind != "text"
    enough = target.is_table and len(nulls) < (1 if is_one_value else len(group.columns))
    test = empty if enough else f"{empty} AND ({' OR '.join(nulls)})"
    return mapped(value_lists(group)[0], "value, n", test)


def _is_null_sql(group: ValueGroup, rank: int, column: Column) -> str:
    test = f"CAST(raw{group.number}_{rank}[n] AS VARCHAR) = 'null'" if column.pick else f"null{group.number}_{rank}[n]"
    return f"coalesce({test}, false)"
