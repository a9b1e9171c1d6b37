"""Finds the name at a place of a file, even if the file has changed since it was read."""

from __future__ import annotations

from scenario_cli.editor.project import View
from scenario_cli.editor.texts import Text
from scenario_cli.language.symbols.symbol import UNREADABLE, Occurrence


def occurrence_at(view: View, path: str, text: str, offset: int) -> Occurrence | None:
    """The name at an offset of a file whose text is now `text`; None if no name is known there."""
    named = view.named(path)
    then = Text(named.text)
    at = carried_over(text, named.text, offset)
    if at is None:
        return None
    for occurrence in named.occurrences:
        start, end = then.offsets(occurrence.span)
        if start <= at <= end and occurrence.symbol.kind != UNREADABLE:
            return occurrence
    return None


def carried_over(text: str, other: str, offset: int) -> int | None:
    """The offset in another version of a text for the same character; None if its line has changed.

    The lines before the first difference are the same in both, and so are those after the last.
    """
    if text == other:
        return offset
    lines, other_lines = text.split("\n"), other.split("\n")
    least = min(len(lines), len(other_lines))
    same_before = next((n for n in range(least) if lines[n] != other_lines[n]), least)
    same_behind = next(
        (n for n in range(least - same_before) if lines[-1 - n] != other_lines[-1 - n]), least - same_before
    )
    line = text.count("\n", 0, offset)
    if line >= same_before:
        if line < len(lines) - same_behind:
            return None
        return offset + len(other) - len(text)
    return offset
