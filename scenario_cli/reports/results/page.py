"""The results of scenarios as one HTML page that needs no other files."""

from __future__ import annotations

from scenario_cli.model.results_report import Results
from scenario_cli.reports.document.page import document_page
from scenario_cli.reports.results.document import results_document


def results_page(results: Results) -> str:
    return document_page(f"{results.project}: results", results_document(results))
