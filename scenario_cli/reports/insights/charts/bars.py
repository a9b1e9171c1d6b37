"""Horizontal bars, one per line: for things with names."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from scenario_cli.reports.document.parts import Drawing
from scenario_cli.reports.insights.charts.svg import LINE, WIDTH, box, cut, picture, text, text_width

_LABELS = 0.36  # of the width, at most


def bars(name: str, title: str, lines: Sequence[tuple[str, float, str]], most: float | None = None) -> Drawing:
    """Lines of a label, a number from 0 on, and how it is written; a full bar is `most`, or the largest."""
    top = most or max((number for _, number, _ in lines), default=0) or 1
    left = min(max((text_width(label) for label, _, _ in lines), default=0), _LABELS * WIDTH) + 8
    right = max((text_width(written) for _, _, written in lines), default=0) + 8
    room = WIDTH - left - right
    parts: list[Markup] = []
    for index, (label, number, written) in enumerate(lines):
        y, length = index * LINE, room * max(number, 0) / top
        parts += [
            text(left - 8, y + 14, cut(label, left - 8), "end"),
            box(name, left, y + 3, length, LINE - 6, 0, f"{label}: {written}"),
            text(left + length + 5, y + 14, written),
        ]
    return picture(name, title, LINE * max(len(lines), 1) + 2, parts)


def stacked(name: str, title: str, words: Sequence[str], lines: Sequence[tuple[str, Sequence[float]]]) -> Drawing:
    """Lines of a label and up to three numbers that make up a whole, side by side; `words` are the labels of the
    numbers.
    """
    left = min(max((text_width(label) for label, _ in lines), default=0), _LABELS * WIDTH) + 8
    room = WIDTH - left - 4
    parts: list[Markup] = []
    x = left
    for rank, word in enumerate(words):
        parts += [box(name, x, 3, 14, 12, rank, word), text(x + 19, 14, word)]
        x += 19 + text_width(word) + 18
    for index, (label, numbers) in enumerate(lines, 1):
        y, x, whole = index * (LINE + 14) - 10, left, sum(numbers) or 1
        parts.append(text(left - 8, y + 13, cut(label, left - 8), "end"))
        for rank, number in enumerate(numbers):
            length, written = room * number / whole, f"{number:,.0f}"
            parts.append(box(name, x, y, length, LINE - 2, rank, f"{label}, {words[rank]}: {written}"))
            # Below the bar, because a pattern would make it hard to read there.
            if length > text_width(written) * 0.8:
                parts.append(text(x + length / 2, y + LINE + 9, written, "middle", "small"))
            x += length
    return picture(name, title, (len(lines) + 1) * (LINE + 14) - 8, parts)
