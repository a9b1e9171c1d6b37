"""The shape of the value under a key, `base.key` or `base['key']`. Reports unknown keys."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.edit.fixes import renamed_in_expression, respelt_text
from scenario_cli.language.names.shapes import ANYTHING, of_type
from scenario_cli.language.names.unknown import with_next_step
from scenario_cli.language.names.walk import Walk
from scenario_cli.language.templates.other_tools import METHODS, to_write
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Fix, did_you_mean
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import DATETIME_PARTS

_NAMED = {
    "the metrics": ("REF014", "metric", "metrics"),
    "the segments": ("REF015", "segment", "segments"),
}


# Values of the tracking plan that have no keys, in words.
_WITHOUT_KEYS = {
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a number",
    "boolean": "a value that is true or false",
}


def _instead_of_key(base: Property, key: str) -> str:
    """What to write instead of a key of a value that has none."""
    if key in METHODS:
        return to_write(METHODS[key])
    if base.type != "array":
        return "leave it out"
    return f"write one element, such as [0].{key}, or a condition on them: any(list, item.{key} == ...)"


def shape_of_key(walk: Walk, node: tree.Expr, base: Property, key: str) -> Property:
    if base.type in ("datetime", "date"):
        if key in DATETIME_PARTS:
            return of_type(DATETIME_PARTS[key])
        walk.report("REF004", f"a date has no part '{key}'", node, did_you_mean(key, DATETIME_PARTS, "parts"))
        return ANYTHING
    if base.type in _WITHOUT_KEYS and key not in DATETIME_PARTS:
        noun = _WITHOUT_KEYS[base.type]
        walk.report("REF004", f"{noun} has no key '{key}'", node, _instead_of_key(base, key))
        return ANYTHING
    if base.fields is None:
        return base.items or ANYTHING if base.type == "object" else ANYTHING
    if key in base.fields:
        field = base.fields[key]
        return field if field.name or field.type else Property(key, None, field.span)
    if base.name in _NAMED:
        code, singular, plural = _NAMED[base.name]
        walk.report(code, f"unknown {singular} '{key}'", node,
                    with_next_step(code, did_you_mean(key, base.fields, plural)),
                    fix=renamed_key(node, key, base.fields))  # fmt: skip
        return ANYTHING
    named = base.name.partition(" ")[0]
    noun = {"event": "property", "event.properties": "property", "table": "column"}.get(named, "key")
    noun = "attribute" if base.name == "the profile" else noun
    by_time = base.name.startswith("the trigger ")
    noun = "property" if by_time else noun
    owner = base.name if base.name.startswith(("the ", "event", "journey", "table '")) else f"'{base.name}'"
    built_in = {"event", "timestamp", "event_id", "properties"} if noun == "property" else set()
    hint = did_you_mean(key, set(base.fields) - built_in, "its properties" if noun == "property" else f"its {noun}s")
    hint = hint if by_time else with_next_step(noun, hint)
    walk.report("REF004", f"{owner} has no {noun} '{key}'", node, hint, fix=renamed_key(node, key, base.fields))
    return ANYTHING


def renamed_key(node: tree.Expr, key: str, keys: Iterable[str]) -> Fix | None:
    """The right key for `base.key` or `base['key']`."""
    if isinstance(node, tree.Item):
        return respelt_text(key, node.index.span, keys)
    return renamed_in_expression(key, node.span, keys)
