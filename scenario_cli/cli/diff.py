"""`scenario diff`: what changed between two versions of the project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, width
from scenario_cli.cli.diff_sides import both_sides, cases_between, changes_between
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, color, format_of

if TYPE_CHECKING:
    from scenario_cli.model.difference import Difference

FORMATS = {"text": "", "json": ".json", "markdown": ".md", "html": ".html"}


def diff(
    old: Annotated[
        str | None, typer.Argument(metavar="[OLD]", help="A revision of git, or a folder; HEAD if left out.")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; the files as they are saved if left out.")
    ] = None,
    project: ProjectDir = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 where anything changes in meaning.")] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help=f"{', '.join(FORMATS)}; by the ending of --output if left out."),
    ] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """What changed between two versions of the project: in meaning, not in text; and what the tests say to it."""
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    check_writable(output)
    with both_sides(old, new, project) as (before, after):
        from scenario_cli.model.difference import Difference

        changes = changes_between(before, after)
        cases = cases_between(before, after, changes.touched)
        tested = cases if changes or cases else None
        difference = Difference(after.project.name, before.side, after.side, changes, tested)
    emit(_rendered(difference, chosen_format, colored), output)
    return 1 if exit_code and difference.changes else 0


def _rendered(difference: Difference, format_: str, colored: bool) -> str:
    match format_:
        case "json":
            from scenario_cli.reports.diff.json import diff_json

            return diff_json(difference)
        case "markdown":
            from scenario_cli.reports.diff.markdown import diff_markdown

            return diff_markdown(difference)
        case "html":
            from scenario_cli.reports.diff.page import diff_page

            return diff_page(difference)
    from scenario_cli.reports.diff.text import diff_text

    return diff_text(difference, colored, width(sys.stdout))
