"""Texts and names as SQL literals. Runs nothing."""

from __future__ import annotations


def text_literal(text: str) -> str:
    """The text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def name_literal(name: str) -> str:
    """The column name as SQL."""
    return '"' + name.replace('"', '""') + '"'
