"""The results of scenarios as one HTML page that needs no other files."""

from __future__ import annotations

from scenario_cli.model.results_report import Results
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.results.document import results_document


def results_page(results: Results) -> str:
    return html_page(
        "scenario_cli.reports.results", project=results.project, body=document_html(results_document(results))
    )
