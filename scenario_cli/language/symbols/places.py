"""The places of a YAML file that hold a name, an expression or a wait, by `meaning` in its schema.

Looks up no name. A file with faults has the places that can be recognized.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scenario_cli.language.schema.files import Schema, schema_of
from scenario_cli.language.schema.fits import types_of
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
    for place in _Walk(kind).value(schema_of(kind), root, ()):
        mark = id(place.node), place.meaning, place.is_key
        if mark not in seen:
            seen.add(mark)
            yield place


def schemas_at(kind: str, path: Iterable[str | int], root: Node | None) -> list[Schema]:
    """The schemas that can apply to a value at that path; `root` is the readable part of the file.

    For a union, these are the branches that fit the value.
    """
    walk = _Walk(kind)
    schemas = [schema_of(kind)]
    node = root
    for step in path:
        schemas = [
            inner for schema in schemas for branch in walk.branches(schema, node) for inner in walk.below(branch, step)
        ]
        node = below(node, step)
    return [branch for schema in schemas for branch in walk.branches(schema, node)]


class _Walk:
    def __init__(self, kind: str) -> None:
        self.definitions = schema_of(kind)["definitions"]

    def value(self, schema: Schema, node: Node, path: Path) -> Iterator[Place]:
        for branch in self.branches(schema, node):
            yield from self.within(branch, node, path)

    def within(self, schema: Schema, node: Node, path: Path) -> Iterator[Place]:
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
                yield from self.value(inner, value, (*path, key))
        if isinstance(schema.get("items"), dict):
            for number, item in enumerate(node.items):
                yield from self.value(schema["items"], item, (*path, number))

    def branches(self, schema: Any, node: Node | None) -> list[Schema]:
        """A schema, and of a union in it the branches that fit a value: by its type, then by its required keys."""
        if not isinstance(schema, dict):
            return []
        if "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        alternatives = schema.get("anyOf", ())
        fitting = [branch for branch in alternatives if _is_of_type(branch, node)]
        if node is not None and node.is_map:
            complete = [branch for branch in fitting if node.fields.keys() >= set(branch.get("required", ()))]
            started = [branch for branch in fitting if branch.get("required", [""])[0] in node.fields]
            fitting = complete or started or fitting
        return [schema, *(inner for branch in fitting for inner in self.branches(branch, node))]

    def below(self, schema: Schema, step: str | int) -> list[Schema]:
        """The schema of the value under a key, or of an element."""
        if isinstance(step, int):
            inner = schema.get("items")
        else:
            inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
        return [inner] if isinstance(inner, dict) else []


def _is_of_type(schema: Schema, node: Node | None) -> bool:
    types = types_of(schema)
    if node is None or node.value is None or not types:
        return True
    return ("object" if node.is_map else "array" if node.is_list else "string") in types or (
        not node.is_map and not node.is_list and bool({"number", "integer", "boolean"} & {*types})
    )


def below(node: Node | None, step: str | int) -> Node | None:
    """The value under a key, or an element; None if there is none."""
    if node is None:
        return None
    if isinstance(step, int):
        return node.items[step] if step < len(node.items) else None
    return node.get(step)
