"""`scenario events`: the content of an export, a tracking plan made from it, and its comparison with the plan."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenario_cli.cli.console import Stop, emit, note, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.help import Command, group
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    color,
    format_of,
    format_option,
    load_sound,
    project_if_any,
)
from scenario_cli.cli.reading import export_options, inspected
from scenario_cli.model.plain_text import printable

if TYPE_CHECKING:
    from scenario_cli.analysis.tracking_plan.infer import InferredPlan
    from scenario_cli.language.edit.plan_merge import Merged

FORMATS = {"text": "", "json": ".json", "yaml": ".yaml"}
_PLAN_FORMATS = {"yaml": ".yaml", "text": "", "json": ".json"}
_COMMENT = 110  # columns

Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH...]", help="The export, as with --events. Default: that of the project."),
]

app = group(
    """
    Inspect an event export, infer a tracking plan, or check one.

    Examples:
      scenario events inspect export.csv --map contact_id=user
      scenario events check
    """,
    no_args_is_help=True,
)


@app.command("inspect", cls=Command)
@takes_export
def inspect(
    paths: Paths = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    show_data: ShowData = False,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Show what an export contains; needs no project.

    Examples:
      scenario events inspect export.csv --map contact_id=user
      scenario events inspect --format json --output export.json
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    model = project_if_any(project, export.allow_outside)
    options = export_options(model, replace(export, events=_all_paths(paths, export.events)))
    broadcast = [name for name, event in model.plan.events.items() if event.broadcast]
    inspection = inspected(options, quiet, broadcast=broadcast)

    from scenario_cli.reports.exports.inspection import inspection_text, inspection_values

    if chosen_format == "text":
        emit(inspection_text(inspection, colored, width(sys.stdout), show_data), output)
    else:
        emit(_as_text(inspection_values(inspection, show_data), chosen_format), output)
    return 0


@app.command("check", cls=Command)
@takes_export
def check(
    paths: Paths = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance",
            metavar="PERCENT",
            min=0,
            max=100,
            help="Accept this share of rows without a required property or with a wrong value. Default: 1.",
        ),
    ] = 1.0,
    fall: Annotated[
        float,
        typer.Option(
            "--fall",
            metavar="PERCENT",
            min=1,
            max=100,
            help="Accept this fall of the last 7 days against the days before. Default: 50.",
        ),
    ] = 50.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Also fail on events and properties that no scenario uses.")
    ] = False,
    show_data: ShowData = False,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Check an export against the tracking plan.

    Examples:
      scenario events check
      scenario events check --strict --format json
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    if not model.plan.events:
        raise Stop("the project has no tracking plan", "make one from an export with 'scenario events infer'")
    options = export_options(model, replace(export, events=_all_paths(paths, export.events)))
    declared = {
        name: {key: declared_property.type for key, declared_property in event.properties.items()}
        for name, event in model.plan.events.items()
    }
    attributes = {name: attribute.type for name, attribute in model.plan.profile.items()}
    broadcast = [name for name, event in model.plan.events.items() if event.broadcast]
    inspection = inspected(options, quiet, declared, attributes, broadcast)

    from scenario_cli.analysis.tracking_plan.check import Limits, check_plan
    from scenario_cli.language.templates.variables import template_reads
    from scenario_cli.reports.exports.plan_check import NOT_COMPARED, check_text, check_values

    limits = Limits(tolerance / 100, fall / 100)
    breaches = check_plan(model, inspection, limits, template_reads(model))
    if chosen_format == "text":
        emit(check_text(breaches, inspection, colored, width(sys.stdout), show_data), output)
        if inspection.windows is None:
            note(f"not compared: {NOT_COMPARED}", quiet)
    else:
        emit(_as_text(check_values(breaches, inspection, model.name, show_data), chosen_format), output)
    return 1 if any(strict or not breach.note for breach in breaches) else 0


@app.command("infer", cls=Command)
@takes_export
def infer(
    paths: Paths = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Add new entries to the project's events.yaml. Existing entries stay unchanged."),
    ] = False,
    show_data: ShowData = False,
    format_: Annotated[str | None, format_option(_PLAN_FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Write a tracking plan from an export.

    Examples:
      scenario events infer export.csv --map contact_id=user
      scenario events infer --merge --output events.new.yaml
    """
    chosen_format = format_of(format_, output, _PLAN_FORMATS)
    colored = color(color_) and output is None
    model = project_if_any(project, export.allow_outside)
    options = export_options(model, replace(export, events=_all_paths(paths, export.events)))
    plan_file = _plan_file(model.root) if merge else None
    from scenario_cli.analysis.tracking_plan.infer import InferredPlan, infer_plan

    if plan_file is not None:
        _merged(plan_file, InferredPlan())  # a file that cannot be added to is reported before the export is read
    broadcast = [name for name, event in model.plan.events.items() if event.broadcast]
    inspection = inspected(options, quiet, broadcast=broadcast)
    if not inspection.events:
        raise Stop("the export has no usable events", "see its content with 'scenario events inspect'")

    from scenario_cli.reports.exports.withheld import is_shown, shown_name

    def shown_value(name: str, value: str) -> str | None:
        return value if show_data or is_shown(name, value) else None

    def is_declared(name: str) -> bool:
        return show_data or shown_name(name) == name

    profile_events = [name for name, event in model.plan.events.items() if event.profile]
    plan = infer_plan(inspection, shown_value, profile_events, broadcast, is_declared)
    if plan_file is not None:
        merged = _merged(plan_file, plan)
        emit(merged.text, output or plan_file)
        _report_merge(merged, output or plan_file, quiet)
        return 0

    from scenario_cli.reports.exports.inferred_plan import inferred_text, inferred_values

    if chosen_format == "text":
        emit(inferred_text(plan, inspection, colored, width(sys.stdout)), output)
    elif chosen_format == "json":
        emit(_as_text(inferred_values(plan, inspection), "json"), output)
    else:
        from scenario_cli.language.edit.plan_text import plan_text

        emit(plan_text(plan, _head(inspection.rows, inspection.files)), output)
    return 0


