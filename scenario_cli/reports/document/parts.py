"""A report for a terminal or for Markdown: headings, paragraphs, facts, tables. Writes neither.

In its texts `backticks` mark names and code; Markdown keeps them, a terminal leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the document's title; `note` is next to the heading, less prominent."""

    level: int
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Words, each with its description in one part or several."""

    pairs: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. A cell of several parts has each on its own line; a cell without parts is shown as `NOTHING`.

    The columns in `numbers`, counted from 0, are set to the right.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG, which a page shows under its title. A text and Markdown leave it out, so it has no facts that
    are missing from the tables.
    """

    title: str
    svg: str


Block = Heading | Paragraph | Facts | Bullets | Grid | Drawing
Document = list[Block]


def facts(*pairs: tuple[str, str | tuple[str, ...]]) -> Facts:
    """Facts, without those that have no content."""
    present = [(word, (content,) if isinstance(content, str) else content) for word, content in pairs if content]
    return Facts(tuple((word, parts) for word, parts in present))


def row(*cells: str | tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(((cell,) if cell else ()) if isinstance(cell, str) else cell for cell in cells)
