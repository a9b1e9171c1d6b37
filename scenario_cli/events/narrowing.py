"""Queries narrowed to the rows from a value of one column on. Asks no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenario_cli.events.errors import ExportError
from scenario_cli.events.sql_text import name_literal, text_literal
from scenario_cli.model.diagnostic import did_you_mean


@dataclass(frozen=True, slots=True)
class Since:
    """The rows to ask for by a column whose values only grow; without bounds: all rows.

    The values are texts, which the database converts to the column's type. Rows without a value are always asked for,
    because nobody knows whether they are new.
    """

    column: str
    least: str | None = None
    above: str | None = None
    most: str | None = None

    def column_of(self, columns: Sequence[str], label: str) -> str:
        """The column by its name in the result. Raises ExportError if the result has no such column."""
        for name in columns:
            if name.lower() == self.column.lower():
                return name
        raise ExportError(
            f"{label} has no column '{self.column}' for --watermark",
            did_you_mean(self.column, list(columns), "its columns"),
        )

    def narrowed(self, query: str, column: str, values: dict[str, str] | None = None) -> str:
        """The query for these rows alone; `values` are SQL for the bounds if a text is not meant."""
        name = name_literal(column)
        bounds = [
            f"{name} {sign} {(values or {}).get(bound) or text_literal(bound)}"
            for sign, bound in ((">=", self.least), (">", self.above), ("<=", self.most))
            if bound is not None
        ]
        where = f" WHERE ({' AND '.join(bounds)}) OR {name} IS NULL" if bounds else ""
        return f"SELECT * FROM {inner(query)}{where}"


def inner(query: str) -> str:
    """The query as a source of rows. A comment at its end ends with its line."""
    return f"(\n{query.strip().rstrip(';')}\n) AS source_rows"
