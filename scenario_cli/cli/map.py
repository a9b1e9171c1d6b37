"""`scenario map`: the project as a relationship plan."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, width
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, color, format_of, load_sound

FORMATS = {"text": "", "markdown": ".md", "html": ".html"}


def map_(
    project: ProjectDir = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help=f"Format: {', '.join(FORMATS)}. Default: by the ending of --output."
        ),
    ] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Show all scenarios as one relationship plan.

    Examples:
      scenario map
      scenario map --output plan.md
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    loaded = load_sound(project, quiet)

    from scenario_cli.analysis.relationship_plan import relationship_plan

    plan = relationship_plan(loaded.project)
    if chosen_format == "html":
        from scenario_cli.reports.relationship_plan.page import map_page

        emit(map_page(plan), output)
        return 0

    from scenario_cli.reports.relationship_plan.document import map_document

    document = map_document(plan)
    if chosen_format == "markdown":
        from scenario_cli.reports.document.markdown import document_markdown

        emit(document_markdown(document), output)
    else:
        from scenario_cli.reports.document.text import document_text

        emit(document_text(document, colored, width(sys.stdout)), output)
    return 0
