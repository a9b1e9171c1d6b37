"""The order of keys: that of the schema if it names them all, as written if names are the author's own."""

from __future__ import annotations

from typing import Any

from scenario_cli.language.schema.files import Schema, schema_of

NOTHING: Schema = {}


class Order:
    """Walks a file's schema along with the file. Knows no texts."""

    def __init__(self, kind: str) -> None:
        self.root = schema_of(kind)

    def keys(self, schema: Schema, names: list[str]) -> list[int]:
        """The places of the names in the order in which they belong; of keys that are not all known, as written."""
        mapping = self._mapping(schema, names)
        # If names of the author's own are allowed too, the order can have a meaning: `else` comes last.
        properties = {} if isinstance(mapping.get("additionalProperties"), dict) else mapping.get("properties", {})
        rank = {name: position for position, name in enumerate(properties)}
        if not all(name in rank for name in names):
            return list(range(len(names)))
        return sorted(range(len(names)), key=lambda position: rank[names[position]])

    def under(self, schema: Schema, names: list[str], name: str) -> Schema:
        """The schema of the value of a key of a mapping that has these keys."""
        mapping = self._mapping(schema, names)
        return _schema(mapping.get("properties", {}).get(name, mapping.get("additionalProperties")))

    def items(self, schema: Schema) -> Schema:
        """The schema of a list's elements."""
        written_out = self._written_out(schema)
        branches = [self._written_out(branch) for branch in written_out.get("anyOf", [written_out])]
        return next((_schema(branch["items"]) for branch in branches if "items" in branch), NOTHING)

    def _mapping(self, schema: Schema, names: list[str]) -> Schema:
        """The member of a union that knows most of the keys."""
        written_out = self._written_out(schema)
        branches = (
            [self._mapping(branch, names) for branch in written_out["anyOf"]]
            if "anyOf" in written_out
            else [written_out]
        )
        maps = [branch for branch in branches if branch.keys() & {"properties", "additionalProperties"}]
        return max(
            maps, key=lambda candidate: sum(name in candidate.get("properties", ()) for name in names), default=NOTHING
        )

    def _written_out(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.root["definitions"][schema["$ref"].rpartition("/")[2]]
        return schema


def _schema(part: Any) -> Schema:
    return part if isinstance(part, dict) else NOTHING
