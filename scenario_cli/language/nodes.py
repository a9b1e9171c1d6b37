"""The YAML files of a project as nodes, read and checked by their schemas. Builds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from scenario_cli.language.files import Files, why_unread
from scenario_cli.language.find import shown_path
from scenario_cli.language.kinds import yaml_files
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.remembered import memory
from scenario_cli.language.schema import check as schema
from scenario_cli.language.schema.files import schema_digest
from scenario_cli.language.strays import closed_folders, inner_projects, other_file, unread_cases, unread_files
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import whole_file
from scenario_cli.model.value_class import dataclass


@dataclass(slots=True)
class Nodes:
    """The files of which a project has one, by kind; scenarios and tests under the names that messages use.

    `sources` are the texts of all readable files. `test_files` and `scenario_files` also name those that could not be
    read, and `shared_files`, by kind, those of which a project has one.
    """

    kinds: dict[str, Node] = field(default_factory=dict)
    shared_files: dict[str, str] = field(default_factory=dict)
    scenarios: list[tuple[str, Node]] = field(default_factory=list)
    scenario_files: list[str] = field(default_factory=list)
    tests: list[tuple[str, Node]] = field(default_factory=list)
    test_files: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def files(self) -> Iterator[tuple[str, Node, str]]:
        """Every file that could be read: its name in messages, its content, its kind."""
        yield from ((self.shared_files[kind], node, kind) for kind, node in self.kinds.items())
        yield from ((file, node, "scenario") for file, node in self.scenarios)
        yield from ((file, node, "test") for file, node in self.tests)


def read_nodes(files: Files, tests: bool) -> tuple[Nodes, list[Diagnostic]]:
    """Every YAML file of the project, those of test cases if requested, and the faults of text and shape."""
    nodes = Nodes()
    findings: list[Diagnostic] = []
    paths = files.paths()
    inner = dict(inner_projects(files, paths))
    findings.extend([*closed_folders(files, paths), *inner.values()])
    outside = [path for path in paths if not path.startswith(tuple(inner))] if inner else paths
    findings.extend(unread_files(files, outside))
    findings.extend(unread_cases(files, paths) if tests else ())
    for path, kind in yaml_files(paths):
        if (kind == "test" and not tests) or path.startswith(tuple(inner)):
            continue
        file_name = shown_path(files.root / path)
        if kind == "test":
            nodes.test_files.append(file_name)
        elif kind == "scenario":
            nodes.scenario_files.append(file_name)
        else:
            nodes.shared_files[kind] = file_name
        data = _read(files, path, file_name, nodes.sources, findings)
        node, faults = read_yaml(data, file_name) if data is not None else (None, [])
        findings.extend(faults)
        if node is None or data is None:
            continue
        other = other_file(node, file_name) if kind == "scenario" else None
        findings.extend([other] if other is not None else _faults_of_shape(node, kind, data))
        if kind == "scenario":
            nodes.scenarios.append((file_name, node))
        elif kind == "test":
            nodes.tests.append((file_name, node))
        else:
            nodes.kinds[kind] = node
    return nodes, findings


def _read(files: Files, path: str, file_name: str, sources: dict[str, str], findings: list[Diagnostic]) -> bytes | None:
    try:
        data = files.read(path)
    except OSError as error:
        message = f"the file cannot be read: {why_unread(error)}"
        findings.append(Diagnostic("YAML010", message, whole_file(file_name)))
        return None
    sources[file_name] = data.decode("utf-8-sig", errors="replace")
    return data


def _faults_of_shape(node: Node, kind: str, data: bytes) -> Sequence[Diagnostic]:
    """The faults of a file's shape; that it has none is remembered from run to run."""
    store = memory()
    if store is None:
        return schema.check(node, kind)
    checked_as = f"shape {kind} {schema_digest(kind)}"
    if store.recall(checked_as, data):
        schema.take_as_sound(node, kind)
        return ()
    faults = schema.check(node, kind)
    if not faults:
        store.note(checked_as, data, True)
    return faults
