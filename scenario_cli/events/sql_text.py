"""Texts and names as SQL literals. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable


def text_literal(text: str) -> str:
    """The text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def name_literal(name: str) -> str:
    """The column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def among(value: str, listed: Iterable[object]) -> str:
    """SQL for whether a value is among those listed, which are SQL themselves."""
    return f"{value} IN ({', '.join(map(str, listed))})"


def mapped(listed: str, parameters: str, sql: str) -> str:
    """SQL for a list with `sql` for each element. Its `parameters` are the element and, if needed, its place."""
    return listed if sql == parameters else f"list_transform({listed}, lambda {parameters}: {sql})"


def constant_list(values: str, sql_type: str) -> str:
    """SQL for a list of constants, given as the database writes it: a list in SQL is planned element by element."""
    return f"CAST({text_literal(values)} AS {sql_type})"
