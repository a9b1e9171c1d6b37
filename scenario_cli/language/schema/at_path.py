"""The schemas that apply at a place of a file. Reports nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenario_cli.language.schema.files import Schema, schema_of
from scenario_cli.language.schema.fits import types_of
from scenario_cli.language.yaml_node import Node


def schemas_at(kind: str, path: Iterable[str | int], root: Node | None, is_key_next: bool = False) -> list[Schema]:
    """The schemas that can apply to a value at that path; `root` is the readable part of the file.

    For a union, these are the branches that fit the value; all, if the value is but the beginning of a key.
    """
    schemas = [schema_of(kind)]
    node = root
    for step in path:
        schemas = [
            inner for schema in schemas for branch in branches(kind, schema, node) for inner in _inside(branch, step)
        ]
        node = below(node, step)
    known_value = None if is_key_next else node
    return [branch for schema in schemas for branch in branches(kind, schema, known_value)]


def branches(kind: str, schema: Any, node: Node | None) -> list[Schema]:
    """A schema, and of a union in it the branches that fit a value: by its type, then by its required keys."""
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        schema = schema_of(kind)["definitions"][schema["$ref"].rpartition("/")[2]]
    alternatives = schema.get("anyOf", ())
    fitting = [branch for branch in alternatives if is_of_type(branch, node)]
    if node is not None and node.is_map:
        complete = [branch for branch in fitting if node.fields.keys() >= set(branch.get("required", ()))]
        started = [branch for branch in fitting if branch.get("required", [""])[0] in node.fields]
        fitting = complete or started or fitting
    return [schema, *(inner for branch in fitting for inner in branches(kind, branch, node))]


def known_keys(schemas: Iterable[Schema]) -> set[str]:
    """The keys that some of the schemas know."""
    return {key for schema in schemas for key in schema.get("properties", ())}


def is_of_type(schema: Schema, node: Node | None) -> bool:
    """Whether a value has a type that the schema allows; an unknown value has every type."""
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


def _inside(schema: Schema, step: str | int) -> list[Schema]:
    """The schema of the value under a key, or of an element."""
    if isinstance(step, int):
        inner = schema.get("items")
    else:
        inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    return [inner] if isinstance(inner, dict) else []
