"""Keys that start too far to the right: a key of a mapping stands among the names in a mapping below it, where any key
is allowed. One finding in place of those that read the key as a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.schema.at_path import is_of_type, schemas_at
from scenario_cli.language.schema.messages import Fault
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.model.diagnostic import Diagnostic


def too_deep(fault: Fault, positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    """The key that a fault comes from, if it is meant to stand further out: its path, with the finding about it."""
    if fault.keyword == "required":
        for name, value in positions.node(fault.path).fields.items():
            path = (*fault.path, name, fault.key)
            if fault.key in value.fields and _is_name(path, positions):
                yield path, _finding(path, fault.path, positions)
        return
    for depth in range(1, len(fault.path)):
        path = fault.path[: depth + 1]
        if not isinstance(path[-1], str) or not _is_name(path, positions):
            continue
        # A scalar with a fault of its own does not fit here, whatever its type.
        fits_here = -1 if path == fault.path and not positions.node(path).is_map else _fit(path, path, positions)
        owner = _owner(path, fits_here, positions)
        if owner is not None:
            yield path, _finding(path, owner, positions)
            return


def _is_name(path: Path, positions: Positions) -> bool:
    """Whether a key is a name that the file's author chooses, not a key of the language."""
    around = schemas_at(positions.kind, path[:-1], positions.root)
    is_key = any(path[-1] in schema.get("properties", ()) for schema in around)
    return not is_key and any(isinstance(schema.get("additionalProperties"), dict) for schema in around)


def _owner(path: Path, fits_here: int, positions: Positions) -> Path | None:
    """The nearest mapping around that has no such key yet, if the value fits better there."""
    key = str(path[-1])
    for length in range(len(path) - 2, -1, -1):
        owner = path[:length]
        schemas = schemas_at(positions.kind, owner, positions.root)
        if key not in positions.node(owner).fields and any(key in schema.get("properties", ()) for schema in schemas):
            return owner if _fit(path, (*owner, key), positions) > fits_here else None
    return None


def _fit(path: Path, place: Path, positions: Positions) -> int:
    """How well the value at a path fits at a place: -1 if its type does not; of a mapping, and of the first entry of a
    list, the number of keys that do.
    """
    node = positions.node(path)
    if node.items:
        return _fit((*path, 0), (*place, 0), positions)
    fits = [
        sum(
            key in schema.get("properties", ()) or isinstance(schema.get("additionalProperties"), dict)
            for key in node.fields
        )
        for schema in schemas_at(positions.kind, place, positions.root)
        if ("anyOf" not in schema or "properties" in schema) and is_of_type(schema, node)
    ]
    return max(fits, default=-1)


def _finding(path: Path, owner: Path, positions: Positions) -> Diagnostic:
    key, section = path[-1], path[len(owner)]
    section = section if isinstance(section, str) else path[len(owner) - 1]
    span = positions.key_span(path)
    is_on_a_line_of_its_own = span.line != positions.key_span(path[:-1]).line
    return Diagnostic(
        "SCH001",
        f"'{key}' belongs to {positions.name_of(owner)}, not to '{section}'",
        span,
        hint=f"move '{key}' to the left, to the column of '{section}'"
        if is_on_a_line_of_its_own
        else f"write '{key}' beside '{section}', outside of its braces",
    )
