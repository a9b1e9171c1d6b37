"""The calendar of a relationship plan, or the agenda, as one HTML page that needs no other files."""

from __future__ import annotations

from scenario_cli.reports.document.page import document_page
from scenario_cli.reports.document.parts import Document, Heading


def calendar_page(document: Document, kind: str) -> str:
    """A page of a document that begins with the project's title; `kind` is the other half of the window's title."""
    title = document[0].text if isinstance(document[0], Heading) else kind
    return document_page(f"{title}: {kind}", document)
