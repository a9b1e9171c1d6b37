"""A key that stands among the names below the key beside it: one finding, whatever the key, in every kind of file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scenario_cli.language.kinds import kind_of
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.at_path import known_keys, schemas_at
from scenario_cli.language.schema.check import check, misplaced_keys
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.shipped import shipped

Steps = tuple[str | int, ...]


def mappings(node: Node, path: Steps = ()) -> Iterator[tuple[Steps, Node]]:
    if node.is_map:
        yield path, node
    for name, value in node.fields.items():
        yield from mappings(value, (*path, name))
    for number, value in enumerate(node.items):
        yield from mappings(value, (*path, number))


def moved(root: Node, path: Steps, section: str, key: str) -> str:
    """The file with a key of the mapping at `path` moved into the section beside it."""
    content = value = plain(root)
    for step in path:
        value = value[step]
    value[section][key] = value.pop(key)
    return json.dumps(content, ensure_ascii=False)  # which is YAML, too


def moves() -> Iterator[tuple[str, Node, Steps, str, str]]:
    """For each section of names and each key beside it in the library: one place where both are."""
    seen: set[Any] = set()
    library = shipped("scenarios")
    for file in sorted(library.rglob("*.yaml")):
        kind = kind_of(Path(file.relative_to(library)))
        if kind is None:
            continue
        root, _ = read_yaml(file.read_bytes(), file.name)
        assert root is not None
        for path, mapping in mappings(root):
            keys = known_keys(schemas_at(kind, path, root))
            for section, names in mapping.fields.items():
                around = schemas_at(kind, (*path, section), root)
                if not names.is_map or not any(isinstance(each.get("additionalProperties"), dict) for each in around):
                    continue
                for key in keys & (mapping.fields.keys() - names.fields.keys() - {section}):
                    if (kind, section, key) not in seen:
                        seen.add((kind, section, key))
                        yield kind, root, path, section, key


def test_a_key_among_the_names_below_the_key_beside_it_is_one_finding() -> None:
    reported = 0
    for kind, root, path, section, key in moves():
        node, _ = read_yaml(moved(root, path, section, key).encode(), "moved.yaml")
        assert node is not None
        findings = check(node, kind)
        if findings:  # some sections allow any name with any value
            (finding,) = findings
            assert finding.message.startswith(f"'{key}' belongs to "), (finding, path)
            assert finding.message.endswith(f", not to '{section}'")
            ((at, _),) = misplaced_keys(node, kind)
            assert at.span == finding.span
            reported += 1
    assert reported > 40
