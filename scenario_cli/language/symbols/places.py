"""The places of a YAML file that hold a name, an expression or a wait, by `meaning` in its schema.

Looks up no name. A file with faults has the places that can be recognized.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.schema.at_path import branches
from scenario_cli.language.schema.files import Schema, schema_of
from scenario_cli.language.schema.positions import Path
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A key or value with its meaning. `path` leads to the value, or to the value under the key."""

    meaning: str
    node: Node
    path: Path
    is_key: bool = False


def places(root: Node, kind: str) -> Iterator[Place]:
    """Every place of a file of that kind, each once."""
    seen: set[tuple[int, str, bool]] = set()
    for place in _in_value(kind, schema_of(kind), root, ()):
        mark = id(place.node), place.meaning, place.is_key
        if mark not in seen:
            seen.add(mark)
            yield place


def _in_value(kind: str, schema: Schema, node: Node, path: Path) -> Iterator[Place]:
    for branch in branches(kind, schema, node):
        yield from _in_branch(kind, branch, node, path)


def _in_branch(kind: str, schema: Schema, node: Node, path: Path) -> Iterator[Place]:
    meaning = schema.get("meaning")
    if meaning is not None and not node.is_map and not node.is_list and node.value is not None:
        yield Place(meaning, node, path)
    fields = schema.get("properties", {})
    key_meaning = schema.get("propertyNames", {}).get("meaning")
    additional = schema.get("additionalProperties")
    for key, value in node.fields.items():
        if key_meaning is not None and key not in fields:
            yield Place(key_meaning, node.key(key), (*path, key), is_key=True)
        inner = fields.get(key, additional)
        if isinstance(inner, dict):
            yield from _in_value(kind, inner, value, (*path, key))
    if isinstance(schema.get("items"), dict):
        for number, item in enumerate(node.items):
            yield from _in_value(kind, schema["items"], item, (*path, number))
