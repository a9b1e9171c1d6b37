"""The options for an export, declared once, in the commands that accept them."""

from __future__ import annotations

from dataclasses import fields

from scenario_cli.cli.export_arguments import ExportArguments
from tests.cli.commands import commands

NAMES = [field.name for field in fields(ExportArguments)]


def test_every_command_that_reads_an_export_takes_all_options_about_it_in_one_order() -> None:
    taking = {}
    for name, command in commands().items():
        options = [param.name for param in command.params if param.param_type_name == "option"]
        accepted = [name for name in options if name in NAMES]
        if "events" in accepted:
            taking[name] = accepted
    assert set(taking) == {
        "audience", "diff", "docs", "dry-run", "events check", "events infer", "events inspect", "graph", "insights",
        "map", "plan", "preview", "results", "run", "why",
    }  # fmt: skip
    assert all(accepted == NAMES for accepted in taking.values())
