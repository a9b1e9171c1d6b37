"""Options that say where an export lies and how to read it: declared once, for every command that reads one."""

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
    """The options as they were given; None, or False, where one was left out."""

    events: Annotated[
        list[str] | None,
        typer.Option(
            "--events", metavar="PATH",
            help="Event export: a file, a folder, a glob, or - for standard input; repeatable. "
            "CSV, TSV, JSONL, JSON, Parquet, plain or compressed with gzip, zstd or zip.",
        ),
    ] = None  # fmt: skip
    contacts: Annotated[
        list[str] | None, typer.Option("--contacts", metavar="PATH", help="Contacts table: CSV, JSONL or Parquet.")
    ] = None
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OURS=THEIRS",
            help="How the export names its columns: contact_id=user_id,event=event_type,timestamp=event_time. "
            "A value in single quotes is the same for every row: event='order_completed'.",
        ),
    ] = None  # fmt: skip
    contacts_map: Annotated[
        list[str] | None,
        typer.Option("--contacts-map", metavar="OURS=THEIRS", help="The same for the contacts table."),
    ] = None
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="Zone of timestamps without one; the project's if left out."),
    ] = None
    query: Annotated[
        str | None,
        typer.Option(
            "--query", metavar="SQL",
            help="What to ask the database that --events names; without --events the query names files itself.",
        ),
    ] = None  # fmt: skip
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="TOOL",
            help="The tool that the events come from, such as segment or amplitude; found out where it is "
            "unmistakable. generic: read by the columns' names.",
        ),
    ] = None  # fmt: skip
    identity: Annotated[
        str | None,
        typer.Option(
            "--identity", metavar="RULE",
            help="Whose rows with an anonymous id alone are: forward (if left out), of the contact it was linked to by "
            "then; backward, also before; off, nobody's.",
        ),
    ] = None  # fmt: skip
    dedupe: Annotated[
        bool, typer.Option("--dedupe", help="Leave out rows that are in full the same as an earlier one.")
    ] = False
    date_format: Annotated[
        list[str] | None,
        typer.Option(
            "--date-format", metavar="[FIELD=]FORMAT",
            help="How dates are written: day-first, month-first or a pattern such as %d/%m/%y; also of one field.",
        ),
    ] = None  # fmt: skip
    decimal: Annotated[
        list[str] | None,
        typer.Option(
            "--decimal", metavar="[FIELD=]MARK",
            help="The decimal mark of numbers, comma or point, where the export does not settle it; also of one field.",
        ),
    ] = None  # fmt: skip
    group: Annotated[
        str | None,
        typer.Option(
            "--group", metavar="COLUMN",
            help="One event for all rows with the same value there, such as an order's id; its lines are 'items'.",
        ),
    ] = None  # fmt: skip
    keep_ids: Annotated[
        bool, typer.Option("--keep-ids", help="Take ids such as 'guest' or 'N/A' for contacts instead of nobody.")
    ] = False
    allow_outside: Annotated[
        bool,
        typer.Option(
            "--allow-outside",
            help="Let 'exports' of project.yaml name files outside its folder, databases and addresses.",
        ),
    ] = False
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="Write every row that could not be used: .csv or .jsonl."),
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
