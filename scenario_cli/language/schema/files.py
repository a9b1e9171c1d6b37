"""The schemas of the file kinds, read once and with their references written out. Checks nothing."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from typing import Any

from scenario_cli.shipped import shipped

Schema = dict[str, Any]

KINDS = ("project", "policy", "events", "metrics", "delivery", "scenario", "test")

# Keywords whose value maps keys to schemas, and keywords whose value holds no schema.
_BY_KEY = ("properties", "dependencies")
_DATA = ("required", "enum", "examples", "default")


@cache
def schema_digest(kind: str) -> str:
    """The content of a kind's schema as a short text that no other schema has."""
    return blake2b((shipped("schemas") / f"{kind}.schema.json").read_bytes(), digest_size=16).hexdigest()


@cache
def schema_of(kind: str) -> Schema:
    """The schema with every `$ref` replaced by its definition; the annotations next to `$ref` take precedence.

    An error is explained by the schema that it came from. A definition that refers to itself (a list of lists) keeps
    that reference.
    """
    schema: Schema = json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))
    definitions: dict[str, Schema] = schema.pop("definitions", {})
    written_out: dict[str, Schema] = {}

    def definition(name: str, inside: tuple[str, ...]) -> Schema:
        if name not in written_out:
            written_out[name] = write_out(definitions[name], (*inside, name))
        return written_out[name]

    def write_out(part: Any, inside: tuple[str, ...]) -> Any:
        if isinstance(part, list):
            return [write_out(item, inside) for item in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            if name in inside:
                return {"$ref": part["$ref"]}
            notes = {key: value for key, value in part.items() if key != "$ref"}
            return {**definition(name, inside), **notes}
        return {
            keyword: value
            if keyword in _DATA
            else {key: write_out(field, inside) for key, field in value.items()}
            if keyword in _BY_KEY
            else write_out(value, inside)
            for keyword, value in part.items()
        }

    root_schema: Schema = write_out(schema, ())
    return {**root_schema, "definitions": {name: definition(name, ()) for name in definitions}}
