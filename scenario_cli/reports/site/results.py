"""The page of scenario results over the log, in the words of `scenario results`."""

from __future__ import annotations

import re

from markupsafe import Markup

from scenario_cli.model.results_report import Results
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.page import sections
from scenario_cli.reports.results.document import results_document
from scenario_cli.reports.site.addresses import RESULTS
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links

# The cell of a table of results that names a scenario.
_NAMED = re.compile(r'(?<=data-label="scenario"><span>)<code>(\w+)</code>')


def results_page(content: Content, results: Results) -> str:
    links = Links(content, RESULTS)

    def linked(name: re.Match[str]) -> str:
        href = links.scenario(name[1]).href
        return f'<a href="{href}">{name[0]}</a>' if href else name[0]

    head, *parts = sections(results_document(results))
    linked_parts = [Markup(_NAMED.sub(linked, document_html(part))) for part in parts]
    return site_page(links, "results", "Results", head=document_html(head), sections=linked_parts)
