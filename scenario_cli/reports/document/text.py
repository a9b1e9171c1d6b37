"""A document in a terminal: texts wrapped, tables as wide as there is room, or row by row if there is not enough."""

from __future__ import annotations

from rich.cells import cell_len

from scenario_cli.model.plain_text import printable
from scenario_cli.reports.document.parts import (
    NOTHING,
    Block,
    Bullets,
    Document,
    Drawing,
    Facts,
    Grid,
    Heading,
    Paragraph,
)
from scenario_cli.reports.text import Style, lines_text, pad, wrap

_WIDEST = 120
_NARROWEST = 12  # columns in which a sentence can still be read
_INDENT = "  "
_RULES = {2: "━", 3: "─"}  # under headings of these levels


def document_text(document: Document, color: bool, width: int) -> str:
    style, width = Style(color), min(width, _WIDEST)
    lines: list[str] = []
    before: Block | None = None
    for block in document:
        if isinstance(block, Drawing):
            continue
        if before is not None and not (isinstance(before, Heading) and not isinstance(block, Heading)):
            lines.append("")
        lines += _block(block, style, width)
        before = block
    return lines_text(lines)


def _block(block: Block, style: Style, width: int) -> list[str]:
    match block:
        case Heading():
            return _heading(block, style, width)
        case Paragraph():
            return wrap(_text(block.text), width)
        case Bullets():
            return [line for item in block.items for line in wrap(_text(item), width, "- ", "  ")]
        case Facts():
            return _facts(block.pairs, style, width)
        case Grid():
            return _grid(block, style, width)
        case Drawing():
            return []


def _heading(block: Heading, style: Style, width: int) -> list[str]:
    text, note = _text(block.text), _text(block.note)
    lines = [style(line, "bold") for line in wrap(text, width)]
    if note and len(lines) == 1 and cell_len(text) + 2 + cell_len(note) <= width:
        lines[0] += style(f"  {note}", "dim")
    elif note:
        lines += [style(line, "dim") for line in wrap(note, width)]
    if block.level in _RULES:
        lines.append(style(_RULES[block.level] * min(cell_len(text), width), "dim"))
    return lines


def _facts(pairs: tuple[tuple[str, tuple[str, ...]], ...], style: Style, width: int) -> list[str]:
    """Words in a column with their content next to them, or below if there is little room."""
    wide = max((cell_len(word) for word, _ in pairs), default=0)
    side_by_side = width - wide - 2 * len(_INDENT) >= _NARROWEST
    later = " " * (wide + 2 * len(_INDENT)) if side_by_side else 2 * _INDENT
    lines: list[str] = []
    for word, parts in pairs:
        content: list[str] = []
        for part in parts:
            content += wrap(_text(part), width, later, later + _INDENT if len(parts) > 1 else later)
        label = f"{_INDENT}{style(pad(word, wide) if side_by_side else word, 'dim')}"
        lines += (
            [f"{label}{_INDENT}{content[0].removeprefix(later)}", *content[1:]] if side_by_side else [label, *content]
        )
    return lines


def _grid(grid: Grid, style: Style, width: int) -> list[str]:
    rows = [[[_text(part) for part in cell] or [NOTHING] for cell in row] for row in grid.rows]
    heads = [_text(head) for head in grid.head]
    columns = [[head, *(part for row in rows for part in row[index])] for index, head in enumerate(heads)]
    widths = _widths(columns, width - len(_INDENT) - 2 * (len(columns) - 1))
    if widths is None:
        return _row_by_row(grid, style, width)
    lines = [style(line, "dim") for line in _line([[head] for head in heads], widths, grid.numbers)]
    return lines + [line for row in rows for line in _line(row, widths, grid.numbers)]


def _line(cells: list[list[str]], widths: list[int], numbers: frozenset[int]) -> list[str]:
    """One row, as many lines as its fullest cell takes."""
    wrapped = [
        [line for part in cell for line in wrap(part, wide)] or [""] for cell, wide in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    lines = [[cell[number] if number < len(cell) else "" for cell in wrapped] for number in range(height)]
    return [
        _INDENT
        + "  ".join(
            pad(part, wide, right=column in numbers)
            for column, (part, wide) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _widths(columns: list[list[str]], room: int) -> list[int] | None:
    """The widths of the columns; the widest shrinks first. None if even the longest words do not fit."""
    widths = [max(map(cell_len, column)) for column in columns]
    minimums = [max(cell_len(word) for text in column for word in text.split() or [""]) for column in columns]
    if sum(minimums) > room:
        return None
    while sum(widths) > room:
        slack = [wide - low for wide, low in zip(widths, minimums, strict=True)]
        widest = max((index for index in range(len(widths)) if slack[index]), key=lambda index: widths[index])
        widths[widest] -= 1
    return widths


def _row_by_row(grid: Grid, style: Style, width: int) -> list[str]:
    lines: list[str] = []
    for row in grid.rows:
        lines += wrap(_text(", ".join(row[0]) or NOTHING), width, _INDENT, _INDENT)
        pairs = tuple((_text(head), cell or (NOTHING,)) for head, cell in zip(grid.head[1:], row[1:], strict=True))
        lines += [f"{_INDENT}{line}" for line in _facts(pairs, style, width - len(_INDENT))]
    return lines


def _text(text: str) -> str:
    return printable(" ".join(text.replace("`", "").split()))
