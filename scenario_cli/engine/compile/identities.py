"""Stable names for definitions, by their meaning: what a contact's state is stored under. Stores nothing.

A name holds in every program compiled from a text of the same meaning, whatever stands around the definition: it says
nothing of lines, ranks or places.
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
    """The names of definitions that stand beside each other; of equals, the second is `...-2`, and so on."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for definition in definitions:
        name = identity(definition)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(names)
