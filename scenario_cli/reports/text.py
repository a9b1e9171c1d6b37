"""The parts of every terminal report: styled words, display width, tables, bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from scenario_cli.model.plain_text import STYLE_END, STYLE_MARKS, plain_line, printable

_BLOCKS = " ▏▎▍▌▋▊▉█"


class Style:
    """Marks words to be written in colour, or leaves them plain; `lines_text` writes the colours.

    Escape sequences in somebody's data are told from ours by this.
    """

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *names: str) -> str:
        if not self.color or not text or not names:
            return text
        return f"{''.join(STYLE_MARKS[name] for name in names)}{text}{STYLE_END}"


def lines_text(lines: Iterable[str]) -> str:
    """The lines of a report as a text, whatever stands in them harmless for a terminal and a CI log."""
    return "".join(f"{plain_line(line)}\n" for line in lines)


def fit(text: str, width: int) -> str:
    """The text cut to a width in columns, an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def wrap(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """The text in lines of at most so many columns, broken at spaces where there are any; no line for no text."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.strip().split(" "):
        if not word:  # of a wider gap
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
    """A long word in pieces, the first of so many columns, the others of `width`."""
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
    """Lines of a table whose first `left` columns are texts and the others numbers, the first column giving
    way where the terminal is narrow."""
    head, *rows = [[printable(cell) for cell in cells] for cells in (head, *rows)]
    widths = [max(cell_len(line[place]) for line in (head, *rows)) for place in range(len(head))]
    over = sum(widths) + 2 * (len(widths) - 1) + indent - width
    if over > 0:
        widths[0] = max(widths[0] - over, 8)
    lines: list[str] = []
    for number, cells in enumerate((head, *rows)):
        written = "  ".join(
            pad(fit(cell, widths[place]), widths[place], right=place >= left) for place, cell in enumerate(cells)
        )
        line = " " * indent + written.rstrip()
        lines.append(style(line, "dim") if number == 0 else line)
    return lines


def bar(share: float, width: int) -> str:
    """A bar as long as the share of the width; anything above nothing shows."""
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_BLOCKS[rest] if rest else "")


def percent(part: float, whole: float) -> str:
    if not whole:
        return "–"
    return f"{100 * part / whole:.1f}%" if 0 < part / whole < 0.1 else f"{100 * part / whole:.0f}%"


def plural(count: int, word: str, more: str = "") -> str:
    return f"{count:,} {word if count == 1 else more or word + 's'}"


def wrapped(first: str, parts: Sequence[str], between: str, width: int) -> list[str]:
    """Parts in lines no wider than the width, later lines indented as the first."""
    lines, line = [], first
    for number, part in enumerate(parts):
        piece = part + (between.rstrip() if number < len(parts) - 1 else "")
        if len(line) + len(piece) > width and line != first:
            lines.append(line.rstrip())
            line = " " * len(first)
        line += piece + " "
    return [*lines, line.rstrip()]
