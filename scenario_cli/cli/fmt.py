"""`scenario fmt`: YAML files in canonical layout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note, notes, rewrite
from scenario_cli.cli.differences import difference
from scenario_cli.cli.options import Color, ProjectDir, Quiet, color, given_paths, outside_allowed, project_roots
from scenario_cli.model.inside import HOW_TO_ALLOW
from scenario_cli.model.plain_text import plain_line

if TYPE_CHECKING:
    from scenario_cli.language.format.layout import Formatted
    from scenario_cli.reports.text import Style


def fmt(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="A project, or some of its files. Default: all.")
    ] = None,
    project: ProjectDir = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; exit 1 if anything would.")] = False,
    stdin_filename: Annotated[
        str | None,
        typer.Option("--stdin-filename", metavar="FILE", help="Format standard input as the content of FILE."),
    ] = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Format the YAML files; comments and quotes stay.

    Examples:
      scenario fmt
      scenario fmt --check
    """
    colored = color(color_)
    chosen = given_paths(paths, stdin_filename)
    if stdin_filename is not None:
        if check or diff:
            raise Stop("--stdin-filename only formats standard input", "leave --check and --diff out")
        return _standard_input(project, chosen[0])
    from scenario_cli.reports.text import Style, plural

    changed = unchanged = refused = 0
    for path, kind in _files(project, chosen):
        before = _text(path)
        if before is None:
            refused += 1
            continue
        formatted = _formatted(before, kind, path)
        if formatted.text is None:
            refused += 1
            _refuse(path, before, formatted)
        elif formatted.text == before:
            unchanged += 1
        else:
            changed += 1
            _change(path, before, formatted.text, check, diff, Style(colored))
    would = "would change" if check or diff else "changed"
    parts = [f"{plural(changed, 'file')} {would}", f"{unchanged:,} already formatted"]
    note(", ".join([*parts, *([f"{refused:,} not formatted"] if refused else [])]), quiet)
    return 2 if refused else int(changed > 0 and (check or diff))


def _files(project: str | None, chosen: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    from scenario_cli.language.files import Folder
    from scenario_cli.language.kinds import project_files

    for root in project_roots(project, chosen):
        folder = Folder(root, outside_allowed())
        for inside, kind in project_files(folder):
            path = root / inside
            if not chosen or any(path.resolve().is_relative_to(chosen_path) for chosen_path in chosen):
                if folder.is_off_limits(inside):
                    raise Stop(f"'{path}' is outside the project's folder", HOW_TO_ALLOW)
                yield path, kind


def _text(path: Path) -> str | None:
    """The text of the file, with its line ends; None, with a note, if it cannot be read. The reader reports a byte that
    is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except OSError as error:
        note(f"cannot read '{path}': {error.strerror}")
        return None


def _formatted(text: str, kind: str, path: Path) -> Formatted:
    from scenario_cli.language.find import shown_path
    from scenario_cli.language.format.layout import format_text

    return format_text(text, kind, shown_path(path))


def _refuse(path: Path, text: str, formatted: Formatted) -> None:
    from scenario_cli.language.find import shown_path
    from scenario_cli.reports.findings import full_text

    name = shown_path(path)
    if formatted.findings:
        notes(full_text(formatted.findings, {name: text}, color=False, width=100).rstrip().split("\n"))
    else:
        note(f"{name}: not formatted: {formatted.refused}")


def _change(path: Path, before: str, after: str, check: bool, diff: bool, style: Style) -> None:
    from scenario_cli.language.find import shown_path

    name = shown_path(path)
    if diff:
        emit(difference(name, before, after, style), None)
    elif check:
        emit(f"{plain_line(name)}\n", None)
    else:
        rewrite(path, after.encode())
        emit(f"{plain_line(name)}\n", None)


def _standard_input(project: str | None, path: Path) -> int:
    """Prints the layout, or the unchanged text if it cannot be formatted, so that no editor loses a text."""
    from scenario_cli.language.kinds import kind_of

    (root,) = project_roots(project, [path])
    kind = kind_of(path.relative_to(root) if path.is_relative_to(root) else Path(path.name))
    if kind is None:
        raise Stop(f"'{path.name}' is not a YAML file of a project", "fmt formats the YAML files of a project")
    text = sys.stdin.buffer.read().decode("utf-8", errors="surrogateescape")
    formatted = _formatted(text, kind, path)
    if formatted.text is None:
        _refuse(path, text, formatted)
    sys.stdout.buffer.write(
        (text if formatted.text is None else formatted.text).encode("utf-8", errors="surrogateescape")
    )
    sys.stdout.buffer.flush()
    return 0 if formatted.text is not None else 2
