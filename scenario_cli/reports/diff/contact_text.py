"""One contact in full, before a change and after it, for a terminal."""

from __future__ import annotations

from scenario_cli.model.impact import ContactComparison
from scenario_cli.model.project import Project
from scenario_cli.reports.diff.impact_document import pairs_grid
from scenario_cli.reports.document.parts import Document, Heading, Paragraph
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.text import plural
from scenario_cli.reports.why.text import why_text


def contact_document(contact: ContactComparison) -> Document:
    """The contact's messages on both sides, beside each other."""
    differing = sum(pair.difference != "same" for pair in contact.pairs)
    if not contact.pairs:
        return [Heading(2, f"Contact `{contact.contact_id}`"), Paragraph("Hears nothing on either side.")]
    words = f"{differing:,} of {plural(len(contact.pairs), 'message')} differ" if differing else "No message differs"
    return [
        Heading(2, f"Contact `{contact.contact_id}`", f"times in {contact.timezone}"),
        Paragraph(f"{words}."),
        pairs_grid(contact.pairs, contact.timezone),
    ]


def contact_text(contact: ContactComparison, before: Project, after: Project, color: bool, width: int) -> str:
    """The messages of both sides beside each other, then the story of each side as `scenario why` writes it."""
    parts = [document_text(contact_document(contact), color, width)]
    for title, story, project in (
        ("Before the change", contact.before, before),
        ("After the change", contact.after, after),
    ):
        parts.append(document_text([Heading(2, title)], color, width) + why_text(story, project, color, width))
    return "\n".join(parts)
