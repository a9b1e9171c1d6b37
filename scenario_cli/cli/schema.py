"""`scenario schema`: the JSON Schemas of a project, by which editors complete its own names."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, rewrite
from scenario_cli.cli.options import Output, ProjectDir, load_root, one_of, project_root
from scenario_cli.cli.watch import Watch, again_and_again


def schema(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]",
            help="Print the schema of this kind of file: project, policy, events, metrics, delivery, scenario or "
            "test. Write all of them, if left out.",
        ),
    ] = None,
    project: ProjectDir = None,
    output: Output = None,
    watch: Watch = False,
) -> int:
    """Write the JSON Schemas of the project for your editor.

    Examples:
      scenario schema
      scenario schema scenario --output scenario.schema.json
    """
    from scenario_cli.language.library import SCHEMAS
    from scenario_cli.language.schema.files import KINDS
    from scenario_cli.language.schema.of_project import project_schema

    kinds = KINDS if kind is None else (one_of("KIND", kind, KINDS),)
    if watch:
        return again_and_again(lambda: schema(kind, project, output), project, None, output)
    root = project_root(project)
    loaded = load_root(root, errors_only=True)
    texts = {
        name: json.dumps(project_schema(loaded.project, name), indent=2, ensure_ascii=False) + "\n" for name in kinds
    }
    if kind is not None:
        emit(texts[kind], output)
        return 0
    folder = output if output is not None else root / SCHEMAS
    _make(folder)
    shown_folder = folder if output is not None else Path(SCHEMAS)
    for name, text in texts.items():
        path = folder / f"{name}.schema.json"
        content = text.encode()
        if not path.is_file() or path.read_bytes() != content:
            rewrite(path, content)
            sys.stdout.write(f"wrote     {(shown_folder / path.name).as_posix()}\n")
        else:
            sys.stdout.write(f"as it was {(shown_folder / path.name).as_posix()}\n")
    return 0


def _make(folder: Path) -> None:
    from scenario_cli.cli.console import cannot_write

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
