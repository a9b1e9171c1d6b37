"""One contact in full, before a change and after it, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.model.impact import ContactComparison, Pair, UpdatePair
from scenario_cli.model.project import Project
from scenario_cli.reports.diff.impact_document import pairs_grid, updates_grid
from scenario_cli.reports.document.parts import Document, Heading, Paragraph
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.text import plural
from scenario_cli.reports.why.text import why_text


def contact_document(contact: ContactComparison) -> Document:
    """The contact's messages and attribute changes, both sides next to each other."""
    blocks: Document = [Heading(2, f"Contact `{contact.contact_id}`", f"times in {contact.timezone}")]
    if contact.pairs:
        blocks += [_counted(contact.pairs, "message"), pairs_grid(contact.pairs, contact.timezone)]
    else:
        blocks.append(Paragraph("Receives nothing before or after the change."))
    if contact.updates:
        blocks.append(_counted(contact.updates, "change", " of attributes"))
        blocks.append(updates_grid(contact.updates, contact.timezone))
    return blocks


def _counted(pairs: Sequence[Pair | UpdatePair], noun: str, more: str = "") -> Paragraph:
    """The number of pairs that differ, in a sentence."""
    differing = sum(pair.difference != "same" for pair in pairs)
    if not differing:
        return Paragraph(f"No {noun}{more} differs.")
    return Paragraph(f"{differing:,} of {plural(len(pairs), noun)}{more} differ.")


def contact_text(contact: ContactComparison, before: Project, after: Project, color: bool, width: int) -> str:
    """The messages of both sides next to each other, then the story of each side as `scenario why` writes it."""
    parts = [document_text(contact_document(contact), color, width)]
    for title, story, project in (
        ("Before the change", contact.before, before),
        ("After the change", contact.after, after),
    ):
        parts.append(document_text([Heading(2, title)], color, width) + why_text(story, project, color, width))
    return "\n".join(parts)
