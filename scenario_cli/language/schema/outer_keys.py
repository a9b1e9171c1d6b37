"""The mapping further out that a key belongs to, and how to move the key there."""

from __future__ import annotations

from scenario_cli.language.schema.at_path import schemas_at
from scenario_cli.language.schema.positions import Path, Positions


def outer_owner(path: Path, positions: Positions) -> Path | None:
    """The nearest mapping around a key at a path that knows such a key and has none yet."""
    key = str(path[-1])
    for length in range(len(path) - 2, -1, -1):
        owner = path[:length]
        schemas = schemas_at(positions.kind, owner, positions.root)
        if key not in positions.node(owner).fields and any(key in schema.get("properties", ()) for schema in schemas):
            return owner
    return None


def how_to_move(path: Path, owner: Path, positions: Positions) -> str:
    """The change that brings the key at a path to its owner."""
    section = path[len(owner)]
    if positions.key_span(path).line == positions.key_span(path[:-1]).line:
        return f"write it beside '{section}', outside of its braces"
    return f"move it to the left, to the column of '{section}'"
