"""The running journeys for which a change means something."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.model.under_way import UnderWay
from scenario_cli.reports.document.parts import Document, Heading, Paragraph
from scenario_cli.reports.run.under_way import under_way_block
from scenario_cli.reports.text import plural

_NOTHING = "Nothing changes for the running journeys."


def under_way_document(under_way: Sequence[UnderWay]) -> Document:
    """The heading, the next steps if some journeys are stranded, and the journeys by scenario and state."""
    document: Document = [Heading(2, "Running journeys")]
    stranded = sum(each.journeys for each in under_way if each.fate in ("stranded", "missing"))
    if stranded:
        document.append(Paragraph(f"{plural(stranded, 'journey')} could not continue: the next run would stop."))
    return [*document, under_way_block(under_way, _NOTHING)]
