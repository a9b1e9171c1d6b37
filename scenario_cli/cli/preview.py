"""`scenario preview`: the messages of a scenario or of one of its states, rendered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    From,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    Until,
    choose,
    color,
    format_of,
    load,
    refuse_broken,
)
from scenario_cli.cli.reading import check_times, export_options, read_log, refuse_without_log, span

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.project import Project
    from scenario_cli.model.records import Asked
    from scenario_cli.model.scenario import Scenario

    AskedOf = tuple[str, Asked]  # a contact's id, and what was asked for


@takes_export
def preview(
    name: Annotated[str, typer.Argument(metavar="SCENARIO[:STATE]", help="The scenario, or one of its states.")],
    project: ProjectDir = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="ID", help="Render for this contact of the log. Default: made-up values."),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="TEXT", help="Render for the contact of this test case."),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option("--locale", metavar="LOCALE", help="Render in this locale. Default: all."),
    ] = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Format: text or html. Default: by the ending of --output."),
    ] = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Render the messages of a scenario as readers see them.

    Examples:
      scenario preview cart_abandonment
      scenario preview cart_abandonment:reminder --locale fr --output reminder.html
    """
    chosen_format = format_of(format_, output, {"text": "", "html": ".html"})
    colored = color(color_) and output is None
    check_times(from_=from_, until=until)
    if contact is not None and case is not None:
        raise Stop("--contact and --case cannot be combined", "leave one of them out")
    loaded = load(project, tests=case is not None, allow_outside=export.allow_outside)
    refuse_broken(loaded, quiet)
    scenario_name, _, state = name.partition(":")
    (chosen,) = choose(loaded, [scenario_name])
    scenario = loaded.project.scenarios[chosen]
    states = _sending(scenario, state)
    if contact is None:
        refuse_without_log(
            "name the contact to look for with --contact ID",
            export,
            from_=from_,
            until=until,
            show_data=show_data,
        )

    from scenario_cli.hosts.previews import SAMPLE, preview_of, sample_messages, stage_of

    stage = stage_of(loaded.project)
    if contact is not None:
        options = export_options(loaded.project, export)
        audience, requests = _of_contact(loaded.project, scenario, contact, options, from_, until, quiet)
    elif case is not None:
        audience, requests = _of_case(loaded, scenario, case)
    else:
        audience, requests = SAMPLE, sample_messages(stage, scenario)
    requests = [(contact_id, message) for contact_id, message in requests if message.state in states]
    result = preview_of(stage, scenario, audience, requests, states, locale)
    if not result.messages:
        raise Stop(f"{', '.join(states)} sent nothing {audience.split(',')[0]}")
    if locale is not None:
        _tell_of_strange_locale(loaded.project, scenario, locale, quiet)
    mask = contact is not None and not show_data  # nobody real stands in a test or is made up
    if chosen_format == "html":
        from scenario_cli.reports.preview.page import preview_page

        emit(preview_page(result, mask), output)
    else:
        from scenario_cli.reports.preview.text import preview_text

        emit(preview_text(result, colored, width(sys.stdout), mask), output)
    return 0


def _tell_of_strange_locale(model: Project, scenario: Scenario, locale: str, quiet: bool) -> None:
    """Says that nothing of a scenario is written in a language: its readers get the texts in another."""
    names = {message.template.text for message in scenario.messages}
    locales = {template.locale or model.locale for template in model.templates if template.name in names}
    if not {locale, locale.partition("-")[0]} & locales:
        note(
            (
                f"no template is in '{locale}' (there is: {', '.join(sorted(locales))}); contacts with this "
                "locale receive the following"
            ),
            quiet,
        )


def _sending(scenario: Scenario, state: str) -> list[str]:
    """The states whose messages to show: the one that is named, else all that send something."""
    from scenario_cli.model.diagnostic import did_you_mean

    sending = [state_.name for state_ in scenario.states.values() if state_.sendings]
    if state and state not in scenario.states:
        raise Stop(
            f"scenario '{scenario.name}' has no state '{state}'", did_you_mean(state, sending, "states that send")
        )
    if state and state not in sending:
        raise Stop(f"state '{state}' sends nothing", did_you_mean(state, sending, "states that send"))
    if not sending:
        raise Stop(f"scenario '{scenario.name}' sends nothing")
    return [state] if state else sending


def _of_contact(
    model: Project,
    scenario: Scenario,
    contact: str,
    options: ExportOptions,
    from_: str | None,
    until: str | None,
    quiet: bool,
) -> tuple[str, list[AskedOf]]:
    """The messages of a contact of a log."""
    from scenario_cli.hosts.previews import asked_of_contact
    from scenario_cli.reports.masking import masked_id

    with read_log(model, (scenario.name,), options, quiet) as staged:
        start, end = span(staged, from_, until, model.timezone)
        requests = asked_of_contact(model, scenario.name, staged, contact, start, end)
    if requests is None:
        raise Stop(f"contact '{masked_id(contact)}' is not in the log")
    return f"for contact {contact}, with the data of the log at that time", [(contact, request) for request in requests]


def _of_case(loaded: Loaded, scenario: Scenario, text: str) -> tuple[str, list[AskedOf]]:
    """The messages of the contact of the only test case whose name contains this text."""
    from scenario_cli.hosts.scenario_tests import Stage, play
    from scenario_cli.model.diagnostic import did_you_mean

    cases = [
        (file, case)
        for file in loaded.tests
        if file.scenarios is None or scenario.name in file.scenarios
        for case in file.cases
    ]
    matches = [pair for pair in cases if pair[1].name == text]
    matches = matches or [pair for pair in cases if text.casefold() in pair[1].name.casefold()]
    names = [case.name for _, case in (matches or cases)]
    if not names:
        raise Stop(f"scenario '{scenario.name}' has no test cases")
    if len(matches) != 1:
        fault = f"{len(matches)} test cases have" if matches else "no test case has"
        raise Stop(f"{fault} '{text}' in their name" if matches else f"{fault} '{text}' in its name",
                   did_you_mean(text, names, "cases"))  # fmt: skip
    file, case = matches[0]
    run = play(Stage(loaded.project), file, case)
    requests = [
        (case.contact_id, message.request) for message in run.messages if message.request.scenario == scenario.name
    ]
    return f"for test case '{case.name}'", requests
