"""Words the faults of a file's shape: the sentence, its place, the probable intention. Finds none."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from scenario_cli.language.schema.files import Schema, schema_of
from scenario_cli.language.schema.fits import types_of
from scenario_cli.language.schema.hints import flow, for_example, for_type, quoted_value
from scenario_cli.language.schema.outer_keys import how_to_move, outer_owner
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.schema.sections import section_by_value, under
from scenario_cli.language.schema.synonyms import key_meant, value_meant
from scenario_cli.language.yaml_node import Node
from scenario_cli.language.yaml_slips import in_quotes
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean, nearest
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the keyword of the schema that a value fails, and the value's path.

    `key` is the unknown, missing, required or excluded key; `others` are the keys that would fit.
    """

    keyword: str
    path: Path
    value: Any
    schema: Schema
    key: str = ""
    alternatives: tuple[str, ...] = ()


def finding_of(fault: Fault, positions: Positions) -> Diagnostic:
    """The fault as a finding."""
    code, message, span, hint = _WORDINGS.get(fault.keyword, _form)(fault, positions)
    return Diagnostic(code, message, span, hint=hint)


Wording = tuple[str, str, Span, str | None]

# Words that people write for a key with another name here.
_OTHER_WORDS = {
    "to": ("end", "goto", "go_to", "next", "target", "then"),
    "where": ("if", "condition", "filter"),
    "if": ("where", "condition"),
    "wait": ("delay",),
    "after": ("delay", "timeout", "wait"),
    "on": ("transitions", "events"),
    "send": ("message", "messages", "actions"),
    "scenario": ("name",),
}


def meant_by(key: str, keys: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known key that was probably meant, if one is near."""
    names = list(keys)
    similar = difflib.get_close_matches(key.lower(), names, n=1, cutoff=cutoff)
    return _by_another_word(key, names) or next(iter(similar), None)


def _by_another_word(key: str, keys: Iterable[str]) -> str | None:
    return next((right for right in keys if key in _OTHER_WORDS.get(right, ())), None)


def _unknown(fault: Fault, positions: Positions) -> Wording:
    span = positions.key_span((*fault.path, fault.key))
    message = f"unknown key '{fault.key}' in {positions.name_of(fault.path)}"
    return "SCH001", message, span, _of_unknown(fault, positions)


def _of_unknown(fault: Fault, positions: Positions) -> str:
    """The key that an unknown one was meant to be: another of this place, or the same one of another place."""
    properties, kind = fault.schema["properties"], positions.kind
    if fault.key == "<<":
        return "YAML 1.2 has no merging: write the keys themselves, or repeat a whole value: 'after: *name'"
    opened = re.match(r"([\w-]+)\s*[{\[]", fault.key)
    if opened is not None:
        return f"a ':' is missing after '{opened[1]}': write '{opened[1]}: {fault.key[opened.end() - 1 :]}...'"
    rest_of_text = fault.key.count(")") > fault.key.count("(") or fault.key.count("]") > fault.key.count("[")
    if rest_of_text or (fault.value[fault.key] is None and not nearest(fault.key, properties)):
        return "inside { } a comma ends a value: put the whole text before this in quotes"
    free = [key for key in properties if key not in fault.value]
    required = [key for key in fault.schema.get("required", ()) if key in free]
    title = fault.schema.get("title", "")
    intended = meant_by(fault.key, required) or key_meant(title, fault.key, free) or _by_another_word(fault.key, free)
    if intended == "to" and fault.key == "end" and title in ("transition", "wait"):
        return f"write 'to: {flow({'end': fault.value['end']})}'"
    intended = intended or meant_by(fault.key, free, cutoff=0.9)
    owners = sorted(_owners(kind).get(fault.key, set()) - {title})
    if not fault.path and not intended and (own := _section_of(fault.key, kind)):
        return under(own)
    if not fault.path and not intended and not owners and (file := _file_of(fault.key, kind)):
        return f"'{fault.key}' belongs {file}"
    path = (*fault.path, fault.key)
    outer = outer_owner(path, positions)
    if outer is not None and not intended:
        return f"'{fault.key}' belongs to {positions.name_of(outer)}: {how_to_move(path, outer, positions)}"
    if not intended and (section := section_by_value(path, positions)):
        return under(section)
    if owners and not intended:
        belongs = f"'{fault.key}' belongs to {' or '.join(map(_with_article, owners))}"
        return belongs + (f", not to {_with_article(title)}" if title else "")
    intended = intended or meant_by(fault.key, free, cutoff=0.8)
    return did_you_mean(intended or fault.key, properties)


@cache
def _owners(kind: str) -> dict[str, set[str]]:
    """The titles of the schemas that have a key, for each key of a kind of file."""
    owners: dict[str, set[str]] = {}
    visited: set[int] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict) and id(part) not in visited:
            visited.add(id(part))
            title = part.get("title")
            if isinstance(title, str) and title != "target" and isinstance(part.get("properties"), dict):
                for key in part["properties"]:
                    owners.setdefault(key, set()).add(title)
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(schema_of(kind))
    return owners


def _section_of(key: str, kind: str) -> str | None:
    """The only key that a file can have at its top, if the other belongs below it."""
    top = schema_of(kind)["properties"]
    return next((own for own, below in top.items() if len(top) == 1 and key in below.get("properties", ())), None)


def _file_of(key: str, kind: str) -> str | None:
    """The file of a project that has this key at its top, or below its only key."""
    for other in (other for other in _ONCE if other != kind):
        if key in schema_of(other)["properties"]:
            return f"in {other}.yaml"
        if section := _section_of(key, other):
            return f"in {other}.yaml, under '{section}'"
    return "in a file of test cases, NAME.test.yaml" if key in ("cases", "timelines", "contacts") else None


_ONCE = ("policy", "events", "metrics", "project")  # delivery.yaml has no key of its own at its top

# Parts that a file has once.
_SINGULAR_PARTS = (
    "scenario",
    "goal",
    "project",
    "policy file",
    "policy",
    "tracking plan",
    "metrics file",
    "delivery file",
    "test file",
)


def _with_article(noun: str) -> str:
    return f"{'the' if noun in _SINGULAR_PARTS else 'an' if noun[0] in 'aeiou' else 'a'} {noun}"


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
    return "SCH003", message, positions.value_span(fault.path), for_type(key, fault.value, fault.schema)


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
    letters = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode()
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
