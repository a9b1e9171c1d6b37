"""`scenario why`: one contact's story from a log: what happened to it and why, and why not."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, width
from scenario_cli.cli.options import (
    AllowOutside,
    Color,
    Contacts,
    ContactsMap,
    DateFormat,
    Dedupe,
    Events,
    From,
    Group,
    IdentityRule,
    KeepIds,
    Map,
    Output,
    ProjectDir,
    Query,
    Quiet,
    Rejects,
    ScenarioNames,
    ShowData,
    Source,
    Timezone,
    Until,
    choose,
    color,
    load_sound,
    one_of,
)
from scenario_cli.cli.reading import export_options, span, staged_log


def why(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id, as the export has it.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to tell of; the live and draft ones if left out."),
    ] = None,
    scenario: ScenarioNames = None,
    project: ProjectDir = None,
    events: Events = None,
    contacts: Contacts = None,
    map_: Map = None,
    contacts_map: ContactsMap = None,
    timezone: Timezone = None,
    query: Query = None,
    source: Source = None,
    identity: IdentityRule = None,
    dedupe: Dedupe = False,
    date_format: DateFormat = None,
    group: Group = None,
    keep_ids: KeepIds = False,
    allow_outside: AllowOutside = False,
    rejects: Rejects = None,
    from_: From = None,
    until: Until = None,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Tell what happened to a contact of a log, and why, and why not."""
    one_of("--format", format_, ("text", "json"))
    colored = color(color_) and output is None
    loaded = load_sound(project, quiet)
    model = loaded.project
    named = [*(names or []), *(scenario or [])]
    chosen = choose(loaded, named)
    idle = () if named else tuple(name for name in model.scenarios if name not in chosen)
    options = export_options(
        model, events, contacts, map_, contacts_map, timezone,
        query=query, source=source, identity=identity, dedupe=dedupe, rejects=rejects,
        date_format=date_format, group=group, keep_ids=keep_ids, allow_outside=allow_outside,
    )  # fmt: skip

    from scenario_cli.hosts.why import story_of
    from scenario_cli.reports.why.json import why_json
    from scenario_cli.reports.why.masked import masked_story
    from scenario_cli.reports.why.text import why_text

    with staged_log(model, chosen, options, quiet, contact=contact) as staged:
        start, end = span(staged, from_, until, model.timezone)
        story = story_of(model, chosen, staged, contact, start, end, idle)
    story = story if show_data else masked_story(story)
    if format_ == "json":
        emit(why_json(story, model), output)
    else:
        emit(why_text(story, model, colored, width(sys.stdout)), output)
    return 0
