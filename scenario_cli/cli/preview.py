"""`scenario preview`: the messages of a scenario or of one of its states, rendered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, cannot_write, emit, note, rewrite, width
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
    from scenario_cli.model.preview import Preview
    from scenario_cli.model.project import Project
    from scenario_cli.model.records import Asked
    from scenario_cli.model.scenario import Scenario

    AskedOf = tuple[str, Asked]  # a contact's id, and the requested message


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
    eml: Annotated[
        Path | None,
        typer.Option("--eml", metavar="DIR", help="Write the e-mails there, as files that a mail program opens."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Show the messages in the browser.")] = False,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Render the messages of a scenario as readers see them.

    Examples:
      scenario preview cart_abandonment
      scenario preview cart_abandonment --eml mails
      scenario preview cart_abandonment:reminder --locale fr --output reminder.html
    """
    chosen_format = format_of(format_, output, {"text": "", "html": ".html"})
    if open_ and chosen_format == "text" and (format_ is not None or output is not None):
        raise Stop("--open shows a page, but the format is text", "leave --format out, or write --output FILE.html")
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
        _note_missing_locale(loaded.project, scenario, locale, quiet)
    mask = contact is not None and not show_data  # contacts of tests and made-up contacts are not real
    if eml is not None:
        _write_mails(eml, result, mask, loaded.project.locale, quiet)
        if not open_:
            return 0
    if open_:
        from scenario_cli.reports.preview.page import preview_page

        _show_page(preview_page(result, mask), output, scenario.name, quiet)
        return 0
    if chosen_format == "html":
        from scenario_cli.reports.preview.page import preview_page

        emit(preview_page(result, mask), output)
    else:
        from scenario_cli.reports.preview.text import preview_text

        emit(preview_text(result, colored, width(sys.stdout), mask), output)
    return 0


def _write_mails(folder: Path, preview: Preview, mask: bool, locale: str, quiet: bool) -> None:
    """Writes each e-mail as a file of its own, replacing a file of the same name."""
    from scenario_cli.hosts.preview_mails import mails
    from scenario_cli.reports.masking import masked_message

    messages = [masked_message(message) if mask else message for message in preview.messages]
    written = dict(mails(messages, preview.project, locale))
    if not written:
        raise Stop("none of these messages is an e-mail that can be rendered", "see them all without --eml")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    for name, content in written.items():
        rewrite(folder / name, content)
    emit("".join(f"wrote {folder / name}\n" for name in written), None)
    note("open one with your mail program; nothing was sent", quiet)


def _show_page(page: str, output: Path | None, scenario: str, quiet: bool) -> None:
    """Shows a page in the browser, from the file of `--output` or a temporary one, which stays for the browser."""
    import tempfile
    import webbrowser

    path = output
    if path is None:
        with tempfile.NamedTemporaryFile(prefix=f"scenario-{scenario}-", suffix=".html", delete=False) as file:
            path = Path(file.name)
    emit(page, path)
    opened = webbrowser.open(path.absolute().as_uri())
    note(f"wrote {path}" if opened else f"no browser could be opened; the page is {path}", quiet)


def _note_missing_locale(model: Project, scenario: Scenario, locale: str, quiet: bool) -> None:
    """Notes that a scenario has no text in a language, so its recipients get the texts in another."""
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
    """The states whose messages to show: the named state, else all that send a message."""
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
    from scenario_cli.hosts.previews import requested_of_contact
    from scenario_cli.reports.masking import masked_id

    with read_log(model, (scenario.name,), options, quiet) as staged:
        start, end = span(staged, from_, until, model.timezone)
        requests = requested_of_contact(model, scenario.name, staged, contact, start, end)
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
