"""What is known of customers as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from itertools import groupby

from scenario_cli.model.insights_results import Insights
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.parts import Block, Heading
from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.insights.document import insights_document, title


def insights_page(insights: Insights) -> str:
    section = 0

    def number(block: Block) -> int:
        nonlocal section
        section += isinstance(block, Heading) and block.level == 2
        return section

    parts = [document_html(list(blocks)) for _, blocks in groupby(insights_document(insights), number)]
    return html_page("scenario_cli.reports.insights", title=title(insights), head=parts[0], sections=parts[1:])
