"""`scenario why`: one contact's story from a log: which messages it got and why, and why not."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, note, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    TEXT_OR_JSON,
    Color,
    From,
    Only,
    Output,
    ProjectDir,
    Quiet,
    ScenarioNames,
    ShowData,
    TextOrJson,
    Until,
    choose,
    color,
    format_of,
    load_sound,
    running,
)
from scenario_cli.cli.reading import check_times, export_options, read_log, span


@takes_export
def why(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The id of the contact, as in the export.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to explain. Default: all that are live or draft."),
    ] = None,
    scenario: ScenarioNames = None,
    only: Only = False,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also show what led to nothing: events without effect, refused entries.")
    ] = False,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Explain one contact of a log: messages sent, and not sent.

    Examples:
      scenario why c0305
      scenario why c0305 cart_abandonment --from 2025-01-01
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None
    check_times(from_=from_, until=until)
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    requested = [*(names or []), *(scenario or [])]
    chosen = choose(loaded, requested)
    run_too = running(loaded, chosen, only, bool(requested))
    idle = () if requested else tuple(name for name in model.scenarios if name not in chosen)
    options = export_options(model, export)

    from scenario_cli.hosts.why import story_of
    from scenario_cli.reports.dry_run.facts import alone
    from scenario_cli.reports.why.json import why_json
    from scenario_cli.reports.why.masked import masked_story
    from scenario_cli.reports.why.text import ShownParts, why_text

    with read_log(model, run_too, options, quiet, contact=contact) as staged:
        start, end = span(staged, from_, until, model.timezone)
        story = story_of(model, run_too, staged, contact, start, end, idle, chosen)
    story = story if show_data else masked_story(story)
    if chosen_format == "json":
        emit(why_json(story, model), output)
    else:
        emit(why_text(story, model, colored, width(sys.stdout), ShownParts(all_, frozenset(requested))), output)
    if left_out := len(running(loaded, chosen)) - len(run_too):
        note(alone(left_out), quiet)
    return 0
