"""SQL for the value of one property of one event, in any columns of a staged log. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.events.casts import Cell
from scenario_cli.events.slots import Layout

# Exact, so that a sum does not depend on the order of rows: to the ten-thousandth, and below a hundred million
# millions.
AMOUNT = "DECIMAL(18, 4)"


def text_of(layout: Layout, event: str, name: str | None) -> str:
    """The value as text, without blanks around it; NULL if it is empty, a list or an object."""
    texts = [_text(cell, column) for cell, column in _cells(layout, event, name)]
    return f"nullif(trimmed(coalesce({', '.join(texts)})), '')" if texts else "CAST(NULL AS VARCHAR)"


def amount_of(layout: Layout, event: str, name: str | None) -> str:
    """The value as an exact number; NULL if it is none."""
    numbers = [f"TRY_CAST({_text(cell, column)} AS {AMOUNT})" for cell, column in _cells(layout, event, name)]
    return f"coalesce({', '.join(numbers)})" if numbers else f"CAST(NULL AS {AMOUNT})"


def list_of(layout: Layout, event: str, name: str | None) -> str:
    """The value as a JSON text; NULL if the property cannot be a list."""
    columns = [column for cell, column in _cells(layout, event, name) if cell == "j"]
    return columns[0] if columns else "CAST(NULL AS VARCHAR)"


def code_of(layout: Layout, event: str) -> int:
    """The event's number in the log; -1 if it was not requested."""
    return layout.events.index(event) if event in layout.events else -1


def _cells(layout: Layout, event: str, name: str | None) -> Iterator[tuple[Cell, str]]:
    code = code_of(layout, event)
    for item in layout.items:
        if item.property == name and code in item.events:
            yield from item.columns.items()


def _text(cell: Cell, column: str) -> str:
    if cell == "j":
        return f"json_scalar({column})"
    return column if cell == "s" else f"CAST({column} AS VARCHAR)"
