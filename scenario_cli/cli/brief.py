"""`scenario brief`: the data that data people must provide, and the texts that writers must write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import emit
from scenario_cli.cli.document_output import in_format
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    choose,
    color,
    format_of,
    format_option,
    load,
    one_of,
    refuse_broken,
)

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.diagnostic import Diagnostic
    from scenario_cli.reports.document.parts import Document

FORMATS = {"text": "", "markdown": ".md"}


def brief(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="The scenarios. Default: all that are live or draft."),
    ] = None,
    project: ProjectDir = None,
    for_: Annotated[
        str, typer.Option("--for", metavar="READERS", help="Who reads the brief: both, data or writers.")
    ] = "both",
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """List the data and the texts that others must provide.

    Examples:
      scenario brief --for data
      scenario brief cart_abandonment --for writers --output texts.md
    """
    chosen_format = format_of(format_, output, FORMATS)
    readers = one_of("--for", for_, ("both", "data", "writers"))
    colored = color(color_) and output is None
    loaded = load(project)
    refuse_broken(replace(loaded, findings=_besides_texts(loaded)), quiet)
    document = _document(loaded, choose(loaded, names or []), readers)
    emit(in_format(chosen_format, colored, lambda: document, {}), output)
    return 0


def _besides_texts(loaded: Loaded) -> list[Diagnostic]:
    """The findings without those about texts: a brief is for those who are still to write them."""
    return [
        finding
        for finding in loaded.findings
        if finding.code != "REF007"
        and not finding.code.startswith("MSG")
        and finding.span.file.endswith((".yaml", ".yml"))
    ]


def _document(loaded: Loaded, chosen: tuple[str, ...], readers: str) -> Document:
    from scenario_cli.language.templates.variables import template_variables
    from scenario_cli.reports.document.parts import Heading, Paragraph
    from scenario_cli.reports.text import plural

    model = loaded.project
    scenarios = [model.scenarios[name] for name in chosen]
    variables = template_variables(model)
    titles = ", ".join(scenario.title or scenario.name for scenario in scenarios)
    document: Document = [
        Heading(1, model.title or model.name, "brief"),
        Paragraph(f"{plural(len(scenarios), 'scenario')}: {titles}"),
    ]
    if readers in ("both", "data"):
        from scenario_cli.analysis.data_needs import data_needs, policy_needs
        from scenario_cli.analysis.readings import under_policy
        from scenario_cli.reports.brief.data import brief_data

        concerned = any(under_policy(scenario, model) for scenario in scenarios)
        needs = [data_needs(scenario, model, variables, policy=False) for scenario in scenarios]
        document += brief_data(needs, policy_needs(model) if concerned else None)
    if readers in ("both", "writers"):
        from scenario_cli.analysis.writing_needs import profile_variables, writing_needs
        from scenario_cli.reports.brief.writing import brief_writing

        writing = [writing_needs(scenario, model, variables) for scenario in scenarios]
        document += brief_writing(writing, profile_variables(model))
    return document
