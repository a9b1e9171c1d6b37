"""The `scenario` command: its commands, and how every end of one becomes an exit code.

0 fine, 1 findings, 2 the job could not be done, 3 a bug in the tool, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from scenario_cli.cli import brief, dry_run, events, fmt, graph, init, new, plan, preview, rules, test, validate, why
from scenario_cli.cli import map as map_command
from scenario_cli.cli.console import Stop, notes
from scenario_cli.model.plain_text import printable

# Typer carries a copy of click from 0.26 on and asks for click itself before that; by way of its own public
# names the exceptions are the right ones either way.
_UsageError: Any = typer.BadParameter.__mro__[1]
_ClickException: Any = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="scenario",
    help="CRM scenarios as code: validate, test, dry-run and plan scenarios written as YAML state machines.",
    no_args_is_help=True,
    add_completion=False,
    # Rich's tracebacks show local variables, which here are customers' data.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("init")(init.init)
app.command("new")(new.new)
app.command("validate")(validate.validate)
app.command("fmt")(fmt.fmt)
app.command("test")(test.test)
app.command("dry-run")(dry_run.dry_run)
app.command("plan")(plan.plan)
app.command("why")(why.why)
app.command("rules")(rules.rules)
app.command("graph")(graph.graph)
app.command("preview")(preview.preview)
app.add_typer(events.app, name="events")
app.command("map")(map_command.map_)
app.command("brief")(brief.brief)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"scenario {version('scenario-cli')}")
        raise typer.Exit


@app.callback()
def root(
    show_version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """CRM scenarios as code."""


def main() -> None:
    """Runs the command and leaves with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line; returns its exit code, whatever happens."""
    try:
        code = app(arguments, standalone_mode=False, prog_name="scenario")
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except Stop as error:
        _say(str(error))
        return 2
    except typer.Exit as error:
        return error.exit_code
    except _UsageError as error:
        error.message = printable(error.message or "")
        error.show(sys.stderr)
        return 2
    except _ClickException as error:
        _say(error.format_message())
        return 2
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, also not at the interpreter's exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        import traceback

        # The trace without values: frames and lines, nothing of anybody's data but the error's own text.
        _say(f"this is a bug in the tool, not in your files. Please report:\n{traceback.format_exc().rstrip()}")
        return 3


def _say(text: str) -> None:
    notes(f"scenario: {text}".split("\n"))


if __name__ == "__main__":
    main()
