"""The calendar of a relationship plan, or the agenda, as one HTML page that needs no other files."""

from __future__ import annotations

from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.parts import Document, Heading
from scenario_cli.reports.html_page import html_page


def calendar_page(document: Document, kind: str) -> str:
    """A page of a document that begins with the project's title; `kind` is the other half of the window's title."""
    title = document[0].text if isinstance(document[0], Heading) else kind
    return html_page("scenario_cli.reports.calendar", project=title, kind=kind, body=document_html(document))
