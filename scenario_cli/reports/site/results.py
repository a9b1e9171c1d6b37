"""The page of what scenarios achieve over the log, as `scenario results` says it."""

from __future__ import annotations

from scenario_cli.model.results_report import Results
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.results.document import results_document
from scenario_cli.reports.site.addresses import RESULTS
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links


def results_page(content: Content, results: Results) -> str:
    return site_page(
        Links(content, RESULTS), "results", "Results", body_of_results=document_html(results_document(results))
    )
