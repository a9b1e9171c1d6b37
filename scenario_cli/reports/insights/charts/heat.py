"""Cells in rows and columns, the darker the more: each with its number, since no shade is read exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from scenario_cli.reports.document.parts import Drawing
from scenario_cli.reports.insights.charts.svg import LINE, WIDTH, picture, text, text_width

DARKEST = 0.45  # dark enough to be seen, and light enough to read the number on it


def heat(
    name: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], tuple[float, str]],
    height: float = 26,
) -> Drawing:
    """Cells by row and column: a number, which shades the cell, and how it is written. A missing cell stays empty."""
    top = max((number for number, _ in cells.values()), default=0) or 1
    left = max((text_width(row) for row in rows), default=0) + 10
    step = (WIDTH - left) / max(len(columns), 1)
    parts: list[Markup] = [
        text(left + (index + 0.5) * step, 13, column, "middle") for index, column in enumerate(columns)
    ]
    for line, row in enumerate(rows):
        y = LINE + line * height
        parts.append(text(left - 10, y + height / 2 + 4, row, "end"))
        for index, column in enumerate(columns):
            if (row, column) not in cells:
                continue
            number, written = cells[row, column]
            x, shade = left + index * step, DARKEST * max(number, 0) / top
            parts.append(
                Markup(
                    '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="cell" fill-opacity="{:.2f}">'
                    "<title>{}, {}: {}</title></rect>"
                ).format(x + 1, y + 1, step - 2, height - 2, shade, row, column, written)
            )
            parts.append(text(x + step / 2, y + height / 2 + 4, written, "middle"))
    return picture(name, title, LINE + len(rows) * height + 2, parts)
