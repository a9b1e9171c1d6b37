"""Gives definitions stable names by their meaning, under which a contact's state is stored. Stores nothing.

A name is the same in every program that has the definition, independent of its surroundings: lines, ranks and places do
not matter. Metrics and past-event calls need no ordinal, because equal definitions have equal figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scenario_cli.model.canonical import digest

_LENGTH = 16  # hexadecimal digits: 64 bits, enough among the definitions of one project


def identity(*definition: object) -> str:
    """The name of a definition: a hash of its meaning."""
    return digest(definition)[:_LENGTH]


def identities(definitions: Iterable[object]) -> tuple[str, ...]:
    """The names of definitions in one list; a second equal definition is `...-2`, and so on."""
    counts: Counter[str] = Counter()
    names: list[str] = []
    for definition in definitions:
        name = identity(definition)
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name}-{counts[name]}")
    return tuple(names)