def _all_paths(paths: list[str] | None, events: list[str] | None) -> list[str] | None:
    return [*(paths or []), *(events or [])] or None


def _as_text(values: dict[str, Any], format_: str) -> str:
    from scenario_cli.cli.yaml_text import yaml_text
    from scenario_cli.reports.json_text import json_text

    return json_text(values) if format_ == "json" else yaml_text(values)


def _head(rows: int, files: tuple[str, ...]) -> str:
    names = ", ".join(printable(Path(file).name) for file in files[:3])
    names += f" and {len(files) - 3} more" if len(files) > 3 else ""
    text = (
        f"Inferred from {rows:,} rows of {names}. An export shows what happened, not what is intended: "
        "add descriptions, check what is required, and remove what no scenario needs."
    )
    return "\n".join(wrap(text, _COMMENT, break_on_hyphens=False, break_long_words=False))


def _plan_file(root: str) -> Path:
    if not root:
        raise Stop("--merge adds to the events.yaml of a project, but there is no project here",
                   "give it with --project DIR, or leave --merge out and write to a file with --output")  # fmt: skip
    path = Path(root) / "events.yaml"
    if not path.is_file():
        raise Stop(f"{path} does not exist", f"write a new file with --output {path}, without --merge")
    return path


def _merged(file: Path, plan: InferredPlan) -> Merged:
    from scenario_cli.language.edit.plan_merge import CannotMerge, merge_plan
    from scenario_cli.language.find import shown_path

    name = shown_path(file)
    try:
        # Unchanged, with its line ends.
        return merge_plan(file.read_bytes().decode("utf-8"), plan, name)
    except UnicodeDecodeError:
        raise Stop(f"{name} is not UTF-8", "save it as UTF-8") from None
    except CannotMerge as error:
        first = error.findings[0] if error.findings else None
        fault = f"{first.span.file}:{first.span.line}: {first.message}" if first else None
        raise Stop(f"cannot add to {name}: {error}", fault) from None


def _report_merge(merged: Merged, file: Path, quiet: bool) -> None:
    from scenario_cli.language.find import shown_path

    if not merged.added:
        note(f"{shown_path(file)}: the export has nothing new", quiet)
    else:
        note(f"{shown_path(file)}: added {', '.join(merged.added)}", quiet)
    for line in merged.differences:
        note(f"unchanged: {line}", quiet)
