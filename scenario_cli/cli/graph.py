"""`scenario graph`: a scenario's state machine as a picture."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    From,
    Only,
    Output,
    ProjectDir,
    Quiet,
    Until,
    Workers,
    choose,
    color,
    format_of,
    format_option,
    load_sound,
    running,
)
from scenario_cli.cli.reading import (
    check_times,
    check_workers,
    export_options,
    number_of_workers,
    read_log,
    refuse_without_log,
    span,
)

if TYPE_CHECKING:
    from scenario_cli.analysis.picture import Picture

FORMATS = {"text": "", "mermaid": ".mmd", "dot": ".dot", "svg": ".svg", "json": ".json"}


@takes_export
def graph(
    name: Annotated[str, typer.Argument(metavar="SCENARIO", help="The scenario.")],
    project: ProjectDir = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="Count the contacts on each path, over the project's log.")
    ] = False,
    only: Only = False,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    workers: Workers = None,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Draw a scenario, with the number of contacts on each path.

    Examples:
      scenario graph cart_abandonment
      scenario graph cart_abandonment --counts --output cart.svg
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    check_times(from_=from_, until=until)
    check_workers(workers)
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    (chosen,) = choose(loaded, [name])

    from scenario_cli.analysis.picture import counted, picture

    drawing = picture(model.scenarios[chosen])
    if not (export.events or export.query or counts):
        refuse_without_log(
            "add --events PATH, or --counts for the project's log",
            export,
            only=only,
            from_=from_,
            until=until,
            workers=workers,
        )
    else:
        options = export_options(model, export)

        from scenario_cli.hosts.concerned import concerned_log
        from scenario_cli.hosts.replay import Replay, replay
        from scenario_cli.reports.exports.log import day

        run_too = running(loaded, (chosen,), only)
        with read_log(model, run_too, options, quiet, rows=False) as staged:
            start, end = span(staged, from_, until, model.timezone)
            job = Replay(model, run_too, start, end, staged.report.first, edges=True, selected=(chosen,))
            log = concerned_log(model, run_too, staged, start, end)
            processes = number_of_workers(workers, log.rows)
            with progress_bar(quiet) as progress:
                summary = replay(job, log, processes, None, progress)
        since = day(start if start is not None else staged.report.first, model.timezone)
        note = f"contacts from {since} to {day(end, model.timezone)}"
        drawing = counted(drawing, summary.contacts_by_edge, summary.times_by_edge, note)
    emit(_rendered(drawing, chosen_format, colored), output)
    return 0


def _rendered(drawing: Picture, format_: str, colored: bool) -> str:
    match format_:
        case "mermaid":
            from scenario_cli.reports.graph.mermaid import graph_mermaid

            return graph_mermaid(drawing)
        case "dot":
            from scenario_cli.reports.graph.dot import graph_dot

            return graph_dot(drawing)
        case "svg":
            from scenario_cli.reports.graph.svg import NoRenderer, graph_svg

            try:
                return graph_svg(drawing)
            except NoRenderer as error:
                raise Stop(str(error), "install Graphviz, or write --format dot and draw it elsewhere") from None
        case "json":
            from scenario_cli.reports.graph.json import graph_json

            return graph_json(drawing)
    from scenario_cli.reports.graph.text import graph_text

    return graph_text(drawing, colored, width(sys.stdout))
