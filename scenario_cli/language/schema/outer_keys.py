"""The mapping further out that a key belongs to, and how to move the key there."""

from __future__ import annotations

from scenario_cli.language.schema.at_path import is_of_type, known_keys, schemas_at
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.model.diagnostic import Diagnostic


def outer_owner(path: Path, positions: Positions) -> Path | None:
    """The nearest mapping around a key at a path that knows such a key and has none yet."""
    key = str(path[-1])
    for length in range(len(path) - 2, -1, -1):
        owner = path[:length]
        schemas = schemas_at(positions.kind, owner, positions.root)
        if key not in positions.node(owner).fields and key in known_keys(schemas):
            return owner
    return None


def how_to_move(path: Path, owner: Path, positions: Positions) -> str:
    """The change that brings the key at a path to its owner."""
    section = path[len(owner)]
    if positions.key_span(path).line == positions.key_span(path[:-1]).line:
        return f"write it beside '{section}', outside of its braces"
    return f"move it to the left, to the column of '{section}'"


def misplaced_key(path: Path, owner: Path, positions: Positions) -> Diagnostic:
    """The finding about a key of `owner` that stands among names."""
    message = f"'{path[-1]}' belongs to {positions.name_of(owner)}, not to '{path[len(owner)]}'"
    return Diagnostic("SCH001", message, positions.key_span(path), hint=how_to_move(path, owner, positions))


def fits_as(path: Path, place: Path, positions: Positions) -> int:
    """How well the value at a path fits at a place: -1 if its type does not; of a mapping, and of the first entry of a
    list, the number of keys that do.
    """
    node = positions.node(path)
    if node.items:
        return fits_as((*path, 0), (*place, 0), positions)
    fits = [
        sum(
            key in schema.get("properties", ()) or isinstance(schema.get("additionalProperties"), dict)
            for key in node.fields
        )
        for schema in schemas_at(positions.kind, place, positions.root)
        if ("anyOf" not in schema or "properties" in schema) and is_of_type(schema, node)
    ]
    return max(fits, default=-1)
