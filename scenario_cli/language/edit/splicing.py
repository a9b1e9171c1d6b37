"""Replaces stretches of a text at the places from the reader. Knows no YAML."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.yaml_lines import LINE_END
from scenario_cli.model.diagnostic import Edit


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made. They must not overlap."""
    starts = line_starts(text)
    return pieced(
        text,
        (
            (
                starts[edit.span.line - 1] + edit.span.column - 1,
                starts[edit.span.end_line - 1] + edit.span.end_column - 1,
                edit.text,
            )
            for edit in edits
        ),
    )


def pieced(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The same by offsets (from, to, new text); several edits at one place are made in their order."""
    in_order = sorted(pieces, key=lambda piece: piece[:2])
    for start, end, new_text in in_order[::-1]:  # from the end, so that places stay true
        text = text[:start] + new_text + text[end:]
    return text
