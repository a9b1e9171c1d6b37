"""A table as every page shows it: columns, rows of cells with links and bars, totals. Writes no HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a cell: a text, which can be a link or code; `before` is plain text in front of it."""

    text: str | Markup
    href: str = ""
    code: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Pieces of text, each on its own line, or one after the other if they are `listed`.

    `sort` is the sort key of the column if it is not the text; `share` (0 to 100) is drawn as a bar in place of a text.
    """

    parts: tuple[Text, ...] = ()
    sort: float | None = None
    share: float | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A `whole` one breaks no line within a cell: dates, short names."""

    name: str
    number: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`side` marks a row outside the main line of the table, for the reason `why`. Links lead to its `id`."""

    cells: tuple[Cell, ...]
    side: bool = False
    why: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`label` is the title of the content. `total` is a last row, which stays the last. Rows that can be sorted are
    marked by `sorts`.
    """

    label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    sorts: bool = False


CellContent = str | Text | Cell | int | Sequence["str | Text"]


def cell(content: CellContent) -> Cell:
    """A cell of a text, a number (sorted as one), or several pieces; nothing for an empty text."""
    match content:
        case Cell():
            return content
        case int():
            return Cell((Text(f"{content:,}"),), sort=content)
        case Text():
            return Cell((content,))
        case str():
            return Cell((Text(content),)) if content else Cell()
    return Cell(tuple(part if isinstance(part, Text) else Text(part) for part in content))


def listed(parts: Iterable[Text], otherwise: str = "") -> Cell:
    """Names one after the other; other words if there are none."""
    texts = tuple(parts)
    return Cell(texts, listed=True) if texts else cell(otherwise)


def row(*contents: CellContent, side: bool = False, why: str = "", id: str = "") -> Row:
    return Row(tuple(map(cell, contents)), side, why, id)
