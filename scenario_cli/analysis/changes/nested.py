"""The changes of settings that consist of others: a sentence for each, named by its path, such as `run.lateness`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.analysis.changes.words import change, code, valued, was, words
from scenario_cli.analysis.labels import length_words
from scenario_cli.model.changes import Change

# The keys of project.yaml by the fields of the model, where they differ.
_KEYS = {
    "mapping": "map", "contacts_mapping": "contacts_map", "date_formats": "date_format", "decimals": "decimal",
}  # fmt: skip
_LENGTHS = ("lateness", "stale")  # in microseconds
_DAYS = ("on", "until")  # of key dates, as year, month and day


def nested_changes(field: str, before: Any, after: Any) -> Iterator[Change]:
    """The changes between two canonical values of a field of the project."""
    old, new = dict(_leaves((field,), before)), dict(_leaves((field,), after))
    differing = [path for path in dict.fromkeys((*new, *old)) if old.get(path) != new.get(path)]
    for path in differing:
        texts = _text(path, old), _text(path, new)
        yield change(path, f"{code('.'.join(path))} is {was(texts[1], texts[0])}", *texts)
    if not differing:  # entries that hold nothing
        yield valued((field,), code(field), before, after)


def _text(path: tuple[str, ...], leaves: Mapping[tuple[str, ...], str]) -> str:
    """The words for a value. A canonical value leaves out what is as by default."""
    if path in leaves:
        return leaves[path]
    has_siblings = len(path) > 1 and any(other[: len(path) - 1] == path[:-1] for other in leaves)
    return "the default" if has_siblings else "not set"


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each value inside another one, in words, by its path; a list whose elements are mappings counts from 1."""
    if isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
        value = {str(number): element for number, element in enumerate(value, 1)}
    if isinstance(value, dict) and value.keys() != {"expression"}:
        for key, part in value.items():
            # The name of an entry repeats its key.
            if not (key == "name" and part == path[-1]):
                yield from _leaves((*path, _KEYS.get(key, str(key))), part)
    elif value is not None:
        yield path, _leaf(path, value)


def _leaf(path: tuple[str, ...], value: Any) -> str:
    if path[-1] in _LENGTHS and isinstance(value, int):
        return length_words(value)
    if path[0] == "key_dates" and path[-1] in _DAYS:
        return ", ".join(map(_day, value if path[-1] == "on" else [value]))
    if path[0] == "key_dates" and path[-1] == "lead":
        return f"{value} days"
    return code(value["expression"]) if isinstance(value, dict) else words(value)


def _day(day: tuple[int | None, int, int]) -> str:
    year, month, number = day
    return f"{year}-{month:02}-{number:02}" if year is not None else f"{month:02}-{number:02}"
