"""`scenario import`: journeys of another tool as scenarios, with a report on the result for each of their parts."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.changes import refuse_to_overwrite, try_out, write
from scenario_cli.cli.console import Stop, emit, notes
from scenario_cli.cli.document_output import in_format
from scenario_cli.cli.options import Color, Output, Quiet, color, format_of, format_option, one_of, refuse_broken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario_cli.model.case_run import CaseRun

FORMATS = {"text": "", "json": ".json", "markdown": ".md"}


def import_(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="tdx, klaviyo, mautic or dittofeed.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The tool's exports.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The new project's folder.")] = Path("scenarios"),
    timezone: Annotated[
        str, typer.Option("--timezone", metavar="ZONE", help="The project's time zone, such as Europe/Paris.")
    ] = "UTC",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over files that are there.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Report only; write no project.")] = False,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Turn the journeys of other tools into scenarios.

    Examples:
        scenario import tdx journey.yml --out winback
        scenario import klaviyo flow.json --check --format markdown
    """
    from scenario_cli.importing.assemble import assemble
    from scenario_cli.importing.formats import FORMATS as TOOLS
    from scenario_cli.importing.json_nodes import Damaged
    from scenario_cli.importing.naming import slug
    from scenario_cli.importing.read import read_import
    from scenario_cli.reports.imported import import_document, import_json

    one_of("TOOL", tool, tuple(TOOLS))
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    _check_zone(timezone)
    root = Path(os.path.abspath(out))  # noqa: PTH100  (links stay as they are)
    if root.exists() and not root.is_dir():
        raise Stop(f"'{out}' is not a folder")
    try:
        imported = read_import(tool, files)
    except Damaged as error:
        finding = error.finding
        place = f"{finding.span.file}:{finding.span.line}:{finding.span.column}"
        raise Stop(f"{place}: {finding.message}", finding.hint) from None
    name = slug(root.parent.name if root.name == "scenarios" else root.name, "project")
    assembled = assemble(imported, tool, name, timezone, files, str(out), _runs)
    if not check:
        if overwrite:
            try_out(root, assembled.changes)
        else:
            refuse_to_overwrite(root, assembled.changes, "name another folder with --out, or use --overwrite")
        write(root, assembled.changes, overwrite)
    report = assembled.report
    document, json_text = partial(import_document, report), partial(import_json, report)
    emit(in_format(chosen_format, colored, document, {"json": json_text}), output)
    if not check:
        notes(["", f"Next: scenario validate --project {out}, scenario test --project {out}"], quiet)
    return 0


def _check_zone(timezone: str) -> None:
    from scenario_cli.language.zones import known_zone, zone_hint

    if not known_zone(timezone):
        raise Stop(f"--timezone '{timezone}' is not a time zone", zone_hint(timezone))


def _runs(texts: Mapping[str, str]) -> dict[str, list[CaseRun]]:
    """The runs of the cases by test file, before anything is written."""
    from scenario_cli.hosts.scenario_tests import Stage, play
    from scenario_cli.language.files import Memory
    from scenario_cli.language.project import load_files

    files = Memory({path: text.encode() for path, text in texts.items()}, Path())
    loaded = load_files(files, tests=True, errors_only=True)
    refuse_broken(loaded, quiet=True)
    stage = Stage(loaded.project)
    return {file.file: [play(stage, file, case) for case in file.cases] for file in loaded.tests}
