"""Vertical columns, one per month or class, and lines over points of time."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from scenario_cli.reports.document.parts import Drawing
from scenario_cli.reports.insights.charts.svg import WIDTH, box, picture, rule, short, text

_HEIGHT, _TOP, _FOOT = 150, 22, 34


def columns(name: str, title: str, values: Sequence[tuple[str, float]]) -> Drawing:
    """Columns over labels such as `2024-03`; each has its number above it if there is room."""
    top = max((number for _, number in values), default=0) or 1
    step = WIDTH / max(len(values), 1)
    wide = min(step * 0.7, 48)
    every = max(1, -(-len(values) * 30 // WIDTH))  # a label needs 30 pixels
    parts = [rule(0, _TOP + _HEIGHT, WIDTH, _TOP + _HEIGHT)]
    year = ""
    for index, (label, number) in enumerate(values):
        middle, height = (index + 0.5) * step, _HEIGHT * max(number, 0) / top
        parts.append(box(name, middle - wide / 2, _TOP + _HEIGHT - height, wide, height, 0, f"{label}: {number:,.0f}"))
        if index % every:
            continue
        first, _, second = label.partition("-")
        parts.append(text(middle, _TOP + _HEIGHT - height - 4, short(number), "middle", "small"))
        parts.append(text(middle, _TOP + _HEIGHT + 14, second or first, "middle", "small"))
        if second and first != year:
            parts.append(text(middle, _TOP + _HEIGHT + 28, first, "middle", "small"))
            year = first
    return picture(name, title, _TOP + _HEIGHT + _FOOT, parts)


def points(name: str, title: str, values: Sequence[tuple[str, float, str]], most: float | None = None) -> Drawing:
    """A line through points, evenly apart, each with its label below and its number above."""
    top = most or max((number for _, number, _ in values), default=0) or 1
    step = WIDTH / max(len(values), 1)
    places = [
        ((index + 0.5) * step, _TOP + _HEIGHT * (1 - max(number, 0) / top))
        for index, (_, number, _) in enumerate(values)
    ]
    path = " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(places))
    parts = [rule(0, _TOP + _HEIGHT, WIDTH, _TOP + _HEIGHT)]
    parts.append(Markup('<path d="{}" class="line"/>').format(path))
    for (x, y), (label, _, written) in zip(places, values, strict=True):
        parts += [
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" class="fill0"><title>{}: {}</title></circle>').format(
                x, y, label, written
            ),
            text(x, y - 8, written, "middle", "small"),
            text(x, _TOP + _HEIGHT + 14, label, "middle", "small"),
        ]
    return picture(name, title, _TOP + _HEIGHT + _FOOT - 14, parts)
