"""The look of `--help`: a summary, examples, and the options under headings.

The first paragraph of a command's docstring is its summary, its `Examples:` are the rest. An option that means the
same in every command is under the same heading everywhere; the others are the command's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from scenario_cli.cli.written_files import written_files

EXAMPLES = "Examples:"
OWN = "Options"

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Event log and contacts": (
        "--events", "--contacts", "--map", "--contacts-map", "--timezone", "--query", "--source", "--identity",
        "--dedupe", "--date-format", "--decimal", "--group", "--keep-ids", "--allow-outside", "--rejects",
    ),
    "Period": ("--from", "--until", "--as-of", "--horizon"),
    "Output": ("--format", "--output", "--out", "--color", "--show-data", "--quiet"),
    "General": ("--project", "--workers", "--help"),
}  # fmt: skip
_HEADING_OF = {option: heading for heading, options in _HEADINGS.items() for option in options}


def summary(document: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(document or "").partition("\n\n")[0].split())


def examples(document: str | None) -> list[str]:
    """The command lines under `Examples:` of a docstring."""
    lines = inspect.cleandoc(document or "").partition(EXAMPLES)[2].splitlines()
    return [line.strip() for line in lines if line.strip()]


def heading(options: Iterable[str]) -> str:
    """The heading that an option with these names is under."""
    return next((_HEADING_OF[name] for name in options if name in _HEADING_OF), OWN)


class Command(TyperCommand):
    """A command with examples and with its options under headings. Its results replace nothing that it reads."""

    def invoke(self, ctx: Any) -> Any:
        with written_files(ctx.params):
            return super().invoke(ctx)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        _write_text(self.help, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _write_options(self.get_params(ctx), ctx, formatter)


class Group(TyperGroup):
    """A group of commands, each listed with its whole summary. It can be a command itself."""

    def invoke(self, ctx: Any) -> Any:
        with written_files(ctx.params):
            return super().invoke(ctx)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        _write_text(self.help, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_commands("Commands", {name: command.help for name, command in self.commands.items()}, formatter)
        _write_options(self.get_params(ctx), ctx, formatter)


def group(document: str, **settings: Any) -> typer.Typer:
    """A group of commands; `document` is its summary with its examples, as a command's docstring."""
    return typer.Typer(
        cls=Group, help=inspect.cleandoc(document), add_completion=False, rich_markup_mode=None, **settings
    )


def write_commands(title: str, documents: Mapping[str, str | None], formatter: Any, column: int = 0) -> None:
    """Lists commands by name, each with its full summary; `column` is the width of the longest name."""
    rows = [(name.ljust(column), summary(document).removesuffix(".")) for name, document in documents.items()]
    with formatter.section(title):
        formatter.write_dl(rows)


def _write_text(document: str | None, formatter: Any) -> None:
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(summary(document))
    if lines := examples(document):
        with formatter.section(EXAMPLES.removesuffix(":")):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def _write_options(parameters: Iterable[Any], ctx: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], OWN: [], **{title: [] for title in _HEADINGS}}
    for parameter in parameters:
        if (record := parameter.get_help_record(ctx)) is not None:
            argument = parameter.param_type_name == "argument"
            sections["Arguments" if argument else heading(parameter.opts)].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)
