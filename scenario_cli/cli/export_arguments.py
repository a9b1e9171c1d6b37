"""Options for the place of an export and its format: declared once, for every command that reads an export."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer


@dataclass(frozen=True, slots=True)
class ExportArguments:
    """The options as they were given; None, or False, if one was left out."""

    events: Annotated[
        list[str] | None,
        typer.Option(
            "--events", metavar="PATH",
            help=(
                "Event export: a file, a folder, a glob, or - for standard input; repeatable. CSV, TSV, JSONL, "
                "JSON, Parquet, also compressed with gzip, zstd or zip."
            ),
        ),
    ] = None  # fmt: skip
    contacts: Annotated[
        list[str] | None, typer.Option("--contacts", metavar="PATH", help="Contacts table: CSV, JSONL or Parquet.")
    ] = None
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OURS=THEIRS",
            help=(

                    "Name the columns, such as contact_id=user,event=type. A value in single quotes is the "
                    "same for every row: event='order_completed'."

            ),
        ),
    ] = None  # fmt: skip
    contacts_map: Annotated[
        list[str] | None,
        typer.Option("--contacts-map", metavar="OURS=THEIRS", help="Name the columns of the contacts table."),
    ] = None
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone", metavar="ZONE", help="Time zone of timestamps that have none. Default: that of the project."
        ),
    ] = None
    query: Annotated[
        str | None,
        typer.Option(
            "--query", metavar="SQL",
            help="Query for the database in --events. Without --events the query names files itself.",
        ),
    ] = None  # fmt: skip
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="TOOL",
            help=(
                "The tool that wrote the export, such as segment or amplitude. Default: detected if certain. "
                "generic: read by column names."
            ),
        ),
    ] = None  # fmt: skip
    identity: Annotated[
        str | None,
        typer.Option(
            "--identity", metavar="RULE",
            help=(
                "Assign rows with only an anonymous id: forward (default) to the contact already linked to it; "
                "backward also before the link; off to nobody."
            ),
        ),
    ] = None  # fmt: skip
    dedupe: Annotated[bool, typer.Option("--dedupe", help="Skip rows that are identical to an earlier row.")] = False
    date_format: Annotated[
        list[str] | None,
        typer.Option(
            "--date-format", metavar="[FIELD=]FORMAT",
            help="Format of dates: day-first, month-first or a pattern such as %d/%m/%y, for all fields or one.",
        ),
    ] = None  # fmt: skip
    decimal: Annotated[
        list[str] | None,
        typer.Option(
            "--decimal", metavar="[FIELD=]MARK",
            help="Decimal mark: comma or point, if the export leaves it open, for all fields or one.",
        ),
    ] = None  # fmt: skip
    group: Annotated[
        str | None,
        typer.Option(
            "--group", metavar="COLUMN",
            help=(
                "Make one event of all rows with the same value in this column, such as an order id. The rows "
                "become its 'items'."
            ),
        ),
    ] = None  # fmt: skip
    keep_ids: Annotated[bool, typer.Option("--keep-ids", help="Treat ids such as 'guest' or 'N/A' as contacts.")] = (
        False
    )
    allow_outside: Annotated[
        bool,
        typer.Option(
            "--allow-outside",
            help="Allow 'exports' in project.yaml to name files outside its folder, databases and URLs.",
        ),
    ] = False
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="Write the rows that could not be used: .csv or .jsonl."),
    ] = None


NO_ARGUMENTS = ExportArguments()


def takes_export(command: Callable[..., int]) -> Callable[..., int]:
    """The command with an option for each field of `ExportArguments` in the place of its parameter `export`.

    Typer reads a command's signature, so the wrapper's signature lists every option.
    """
    names = [field.name for field in fields(ExportArguments)]
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        parameters += _export_parameters() if parameter.name == "export" else [parameter]

    @wraps(command)
    def expanded(**arguments: Any) -> int:
        export = ExportArguments(**{name: arguments.pop(name) for name in names})
        return command(**arguments, export=export)

    expanded.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return expanded


def _export_parameters() -> list[inspect.Parameter]:
    types = get_type_hints(ExportArguments, include_extras=True)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter(field.name, kind, default=field.default, annotation=types[field.name])
        for field in fields(ExportArguments)
    ]
