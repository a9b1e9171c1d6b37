"""A document as Markdown, as GitHub, GitLab and most wikis and mail programs read it."""

from __future__ import annotations

import re

from scenario_cli.model.plain_text import plain_line, printable
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

_CODE = re.compile(r"(`[^`]*`)")
_TICKS = re.compile("`{2,}")  # these would begin a piece of code that other ticks end
_BLOCK = re.compile(r"\A(\d*)(#|[-+](?= )|=|[.)](?= ))")  # a heading or a list, at the beginning of a line
_SPECIAL = re.compile(r"([\\*\[\]~])|(?<!\w)(_)|(_)(?!\w)")


def document_markdown(document: Document) -> str:
    parts = ["\n".join(map(plain_line, _block(block))) for block in document]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Heading():
            note = f" · {markdown_text(block.note)}" if block.note else ""
            return [f"{'#' * block.level} {markdown_text(block.text)}{note}"]
        case Paragraph():
            return [markdown_text(block.text)]
        case Bullets():
            return [f"- {markdown_text(item)}" for item in block.items]
        case Facts():
            return [line for word, parts in block.pairs for line in _fact(word, parts)]
        case Grid():
            return _grid(block)
        case Drawing():
            return []


def _fact(word: str, parts: tuple[str, ...]) -> list[str]:
    if len(parts) == 1:
        return [f"- **{markdown_text(word)}**: {markdown_text(parts[0])}"]
    return [f"- **{markdown_text(word)}**:", *(f"  - {markdown_text(part)}" for part in parts)]


def _grid(grid: Grid) -> list[str]:
    rules = ["---:" if column in grid.numbers else "---" for column in range(len(grid.head))]
    lines = [_row([markdown_text(name) for name in grid.head]), _row(rules)]
    return [*lines, *(_row([_cell(cell) for cell in row]) for row in grid.rows)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(parts: tuple[str, ...]) -> str:
    """A bar ends a cell even inside code."""
    return "<br>".join(markdown_text(part).replace("|", r"\|") for part in parts) or NOTHING


def markdown_text(text: str) -> str:
    """A text whose characters have no special meaning; text between backticks is code already."""
    text = _TICKS.sub("`", printable(" ".join(text.split())))
    escaped = "".join(part if part.startswith("`") else _escaped(part) for part in _CODE.split(text))
    return _BLOCK.sub(r"\1\\\2", escaped)


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", r"\`")
