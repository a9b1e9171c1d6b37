"""The kinds of a project's files, by their paths. Reads none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePath

from scenario_cli.language.files import Files, in_order

# The files that a project has once. Every other YAML file outside these folders is a scenario.
KINDS = {
    "project.yaml": "project",
    "policy.yaml": "policy",
    "events.yaml": "events",
    "metrics.yaml": "metrics",
    "delivery.yaml": "delivery",
}
_OTHER_FOLDERS = ("templates", "tests", "data")
TESTS = (".test.yaml", ".test.yml")


def project_files(files: Files) -> Iterator[tuple[str, str]]:
    """Every YAML file of a project with its kind, in order."""
    yield from yaml_files(files.paths())


def yaml_files(paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """The same of some paths of a project."""
    for path in in_order([path for path in paths if path.endswith((".yaml", ".yml"))]):
        kind = kind_of(PurePath(path))
        if kind is not None:
            yield path, kind


def kind_of(inside: PurePath) -> str | None:
    """The kind of a file by its path in the project; None for one that is not read as YAML."""
    if inside.suffix not in (".yaml", ".yml") or any(part.startswith(".") for part in inside.parts):
        return None
    if inside.name.endswith(TESTS):
        return "test"
    return None if inside.parts[0] in _OTHER_FOLDERS else KINDS.get(inside.as_posix(), "scenario")
