"""Keys that start too far to the right: a key of a mapping stands among the names in a mapping below it, where any key
is allowed. One finding in place of those that read the key as a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.schema.at_path import known_keys, schemas_at
from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.outer_keys import fits_as, misplaced_key, outer_owner
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.model.diagnostic import Diagnostic


def too_deep(fault: Fault, positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    """The key that a fault comes from, if it is meant to stand further out: its path, with the finding about it."""
    if fault.keyword == "required":
        for path in _keys_below(fault, positions):
            if _is_name(path, positions):
                yield path, misplaced_key(path, fault.path, positions)
        return
    for depth in range(1, len(fault.path)):
        path = fault.path[: depth + 1]
        if not isinstance(path[-1], str) or not _is_name(path, positions):
            continue
        # A scalar with a fault of its own does not fit here, whatever its type.
        fits_here = -1 if path == fault.path and not positions.node(path).is_map else fits_as(path, path, positions)
        owner = outer_owner(path, positions)
        if owner is not None and fits_as(path, (*owner, path[-1]), positions) > fits_here:
            yield path, misplaced_key(path, owner, positions)
            return


def _keys_below(missing: Fault, positions: Positions) -> Iterator[Path]:
    """The places of a missing key one mapping further in."""
    for name, value in positions.node(missing.path).fields.items():
        entries = [(name, number) for number in range(len(value.items))] if value.is_list else [(name,)]
        for entry in entries:
            path = (*missing.path, *entry)
            if missing.key in positions.node(path).fields:
                yield (*path, missing.key)


def _is_name(path: Path, positions: Positions) -> bool:
    """Whether a key is a name that the file's author chooses, not a key of the language."""
    around = schemas_at(positions.kind, path[:-1], positions.root)
    return path[-1] not in known_keys(around) and any(_takes_any_key(schema) for schema in around)


def _takes_any_key(schema: Schema) -> bool:
    others = schema.get("additionalProperties")
    is_open = others is None and not schema.keys().isdisjoint({"properties", "propertyNames"})
    return is_open or isinstance(others, dict)
