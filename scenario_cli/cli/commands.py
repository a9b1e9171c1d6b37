"""The commands by name, each made when it is requested.

To import all of them and to calculate their options takes as long as to import Typer.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from scenario_cli.cli.help import Command, write_commands

# By task, in the order of `scenario --help`: each with the module of this package that holds it, and its name there.
_GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Start": {
        "init": ("init", "init"),
        "new": ("new", "new"),
        "completion": ("completion", "completion"),
        "import": ("import_", "import_"),
    },
    "Write": {
        "validate": ("validate", "validate"),
        "rules": ("rules", "rules"),
        "fmt": ("fmt", "fmt"),
        "test": ("test", "test"),
        "graph": ("graph", "graph"),
        "preview": ("preview", "preview"),
        "schema": ("schema", "schema"),
        "lsp": ("lsp", "lsp"),
    },
    "Replay an event log": {
        "dry-run": ("dry_run", "dry_run"),
        "why": ("why", "why"),
        "plan": ("plan", "plan"),
        "audience": ("audience", "audience"),
        "results": ("results", "results"),
        "insights": ("insights", "insights"),
    },
    "Review": {
        "diff": ("diff", "diff"),
        "map": ("map", "map_"),
        "brief": ("brief", "brief"),
        "docs": ("docs", "docs"),
    },
    "Event exports": {
        "events": ("events", "app"),
    },
    "Run live": {
        "run": ("run", "run"),
        "deliver": ("deliver", "deliver"),
        "state": ("state", "app"),
    },
}
_COMMANDS = {name: place for group in _GROUPS.values() for name, place in group.items()}
_COLUMN = max(map(len, _COMMANDS))


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _LazyCommands()  # type: ignore[assignment]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands by task with the summaries of their docstrings; makes none of them."""
        for title, names in _GROUPS.items():
            write_commands(title, {name: _help(_function_or_group(name)) for name in names}, formatter, _COLUMN)


class _LazyCommands(Mapping[str, Any]):
    """The commands as Typer makes them out of functions and groups, made when they are looked up."""

    def __getitem__(self, name: str) -> Any:
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


@cache
def _command(name: str) -> Any:
    group = _function_or_group(name)
    if not isinstance(group, typer.Typer):
        function = group
        group = typer.Typer(add_completion=False, rich_markup_mode=None)
        group.command(name, cls=Command)(function)
    command = get_command(group)
    command.name = name
    return command


def _function_or_group(name: str) -> Any:
    """The function or the group of that name; raises `KeyError` if there is none."""
    module, attribute = _COMMANDS[name]
    return getattr(import_module(f"scenario_cli.cli.{module}"), attribute)


def _help(command: Any) -> str | None:
    return command.info.help if isinstance(command, typer.Typer) else inspect.getdoc(command)
