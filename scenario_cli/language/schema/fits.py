"""Checks whether a value fits a schema: yes or no, fast, without a reason.

Nearly every file is correct. Functions compiled from the schema find that in a fraction of the time of jsonschema, and
save its import. jsonschema gives the reasons only for a file that does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from scenario_cli.language.schema.files import Schema, schema_of

Check = Callable[[Any], bool]

ANNOTATIONS = frozenset(
    ("$schema", "$id", "title", "description", "examples", "default", "errorMessage", "meaning", "definitions")
)


@cache
def fits(kind: str) -> Check:
    """The check of a whole file, as plain values, against the schema of its kind."""
    schema = schema_of(kind)
    definitions: dict[str, Check] = {}
    check = _compiled(schema, definitions)
    for name, definition in schema["definitions"].items():
        definitions[f"#/definitions/{name}"] = _compiled(definition, definitions)
    return check


def is_type(value: Any, name: str) -> bool:
    """Whether a value is of a JSON type. A boolean does not count as a number; 2.0 counts as an integer."""
    if name in ("number", "integer"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (name == "number" or isinstance(value, int) or value.is_integer())
    return isinstance(value, _TYPES[name])


_TYPES: dict[str, type] = {
    "string": str,
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def types_of(schema: Schema) -> tuple[str, ...]:
    """The types that a schema names; nothing if it takes any."""
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _compiled(schema: Any, definitions: dict[str, Check]) -> Check:
    """A schema's check. Keywords of one type pass values of any other, as JSON Schema wants it."""
    if isinstance(schema, bool):
        return lambda value: schema
    if "$ref" in schema:
        return lambda value: definitions[schema["$ref"]](value)
    unknown = schema.keys() - ANNOTATIONS - _KEYWORDS
    if unknown:
        raise NotImplementedError(f"schema keywords without a check: {sorted(unknown)}")
    checks: list[Check] = []
    if types := types_of(schema):
        checks.append(_type(types))
    if "enum" in schema:
        values = {(type(item), item) for item in schema["enum"]}
        checks.append(lambda value: value.__hash__ is not None and (type(value), value) in values)
    if "not" in schema:
        refused = _compiled(schema["not"], definitions)
        checks.append(lambda value: not refused(value))
    if "anyOf" in schema:
        branches = [_compiled(branch, definitions) for branch in schema["anyOf"]]
        checks.append(_any_of(branches))
    for part in (_text(schema), _number(schema), _list(schema, definitions), _mapping(schema, definitions)):
        if part is not None:
            checks.append(part)
    return checks[0] if len(checks) == 1 else _all_of(checks)


# Loops, because all() and any() over a generator would take twice as long: these run for every value of every file.
def _all_of(checks: list[Check]) -> Check:
    def check(value: Any) -> bool:
        for check_ in checks:  # noqa: SIM110
            if not check_(value):
                return False
        return True

    return check


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any) -> bool:
        for check_ in checks:  # noqa: SIM110
            if check_(value):
                return True
        return False

    return check


def _type(types: tuple[str, ...]) -> Check:
    if len(types) == 1 and types[0] in _TYPES:
        python = _TYPES[types[0]]
        return lambda value: isinstance(value, python)
    return lambda value: any(is_type(value, name) for name in types)


def _text(schema: Schema) -> Check | None:
    if not schema.keys() & {"pattern", "minLength"}:
        return None
    least, search = schema.get("minLength", 0), re.compile(schema.get("pattern", "")).search

    def check(value: Any) -> bool:
        return not isinstance(value, str) or (len(value) >= least and search(value) is not None)

    return check


def _number(schema: Schema) -> Check | None:
    if not schema.keys() & {"minimum", "maximum"}:
        return None
    least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return lambda value: not is_type(value, "number") or least <= value <= most


def _list(schema: Schema, definitions: dict[str, Check]) -> Check | None:
    if not schema.keys() & {"items", "minItems"}:
        return None
    least, item = schema.get("minItems", 0), _compiled(schema.get("items", True), definitions)

    def check(value: Any) -> bool:
        return not isinstance(value, list) or (len(value) >= least and all(map(item, value)))

    return check


def _mapping(schema: Schema, definitions: dict[str, Check]) -> Check | None:
    if not schema.keys() & _OF_MAPPINGS:
        return None
    least, most = schema.get("minProperties", 0), schema.get("maxProperties", float("inf"))
    required = schema.get("required", ())
    fields = {key: _compiled(part, definitions) for key, part in schema.get("properties", {}).items()}
    other_check = _compiled(schema.get("additionalProperties", True), definitions)
    name = _compiled(schema["propertyNames"], definitions) if "propertyNames" in schema else None
    dependencies = [
        (key, _compiled({"required": part} if isinstance(part, list) else part, definitions))
        for key, part in schema.get("dependencies", {}).items()
    ]

    def check(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        if not least <= len(value) <= most:
            return False
        for key in required:
            if key not in value:
                return False
        for key, field in value.items():
            if not fields.get(key, other_check)(field):
                return False
        for key, also in dependencies:
            if key in value and not also(value):
                return False
        return name is None or all(map(name, value))

    return check


_OF_MAPPINGS = frozenset(
    ("minProperties", "maxProperties", "required", "properties", "additionalProperties", "propertyNames",
     "dependencies")
)  # fmt: skip
_KEYWORDS = _OF_MAPPINGS | frozenset(
    ("type", "enum", "not", "anyOf", "pattern", "minLength", "minimum", "maximum", "items", "minItems")
)
