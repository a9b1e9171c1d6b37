"""A document as HTML for the body of a page. Knows no page and no style."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

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

_CODE = re.compile(r"`([^`]*)`")


def document_html(document: Document) -> Markup:
    return Markup("\n").join(_block(block) for block in document)


def _block(block: Block) -> Markup:
    match block:
        case Heading():
            note = Markup(" <small>{}</small>").format(text_html(block.note)) if block.note else Markup()
            return Markup("<h{0}>{1}{2}</h{0}>").format(block.level, text_html(block.text), note)
        case Paragraph():
            return Markup("<p>{}</p>").format(text_html(block.text))
        case Bullets():
            return Markup("<ul>{}</ul>").format(_each("<li>{}</li>", block.items))
        case Facts():
            pairs = [Markup("<dt>{}</dt>{}").format(text_html(word), _each("<dd>{}</dd>", parts))
                     for word, parts in block.pairs]  # fmt: skip
            return Markup("<dl>{}</dl>").format(Markup().join(pairs))
        case Grid():
            return _grid(block)
        case Drawing():
            return Markup("<figure><figcaption>{}</figcaption>{}</figure>").format(
                text_html(block.title), Markup(block.svg)
            )


def _grid(grid: Grid) -> Markup:
    numbers = grid.numbers
    head = Markup().join(
        Markup('<th scope="col" class="number">{}</th>' if column in numbers else '<th scope="col">{}</th>').format(
            text_html(name)
        )
        for column, name in enumerate(grid.head)
    )
    rows = [
        Markup("<tr>{}</tr>").format(
            Markup().join(
                _cell(label, parts, column in numbers)
                for column, (label, parts) in enumerate(zip(grid.head, cells, strict=True))
            )
        )
        for cells in grid.rows
    ]
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, Markup().join(rows))


def _cell(label: str, parts: tuple[str, ...], is_number: bool) -> Markup:
    """A cell; a page shows its label if a screen is too narrow for columns."""
    content = Markup("<br>").join(map(text_html, parts)) if parts else NOTHING
    kind = Markup(' class="number"') if is_number else Markup()
    return Markup('<td{} data-label="{}"><span>{}</span></td>').format(kind, label.replace("`", ""), content)


def _each(form: str, texts: tuple[str, ...]) -> Markup:
    return Markup().join(Markup(form).format(text_html(text)) for text in texts)


def text_html(text: str) -> Markup:
    """A text with its code, marked by backticks, as code."""
    parts = _CODE.split(printable(" ".join(text.split())))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )
