"""The intention behind a key that a mapping does not know."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.files import schema_of
from scenario_cli.language.schema.hints import flow
from scenario_cli.language.schema.outer_keys import how_to_move, outer_owner
from scenario_cli.language.schema.positions import Positions
from scenario_cli.language.schema.sections import section_by_value, under
from scenario_cli.language.schema.synonyms import key_meant
from scenario_cli.model.diagnostic import did_you_mean, nearest

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


def intended_key(fault: Fault, positions: Positions) -> str:
    """The key that an unknown one was meant to be: another of this place, or the same one of another place."""
    properties, kind = fault.schema["properties"], positions.kind
    if fault.key == "<<":
        return "YAML 1.2 has no merging: write the keys themselves, or repeat a whole value: 'after: *name'"
    opened = re.match(r"([\w-]+)\s*[{\[]", fault.key)
    if opened is not None:
        return f"a ':' is missing after '{opened[1]}': write '{opened[1]}: {fault.key[opened.end() - 1 :]}...'"
    rest_of_text = fault.key.count(")") > fault.key.count("(") or fault.key.count("]") > fault.key.count("[")
    if rest_of_text or (_without_colon(fault, positions) and not nearest(fault.key, properties)):
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
        return under(section) if section in fault.value else f"write '{section}:' above it, and move it to the right"
    if owners and not intended:
        belongs = f"'{fault.key}' belongs to {' or '.join(map(_with_article, owners))}"
        return belongs + (f", not to {_with_article(title)}" if title else "")
    intended = intended or meant_by(fault.key, free, cutoff=0.8)
    return did_you_mean(intended or fault.key, properties)


def _without_colon(fault: Fault, positions: Positions) -> bool:
    """Whether an unknown key has neither a value nor a ':', as the rest of a text after a comma within braces."""
    key = positions.node(fault.path).key(fault.key)
    end = key.span
    behind = key.lines[end.end_line - 1][end.end_column - 1 :] if key.lines else ""
    return fault.value[fault.key] is None and not behind.lstrip().startswith(":")


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
    if noun.endswith("s"):  # quiet hours, links
        return noun
    return f"{'the' if noun in _SINGULAR_PARTS else 'an' if noun[0] in 'aeiou' else 'a'} {noun}"
