"""The commands of the tool, as Typer has them."""

from __future__ import annotations

from typing import Any

from typer.main import get_command

from scenario_cli.cli.app import app


def commands() -> dict[str, Any]:
    """Each command by its name. A command of a group has the group's name first; a group is included if it is a command
    itself.
    """
    by_name: dict[str, Any] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        by_name.update({f"{name} {each}": subcommand for each, subcommand in (inner or {}).items()})
        if not inner or command.invoke_without_command:
            by_name[name] = command
    return by_name
