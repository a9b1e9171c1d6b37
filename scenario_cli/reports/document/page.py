"""A document as one HTML page that needs no other files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from markupsafe import Markup

from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.parts import Block, Document, Facts, Heading, Paragraph
from scenario_cli.reports.html_page import html_page


def document_page(title: str, document: Document, html: Callable[[Document], Markup] = document_html) -> str:
    """A page with a section for each part of a document; `title` is the window's. `html` lays out a section."""
    head, *parts = sections(document)
    return html_page(
        "scenario_cli.reports.document", title=title, head=document_html(head), sections=[html(part) for part in parts]
    )


def sections(document: Document) -> list[Document]:
    """The title with what describes the whole, then each part, which begins with a heading of level 2."""
    head = list(takewhile(_is_about_whole, document))
    parts: list[Document] = [head]
    for block in document[len(head) :]:
        if len(parts) == 1 or (isinstance(block, Heading) and block.level == 2):
            parts.append([])
        parts[-1].append(block)
    return parts


def _is_about_whole(block: Block) -> bool:
    return isinstance(block, Paragraph | Facts) or (isinstance(block, Heading) and block.level == 1)
