"""The figures about customers as one HTML page that needs no other files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from scenario_cli.model.insights_results import Insights
from scenario_cli.reports.document.html import document_html
from scenario_cli.reports.document.page import document_page
from scenario_cli.reports.document.parts import Block, Document, Drawing, Grid
from scenario_cli.reports.insights.document import insights_document, title

_NARROW = 7  # columns of a table that has room next to a drawing


def insights_page(insights: Insights) -> str:
    return document_page(title(insights), insights_document(insights), _section)


def _section(blocks: Document) -> Markup:
    return Markup("\n").join(_side_by_side(blocks))


def _side_by_side(blocks: Iterable[Block]) -> Iterator[Markup]:
    """The blocks, each drawing together with the table that follows it, if that is narrow."""
    drawing: Block | None = None
    for block in blocks:
        if drawing is not None and isinstance(block, Grid) and len(block.head) <= _NARROW:
            yield Markup('<div class="pair">{}</div>').format(document_html([drawing, block]))
            drawing = None
            continue
        if drawing is not None:
            yield document_html([drawing])
        drawing = block if isinstance(block, Drawing) else None
        if drawing is None:
            yield document_html([block])
    if drawing is not None:
        yield document_html([drawing])
