"""Words the faults of a file's shape: the sentence, its place, the probable intention. Finds none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from scenario_cli.language.schema.at_path import is_of_type, schemas_at
from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.files import Schema
from scenario_cli.language.schema.fits import types_of
from scenario_cli.language.schema.hints import flow, for_example, for_type, quoted_value
from scenario_cli.language.schema.positions import Positions
from scenario_cli.language.schema.synonyms import key_meant, value_meant
from scenario_cli.language.schema.unknown_keys import intended_key
from scenario_cli.language.yaml_node import Node
from scenario_cli.language.yaml_slips import in_quotes
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.source import Span


def finding_of(fault: Fault, positions: Positions) -> Diagnostic:
    """The fault as a finding."""
    code, message, span, hint = _WORDINGS.get(fault.keyword, _form)(fault, positions)
    return Diagnostic(code, message, span, hint=hint)


Wording = tuple[str, str, Span, str | None]


def _unknown(fault: Fault, positions: Positions) -> Wording:
    span = positions.key_span((*fault.path, fault.key))
    message = f"unknown key '{fault.key}' in {positions.name_of(fault.path)}"
    return "SCH001", message, span, intended_key(fault, positions)


def _missing(fault: Fault, positions: Positions) -> Wording:
    message = f"{_without_article(positions.name_of(fault.path))} has no '{fault.key}'"
    property_schema = fault.schema.get("properties", {}).get(fault.key, {})
    hint = _by_a_property(fault) or for_example(fault.key, property_schema)
    return "SCH002", message, positions.head_span(fault.path), hint


def _by_a_property(fault: Fault) -> str | None:
    """The missing key in place of a property that was meant as that key: an event can have any property."""
    title = fault.schema.get("title", "")
    for key, value in fault.value.items():
        if key_meant(title, key, (fault.key,)) and not isinstance(value, dict | list):
            is_span = fault.key == "at" and key in ("after", "in", "wait")
            return f"write '{fault.key}: {'+' if is_span else ''}{flow(value)}' in place of '{key}'"
    return None


def _no_kind_key(fault: Fault, positions: Positions) -> Wording:
    """A mapping without the key that gives its kind."""
    *most, last = (f"'{key}'" for key in fault.alternatives)
    message = f"{_without_article(positions.name_of(fault.path))} has none of {', '.join(most)} and {last}"
    hint = for_example(fault.path[-1], fault.schema)
    return "SCH002", message, positions.head_span(fault.path), hint


def _any_of(fault: Fault, positions: Positions) -> Wording:
    keys = tuple(branch["required"][0] for branch in fault.schema["anyOf"])
    return _no_kind_key(Fault("none", fault.path, fault.value, fault.schema, alternatives=keys), positions)


def _without_article(position: str) -> str:
    return position.removeprefix("the ")


_TYPE_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def _type(fault: Fault, positions: Positions) -> Wording:
    if fault.value is None:
        return _empty(fault, positions)
    if fault.schema.get("title") == "secret" and isinstance(fault.value, str | int | float):
        return _in_clear_text(fault, positions)
    types = types_of(fault.schema)
    requirement = fault.schema.get("errorMessage") or "must be " + " or ".join(_TYPE_WORDS[name] for name in types)
    subject = positions.subject(fault.path) if fault.path else f"{_a_file(positions.kind)}"
    message = f"{subject} {requirement}, not {quoted_value(fault.value)}"
    key = fault.path[-1] if fault.path else ""
    entries = schemas_at(positions.kind, (*fault.path, 0), None)
    is_entry = any(is_of_type(schema, positions.node(fault.path)) for schema in entries if "type" in schema)
    return "SCH003", message, positions.value_span(fault.path), for_type(key, fault.value, fault.schema, is_entry)


def _in_clear_text(fault: Fault, positions: Positions) -> Wording:
    """A secret that is in the file. It is not cited: findings are printed in logs that more people read."""
    key = str(fault.path[-1])
    variable = re.sub(r"\W+", "_", f"{fault.path[1]}_{key}" if len(fault.path) > 1 else key).upper()
    message = f"{positions.subject(fault.path)} is written in clear text, visible to everybody who can read the project"
    hint = (
        f"put it into an environment variable, write '{key}: {{env: {variable}}}', and change the secret, "
        "because it is no longer secret"
    )
    return "SCH009", message, positions.key_span(fault.path), hint


def _a_file(kind: str) -> str:
    name = {"events": "tracking plan", "scenario": "scenario", "project": "project"}.get(kind, f"{kind} file")
    return f"a {name}"


def _empty(fault: Fault, positions: Positions) -> Wording:
    message = f"{positions.subject(fault.path)} is empty"
    key = fault.path[-1] if fault.path else ""
    hint = for_example(key, fault.schema)
    comment_text = _lost_in_comment(positions.node(fault.path))
    if comment_text is not None:
        hint = f"YAML starts a comment at ' #': put the text in quotes: {in_quotes(comment_text)}"
    elif {} in fault.schema.get("examples", ()):
        hint = f"for an empty value write '{key}: {{}}'"
    return "SCH006", message, positions.key_span(fault.path), hint


def _lost_in_comment(node: Node) -> str | None:
    """The text after an empty value on its line, if it begins like one: `#1`, `#{{ name }}`."""
    if not node.lines or node.value is not None:
        return None
    line = node.lines[node.span.line - 1]
    match = re.search(r"(?:^|\s)(#[^\s#!].*)", line[max(node.span.column - 2, 0) :])
    return match[1].rstrip() if match is not None else None


def _too_few(fault: Fault, positions: Positions) -> Wording:
    if not fault.value:
        return _empty(fault, positions)
    message = f"{positions.subject(fault.path)} must have at least {fault.schema['minItems']} entries"
    return "SCH007", message, positions.key_span(fault.path), for_example(fault.path[-1], fault.schema)


def _too_many(fault: Fault, positions: Positions) -> Wording:
    requirement = fault.schema.get("errorMessage") or f"must have at most {fault.schema['maxProperties']} keys"
    return "SCH007", f"{positions.subject(fault.path)} {requirement}", positions.head_span(fault.path), None


def _range(fault: Fault, positions: Positions) -> Wording:
    least, most = fault.schema.get("minimum"), fault.schema.get("maximum")
    requirement = f"from {least} to {most}" if most is not None and least is not None else f"at least {least}"
    message = f"{positions.subject(fault.path)} must be {requirement}, not {fault.value}"
    return "SCH007", message, positions.value_span(fault.path), None


def _choice(fault: Fault, positions: Positions) -> Wording:
    if fault.value is None:
        return _empty(fault, positions)
    message = f"{positions.subject(fault.path)} cannot be {quoted_value(fault.value, bare=True)}"
    options = [str(value) for value in fault.schema["enum"]]
    intended = value_meant(str(fault.path[-1]), fault.value, options)
    hint = did_you_mean(intended or str(fault.value).rstrip(",;"), options, "allowed")
    return "SCH004", message, positions.value_span(fault.path), hint


def _refused(fault: Fault, positions: Positions) -> Wording:
    message = (
        f"{positions.subject(fault.path)} {fault.schema['errorMessage']}, not {quoted_value(fault.value, bare=True)}"
    )
    return "SCH004", message, positions.value_span(fault.path), None


def _form(fault: Fault, positions: Positions) -> Wording:
    requirement = fault.schema.get("errorMessage", "has the wrong form")
    message = f"{positions.subject(fault.path)} {requirement}, not {quoted_value(fault.value, bare=True)}"
    comment = re.match(r"(\S+?)(#\s.*)", str(fault.value))
    if comment is not None and re.search(fault.schema.get("pattern", "$^"), comment[1]):
        at = positions.node(fault.path).at(comment.start(2))
        return "SCH005", "a comment needs a space before its '#'", at, (
            f"write '{comment[1]} {comment[2]}'")  # fmt: skip
    key = str(fault.path[-1]) if fault.path else ""
    intended = value_meant(key, fault.value)
    hint = f"did you mean '{intended}'?" if intended else _as_name(fault.value, fault.schema)
    number = re.fullmatch(r"([0-9]+),([0-9]+%?)", str(fault.value))
    if number is not None and re.search(r"\b(number|percentage)\b", requirement):
        hint = f"a decimal number has a point: {number[1]}.{number[2]}"
    ending = re.fullmatch(r"end[ :]+(\w+)", str(fault.value))
    if ending is not None and "{end: outcome}" in requirement:
        hint = f"write {{end: {ending[1]}}}"
    return "SCH005", message, positions.value_span(fault.path), hint


def _name(fault: Fault, positions: Positions) -> Wording:
    span = positions.key_span(fault.path)
    if not fault.value:
        return "SCH006", f"a key of {positions.name_of(fault.path[:-1])} is empty", span, None
    requirement = fault.schema.get("errorMessage", "has the wrong form")
    message = f"the name of {positions.name_of(fault.path)} {requirement}"
    return "SCH005", message, span, _as_name(fault.value, fault.schema)


def _as_name(text: Any, schema: Schema) -> str | None:
    """The nearest text that the pattern of a name takes."""
    letters = unicodedata.normalize("NFKD", str(text).replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = re.sub(r"\W+", "_", letters).strip("_")
    is_name = name and re.search(schema.get("pattern", "$^"), name)
    return f"for example: {name}" if is_name else None


_KEEP = {
    "for": "'wait' is a fixed wait, 'for' takes one from data: keep one of them",
    "scenarios": "'scenarios' takes a list: keep only this key",
}


def _keys_together(fault: Fault, positions: Positions) -> Wording:
    own_key, around = str(fault.path[-1]), fault.path[:-1]
    message = f"'{own_key}' and '{fault.key}' cannot be combined in {positions.name_of(around)}"
    hint = "write 'to: {end: outcome}' with other keys" if fault.key == "end" else _KEEP.get(own_key)
    return "SCH008", message, positions.key_span(fault.path), hint or "keep one of them"


def _foreign(fault: Fault, positions: Positions) -> Wording:
    sign = fault.schema["required"][0]
    position, span = positions.name_of(fault.path[:-1]), positions.key_span(fault.path)
    if fault.key in fault.alternatives:
        hint = "keep one of them"
        if fault.schema.get("title") == "trigger":
            hint = "keep one, or write a list of two triggers"
        return "SCH008", f"'{fault.key}' and '{sign}' cannot be combined in {position}", span, hint
    partners = ", ".join(f"'{key}'" for key in fault.alternatives)
    return (
        "SCH008",
        f"'{fault.key}' and '{sign}' cannot be combined in {position}",
        span,
        f"'{fault.key}' needs {partners}",
    )


def _missing_partner(fault: Fault, positions: Positions) -> Wording:
    (own_key,) = fault.alternatives
    message = f"'{own_key}' needs '{fault.key}' in {positions.name_of(fault.path)}"
    hint = for_example(fault.key, fault.schema.get("properties", {}).get(fault.key, {}))
    return "SCH008", message, positions.key_span((*fault.path, own_key)), hint


_WORDINGS: dict[str, Callable[[Fault, Positions], Wording]] = {
    "unknown": _unknown,
    "required": _missing,
    "none": _no_kind_key,
    "anyOf": _any_of,
    "type": _type,
    "enum": _choice,
    "not": _refused,
    "name": _name,
    "minLength": _empty,
    "minProperties": _empty,
    "minItems": _too_few,
    "maxProperties": _too_many,
    "minimum": _range,
    "maximum": _range,
    "beside": _keys_together,
    "foreign": _foreign,
    "needs": _missing_partner,
}
