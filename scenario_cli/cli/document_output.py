"""A report in the format that was requested, loading nothing that the others need."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scenario_cli.cli.console import width

if TYPE_CHECKING:
    from scenario_cli.reports.document.parts import Document


def in_format(
    format_: str, colored: bool, document: Callable[[], Document], writers: Mapping[str, Callable[[], str]]
) -> str:
    """The report as text or Markdown from its document, or in another format by one of the `writers`."""
    if format_ in writers:
        return writers[format_]()
    if format_ == "markdown":
        from scenario_cli.reports.document.markdown import document_markdown

        return document_markdown(document())
    from scenario_cli.reports.document.text import document_text

    return document_text(document(), colored, width(sys.stdout))
