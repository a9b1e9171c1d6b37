"""Options mean the same in every command that takes them."""

from __future__ import annotations

from tests.cli.commands import commands

READING = {
    "--events", "--contacts", "--map", "--contacts-map", "--timezone", "--query", "--source", "--identity", "--dedupe",
    "--rejects",
}  # fmt: skip


def test_a_command_that_reads_an_export_takes_all_options_about_reading_it() -> None:
    options_of = {
        name: {option for param in command.params for option in param.opts} for name, command in commands().items()
    }
    reading = {name for name, options in options_of.items() if "--events" in options}
    assert {"dry-run", "plan", "graph", "preview", "events check"} <= reading
    assert {name: READING - options_of[name] for name in reading if READING - options_of[name]} == {}
