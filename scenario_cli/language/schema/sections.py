"""The section of a mapping that a key belongs under: one that holds names with values of this shape."""

from __future__ import annotations

from scenario_cli.language.schema.at_path import known_keys, schemas_at
from scenario_cli.language.schema.positions import Path, Positions


def section_by_value(path: Path, positions: Positions) -> str | None:
    """The section above an unknown key whose entries have most keys of its value; of several, the nearest. That of a
    state that starts too far to the left is 'states', also if it is missing.
    """
    keys, around = positions.node(path).fields.keys(), path[:-1]
    for section in (*_sections_above(path, positions), *_missing_sections(around, positions)) if keys else ():
        schemas = schemas_at(positions.kind, (*around, section, path[-1]), None)
        if 2 * len(keys & known_keys(schemas)) > len(keys):
            return section
    return None


def _sections_above(path: Path, positions: Positions) -> list[str]:
    """The keys above a key whose values hold names, the nearest first."""
    around = path[:-1]
    known = known_keys(schemas_at(positions.kind, around, positions.root)) & positions.node(around).fields.keys()
    places = {
        key: positions.key_span((*around, key)).position for key in known if _is_section((*around, key), positions)
    }
    above = [key for key, place in places.items() if place < positions.key_span(path).position]
    return sorted(above, key=lambda key: places[key], reverse=True)


def _missing_sections(around: Path, positions: Positions) -> list[str]:
    present = positions.node(around).fields
    schemas = schemas_at(positions.kind, around, positions.root)
    missing = [key for schema in schemas for key in schema.get("required", ()) if key not in present]
    return [key for key in missing if _is_section((*around, key), positions)]


def _is_section(path: Path, positions: Positions) -> bool:
    schemas = schemas_at(positions.kind, path, positions.root)
    return any(isinstance(schema.get("additionalProperties"), dict) for schema in schemas)


def under(section: str) -> str:
    """The change that moves a key into a section beside it."""
    return f"write it under '{section}', further to the right than '{section}'"
