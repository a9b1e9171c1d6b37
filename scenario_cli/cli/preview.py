"""`scenario preview`: the messages of a scenario or of one of its states, rendered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, width
from scenario_cli.cli.options import (
    Color,
    Contacts,
    ContactsMap,
    Events,
    From,
    Map,
    Output,
    ProjectDir,
    Quiet,
    Timezone,
    Until,
    choose,
    color,
    format_of,
    instant,
    load_sound,
)
from scenario_cli.cli.reading import export_options, refuse_without_log, span, staged_log

if TYPE_CHECKING:
    from scenario_cli.model.project import Project
    from scenario_cli.model.records import Asked
    from scenario_cli.model.scenario import Scenario

MADE_UP_ON = "2025-03-03T10:00"  # a Monday morning: any would do, and the same gives the same preview


def preview(
    name: Annotated[str, typer.Argument(metavar="SCENARIO[:STATE]", help="The scenario, or one state of it.")],
    project: ProjectDir = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="ID", help="As this contact of the log got them; made up if left out."),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option("--locale", metavar="LOCALE", help="As this locale gets them; all if left out."),
    ] = None,
    events: Events = None,
    contacts: Contacts = None,
    map_: Map = None,
    contacts_map: ContactsMap = None,
    timezone: Timezone = None,
    from_: From = None,
    until: Until = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="text or html; by the ending of --output if left out."),
    ] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Render a scenario's messages, as their readers see them."""
    chosen_format = format_of(format_, output, {"text": "", "html": ".html"})
    colored = color(color_) and output is None
    loaded = load_sound(project, quiet)
    model = loaded.project
    wanted, _, state = name.partition(":")
    (chosen,) = choose(loaded, [wanted])
    scenario = model.scenarios[chosen]
    states = _sending(scenario, state)
    if contact is None:
        refuse_without_log(
            "name the contact to look for with --contact ID",
            events=events, contacts=contacts, map_=map_, contacts_map=contacts_map, timezone=timezone, from_=from_,
            until=until,
        )  # fmt: skip

    from scenario_cli.hosts.previews import shown
    from scenario_cli.model.preview import Preview

    if contact is None:
        asked = _made_up(model, scenario)
        source = "for a contact made up from the tracking plan"
    else:
        options = export_options(model, events, contacts, map_, contacts_map, timezone)
        with staged_log(model, (chosen,), options, quiet) as staged:
            from scenario_cli.hosts.previews import asked_of_contact

            start, end = span(staged, from_, until, model.timezone)
            of_contact = asked_of_contact(model, chosen, staged, contact, start, end)
        if of_contact is None:
            raise Stop(f"the log knows no contact '{contact}'")
        asked = [(contact, one) for one in of_contact]
        source = f"for contact {contact}, with what the log knew of them at the time"
    messages = shown(model, scenario, [(who, one) for who, one in asked if one.state in states], locale)
    seen = {message.state for message in messages}
    result = Preview(
        project=model.title or model.name,
        scenario=scenario.name,
        title=scenario.title,
        source=source,
        messages=messages,
        missing=tuple(one for one in states if one not in seen),
        limits={
            one.name: {"max_length": one.max_length, "title_max": one.title_max} for one in model.channels.values()
        },
    )
    if not messages:
        raise Stop(f"nothing was asked for {source.removeprefix('for ').split(',')[0]} in {', '.join(states)}")
    if chosen_format == "html":
        from scenario_cli.reports.preview_page import preview_page

        emit(preview_page(result), output)
    else:
        from scenario_cli.reports.preview_text import preview_text

        emit(preview_text(result, colored, width(sys.stdout)), output)
    return 0


def _sending(scenario: Scenario, state: str) -> list[str]:
    """The states whose messages to show: the one that is named, else all that send something."""
    from scenario_cli.model.diagnostic import did_you_mean

    sending = [one.name for one in scenario.states.values() if one.send]
    if state and state not in scenario.states:
        raise Stop(
            f"scenario '{scenario.name}' has no state '{state}'", did_you_mean(state, sending, "states that send")
        )
    if state and state not in sending:
        raise Stop(f"state '{state}' sends nothing", did_you_mean(state, sending, "states that send"))
    if not sending:
        raise Stop(f"scenario '{scenario.name}' sends nothing")
    return [state] if state else sending


def _made_up(model: Project, scenario: Scenario) -> list[tuple[str, Asked]]:
    """What somebody made up would get in every state, whatever its conditions."""
    from scenario_cli.analysis.made_up import MADE_UP_CONTACT, made_up_profile, made_up_properties
    from scenario_cli.analysis.road import roads
    from scenario_cli.hosts.previews import asked_on_road

    profile = made_up_profile(model.plan, model.timezone)
    start = instant("", MADE_UP_ON, model.timezone) or 0
    return [
        (MADE_UP_CONTACT, one)
        for road in roads(scenario, model.plan)
        for one in asked_on_road(
            model, road.scenario, road.events, MADE_UP_CONTACT, profile,
            lambda event: made_up_properties(model.plan, event), start,
        )
    ]  # fmt: skip
