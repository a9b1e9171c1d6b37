"""The parts of every terminal report: styled words, display width, tables, bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from scenario_cli.model.plain_text import STYLE_END, STYLE_MARKS, plain_line, printable

_BLOCKS = " ▏▎▍▌▋▊▉█"


class Style:
    """Marks words to be written in colour, or leaves them plain; `lines_text` writes the colours.

    The marks distinguish our colours from escape sequences in data.
    """

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *names: str) -> str:
        if not self.color or not text or not names:
            return text
        return f"{''.join(STYLE_MARKS[name] for name in names)}{text}{STYLE_END}"


def lines_text(lines: Iterable[str]) -> str:
    """The lines of a report as a text that is harmless for a terminal and a CI log."""
    return "".join(f"{plain_line(line)}\n" for line in lines)


def fit(text: str, width: int) -> str:
    """The text cut to a width in columns, with an ellipsis for the missing part."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def wrap(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces if possible. An empty text has no lines."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.strip().split(" "):
        if not word:  # part of a wider gap
            line += "" if empty else " "
            continue
        if not empty and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line.rstrip())
            line, empty = later, True
        room = max(width - cell_len(line), 1)
        if empty and cell_len(word) > room:
            *full, word = _chopped(word, room, max(width - cell_len(later), 1))
            lines += [(line if not number else later) + part for number, part in enumerate(full)]
            line = later
        line += word if empty else f" {word}"
        empty = False
    return lines if empty else [*lines, line]


def _chopped(word: str, first: int, width: int) -> list[str]:
    """A long word in pieces. The first has `first` columns, the others `width`."""
    pieces = [""]
    for char in word:
        if pieces[-1] and cell_len(pieces[-1]) + cell_len(char) > (first if len(pieces) == 1 else width):
            pieces.append("")
        pieces[-1] += char
    return pieces


def pad(text: str, width: int, right: bool = False) -> str:
    gap = " " * max(width - cell_len(text), 0)
    return gap + text if right else text + gap


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int, style: Style, left: int = 1, indent: int = 0
) -> list[str]:
    """Lines of a table. The first `left` columns are texts, the others numbers; the first column shrinks to fit."""
    head, *rows = [[printable(cell) for cell in cells] for cells in (head, *rows)]
    widths = [max(cell_len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    excess = sum(widths) + 2 * (len(widths) - 1) + indent - width
    if excess > 0:
        widths[0] = max(widths[0] - excess, 8)
    lines: list[str] = []
    for number, cells in enumerate((head, *rows)):
        joined = "  ".join(
            pad(fit(cell, widths[column]), widths[column], right=column >= left) for column, cell in enumerate(cells)
        )
        line = " " * indent + joined.rstrip()
        lines.append(style(line, "dim") if number == 0 else line)
    return lines


def bar(share: float, width: int) -> str:
    """A bar as long as the share of the width; anything above nothing shows."""
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_BLOCKS[rest] if rest else "")


def percent(part: float, total: float) -> str:
    if not total:
        return "–"
    return f"{100 * part / total:.1f}%" if 0 < part / total < 0.1 else f"{100 * part / total:.0f}%"


def plural(count: int, word: str, plural_form: str = "") -> str:
    return f"{count:,} {word if count == 1 else plural_form or word + 's'}"


def wrapped(first: str, parts: Sequence[str], separator: str, width: int) -> list[str]:
    """Parts in lines of at most `width` columns, with the later lines indented like the first."""
    lines, line = [], first
    for number, part in enumerate(parts):
        piece = part + (separator.rstrip() if number < len(parts) - 1 else "")
        if len(line) + len(piece) > width and line != first:
            lines.append(line.rstrip())
            line = " " * len(first)
        line += piece + " "
    return [*lines, line.rstrip()]
