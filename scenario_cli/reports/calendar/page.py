"""The calendar of a relationship plan, or what is on the agenda, as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.parts import Document
from scenario_cli.reports.html_page import html_page


def calendar_page(project: str, kind: str, document: Document) -> str:
    """A page of a document; `kind` names it beside the project in the window's title."""
    return html_page("scenario_cli.reports.calendar", project=project, kind=kind, body=document_html(document))
