"""Tables of the reports of insights: texts on the left, numbers on the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scenario_cli.reports.document.parts import Grid, row


def number_table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> Grid:
    """A table whose first columns are `texts` and the others numbers."""
    return Grid(tuple(head), tuple(row(*cells) for cells in rows), frozenset(range(texts, len(head))))
