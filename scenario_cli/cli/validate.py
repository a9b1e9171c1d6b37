"""`scenario validate`: what is wrong with a project."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note, width
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, color, load, one_of
from scenario_cli.cli.watch import Watch, again_and_again
from scenario_cli.model.diagnostic import SEVERITIES, Diagnostic

FORMATS = ("full", "concise", "json")


def validate(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="A project, or files of it; all if left out.")
    ] = None,
    project: ProjectDir = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODE", help="Only these codes or categories; repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="Not these codes or categories; repeatable.")
    ] = None,
    fail_level: Annotated[
        str, typer.Option("--fail-level", metavar="LEVEL", help="Exit 1 from this severity on: error, warning or info.")
    ] = "error",
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="full, concise or json.")] = "full",
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
    watch: Watch = False,
) -> int:
    """Check scenarios: schema, references, flow and practice rules."""
    arguments = {**locals(), "watch": False}
    one_of("--format", format_, FORMATS)
    one_of("--fail-level", fail_level, SEVERITIES)
    colored = color(color_) and output is None
    if watch:
        return again_and_again(lambda: validate(**arguments), project, paths, output)
    loaded = load(project, paths, tests=True)
    found = _chosen(_below(loaded.found, paths or [], loaded.project.root), select or [], ignore or [])
    scenarios = len(loaded.project.scenarios)

    from scenario_cli.reports import findings

    match format_:
        case "json":
            emit(findings.findings_json(found, scenarios), output)
        case "concise":
            emit(findings.concise_text(found, colored), output)
        case _:
            emit(findings.full_text(found, loaded.sources, colored, width(sys.stdout)), output)
    if format_ != "json":
        note(("\n" if found and format_ == "full" else "") + findings.totals(found, scenarios, False).rstrip(), quiet)
    failing = SEVERITIES[: SEVERITIES.index(one_of("--fail-level", fail_level, SEVERITIES)) + 1]
    return 1 if any(finding.severity in failing for finding in found) else 0


def _below(found: Sequence[Diagnostic], paths: Sequence[str], root: str) -> list[Diagnostic]:
    """The findings in the files that were named; all where the project itself, or nothing, was."""
    wanted = [Path(path).resolve() for path in paths]
    for given, path in zip(paths, wanted, strict=True):
        if not path.exists():
            raise Stop(f"'{given}' does not exist")
    if not wanted or Path(root).resolve() in wanted:
        return list(found)
    places = {finding.span.file: Path(finding.span.file).resolve() for finding in found}
    return [finding for finding in found if any(places[finding.span.file].is_relative_to(path) for path in wanted)]


def _chosen(found: Sequence[Diagnostic], select: Sequence[str], ignore: Sequence[str]) -> list[Diagnostic]:
    for code in (*select, *ignore):
        if not code.rstrip("0123456789").isupper():
            raise Stop(
                f"'{code}' is no code", "write a category (REF) or a code (REF001); 'scenario rules' lists rules"
            )
    return [
        finding
        for finding in found
        if (not select or finding.code.startswith(tuple(select))) and not finding.code.startswith(tuple(ignore))
    ]
