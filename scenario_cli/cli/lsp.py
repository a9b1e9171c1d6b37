"""`scenario lsp`: the language server, for editors."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop
from scenario_cli.cli.options import outside_allowed


def lsp(
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Talk over standard input and output, as is done without it.")
    ] = True,
) -> int:
    """Answer an editor: findings, completion, hover, renames.

    Examples:
      scenario lsp
      scenario lsp --stdio
    """
    if find_spec("pygls") is None:
        raise Stop("the language server needs pygls, which is not installed", "pip install 'scenario-cli[lsp]'")
    from scenario_cli.cli.version import version_line
    from scenario_cli.editor.server import serve

    serve(version_line().split()[1], outside_allowed())
    return 0
