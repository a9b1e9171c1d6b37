"""The YAML files of a project as nodes, read and held against their schemas. Builds nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenario_cli.language.files import Files
from scenario_cli.language.find import shown_path
from scenario_cli.language.kinds import project_files
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema import check as schema
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import whole_file


@dataclass(slots=True)
class Nodes:
    """The files of which there is one by kind; scenarios and tests under the names that messages give them.

    `sources` are the texts of all that could be read. `test_files` and `scenario_files` also name those that could
    not.
    """

    kinds: dict[str, Node] = field(default_factory=dict)
    scenarios: list[tuple[str, Node]] = field(default_factory=list)
    scenario_files: list[str] = field(default_factory=list)
    tests: list[tuple[str, Node]] = field(default_factory=list)
    test_files: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)


def read_nodes(files: Files, tests: bool) -> tuple[Nodes, list[Diagnostic]]:
    """Every YAML file of the project, those of test cases where asked for, and the faults of text and shape."""
    nodes = Nodes()
    found: list[Diagnostic] = []
    for path, kind in project_files(files):
        if kind == "test" and not tests:
            continue
        shown = shown_path(files.root / path)
        if kind == "test":
            nodes.test_files.append(shown)
        elif kind == "scenario":
            nodes.scenario_files.append(shown)
        node = _read(files, path, shown, nodes.sources, found)
        if node is None:
            continue
        found.extend(schema.check(node, kind))
        if kind == "scenario":
            nodes.scenarios.append((shown, node))
        elif kind == "test":
            nodes.tests.append((shown, node))
        else:
            nodes.kinds[kind] = node
    return nodes, found


def _read(files: Files, path: str, shown: str, sources: dict[str, str], found: list[Diagnostic]) -> Node | None:
    try:
        data = files.read(path)
    except OSError as error:
        found.append(Diagnostic("YAML010", f"the file cannot be read: {error.strerror}", whole_file(shown)))
        return None
    sources[shown] = data.decode("utf-8-sig", errors="replace")
    node, faults = read_yaml(data, shown)
    found.extend(faults)
    return node
