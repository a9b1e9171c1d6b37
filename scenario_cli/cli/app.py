"""The commands of the tool, as Typer knows them, and the errors of a command line that does not fit them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import typer
from typer.main import get_command

from scenario_cli.cli.commands import Commands
from scenario_cli.cli.console import notes
from scenario_cli.model.plain_text import printable

# Typer carries a copy of click from 0.26 on and asks for click itself before that; its own public names have the right
# exceptions in both cases.
_UsageError: Any = typer.BadParameter.__mro__[1]
_ClickException: Any = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="scenario",
    cls=Commands,
    help="Write CRM journeys as YAML, review them in pull requests, and test them before anyone gets a message.",
    no_args_is_help=True,
    add_completion=False,
    # Rich's tracebacks show local variables, which here are customers' data.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(requested: bool) -> None:
    if requested:
        from scenario_cli.cli.version import version_line

        print(version_line())
        raise typer.Exit


@app.callback()
def root(
    show_version: bool = typer.Option(
        False,
        "--version",
        callback=_version,
        is_eager=True,
        help="Print the version, and whether the engine is compiled.",
    ),
) -> None:
    """CRM scenarios as code."""


@cache
def commands() -> Callable[..., object]:
    """Made once, because several command lines can run in one process."""
    return get_command(app)


def execute(arguments: list[str]) -> int:
    """Runs one command line; returns the exit code that the command gives it. Errors of the command are raised."""
    try:
        code = commands()(arguments, standalone_mode=False, prog_name="scenario")
        return code if isinstance(code, int) else 0
    except typer.Exit as error:
        return error.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _UsageError as error:
        error.message = printable(error.message or "")
        error.show(sys.stderr)
        return 2
    except _ClickException as error:
        notes([f"scenario: {error.format_message()}"])
        return 2
