"""Files that would be misread, or not read, where they are: a project in a project, misnamed files, lost templates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath

from scenario_cli.language.files import TEMPLATES, Files, in_order
from scenario_cli.language.find import shown_path
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, nearest
from scenario_cli.model.source import whole_file

_PROJECT = re.compile(rb"^project:", re.MULTILINE)
_SCENARIO = re.compile(rb"^scenario:", re.MULTILINE)
_CASES = re.compile(rb"^cases:", re.MULTILINE)
_YAML_AS_TEXT = re.compile(r"(.*\.ya?ml)\.txt", re.IGNORECASE)  # editors append it, and file managers hide it
_TEMPLATE = re.compile(r"[^/]+\.\w+(\.[\w-]+)?\.j2")


def inner_projects(files: Files, paths: Collection[str]) -> Iterator[tuple[str, Diagnostic]]:
    """The folders below the project's own that are projects of their own, each with the finding about it."""
    for path in in_order([path for path in paths if path.endswith("/project.yaml")]):
        text = _text(files, path)
        if kind_of(PurePath(path)) == "scenario" and _PROJECT.search(text) and not _SCENARIO.search(text):
            folder = path.removesuffix("project.yaml")
            yield (
                folder,
                Diagnostic(
                    "YAML014",
                    f"'{folder.rstrip('/')}' is a project within this project, so its files are not read",
                    whole_file(shown_path(files.root / path)),
                    hint="move its folder out of this project, or its scenarios into this project without project.yaml",
                ),
            )


def is_project(folder: Path) -> bool:
    """Whether a folder on disk has a project.yaml that names a project."""
    try:
        return bool(_PROJECT.search((folder / "project.yaml").read_bytes()))
    except OSError:
        return False


def unread_cases(files: Files, paths: Collection[str]) -> Iterator[Diagnostic]:
    """The files in tests/ with test cases whose names keep them from being read."""
    for path in in_order([path for path in paths if path.startswith("tests/") and path.endswith((".yaml", ".yml"))]):
        if kind_of(PurePath(path)) is None and "/." not in path and _CASES.search(_text(files, path)):
            name = PurePath(path).name
            stem = re.sub(r"[._-]?tests?$", "", PurePath(path).stem) or "cases"
            message = f"'{name}' has test cases, but is not read: its name does not end in .test.yaml"
            place = whole_file(shown_path(files.root / path))
            yield Diagnostic("YAML015", message, place, "warning", hint=f"rename it to '{stem}.test.yaml'")


def unread_files(files: Files, paths: Collection[str]) -> Iterator[Diagnostic]:
    """The scenarios that are saved as plain text, and the templates outside their folder."""
    for path in in_order([path for path in paths if path.endswith((".txt", ".TXT", ".j2"))]):
        name, place = PurePath(path).name, whole_file(shown_path(files.root / path))
        as_text = _YAML_AS_TEXT.fullmatch(name)
        if as_text is not None and (_SCENARIO.search(text := _text(files, path)) or _CASES.search(text)):
            message = f"'{name}' is not read: its name does not end in {PurePath(as_text[1]).suffix}"
            yield Diagnostic("YAML015", message, place, "warning", hint=f"rename it to '{as_text[1]}'")
        elif _TEMPLATE.fullmatch(name) and not path.startswith((f"{TEMPLATES}/", "tests/", "data/")):
            inside = path.partition("/")[2] if path.lower().startswith(("template/", f"{TEMPLATES}/")) else path
            message = f"template '{path}' is not read: it is outside the folder '{TEMPLATES}'"
            yield Diagnostic("YAML015", message, place, "warning", hint=f"move it to {TEMPLATES}/{inside}")


_OF_A_SCENARIO = ("scenario", "trigger", "states")
_OF_OTHER_FILES = ("project", "events", "profile", "metrics", "segments", "policy", "cases")


def other_file(node: Node, file: str) -> Diagnostic | None:
    """The finding for a YAML file that is read as a scenario and has nothing of one: a file of another program."""
    keys = [*node.fields]
    of_others = [key for key in keys if key in _OF_OTHER_FILES]  # a settings file under another name is told which
    if not keys or 2 * len(of_others) >= len(keys) or any(nearest(key, _OF_A_SCENARIO) for key in keys):
        return None
    message = "the file is not a scenario: it has no 'scenario', 'trigger' and 'states'"
    hint = "write them, or move the file out of the project or into data/"
    return Diagnostic("SCH002", message, whole_file(file), hint=hint)


def closed_folders(files: Files, paths: Collection[str]) -> Iterator[Diagnostic]:
    """The folders that cannot be listed, so that nobody knows what the project has in them."""
    for path in in_order([path for path in paths if path.endswith("/")]):
        place = whole_file(shown_path(files.root / path))
        yield Diagnostic("YAML010", "the folder cannot be read: permission is missing", place, hint="allow reading it")


def _text(files: Files, path: str) -> bytes:
    try:
        return files.read(path)
    except OSError:
        return b""
