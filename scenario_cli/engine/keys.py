"""Keys of journeys: their value at entry, and which journeys a later event concerns. Lets no contact enter."""

from __future__ import annotations

from typing import Any

from scenario_cli.engine.compiled import Machine
from scenario_cli.engine.state import ContactState
from scenario_cli.model.event import Event

# The positions of a key's parts that an event names (None: the whole key), each with its value.
NamedParts = list[tuple[int | None, Any]]


def key_of(machine: Machine, state: ContactState) -> Any:
    """The key of a journey that would begin now; None if a part of it is missing, a list or a mapping.

    A key of several parts is a tuple.
    """
    if machine.key is None:
        return None
    value = machine.key(state)
    if not machine.has_key_parts:
        return value if isinstance(value, str | int | float) else None
    parts = tuple(value) if isinstance(value, list) else ()
    return parts if parts and all(isinstance(part, str | int | float) for part in parts) else None


def parts_named(machine: Machine, event: Event) -> NamedParts:
    """The parts of a scenario's key that an event has as properties; an event without any concerns every journey."""
    properties = event.properties
    return [(part.index, value) for part in machine.key_properties if (value := properties.get(part.name)) is not None]


def is_named(parts: NamedParts, key: Any) -> bool:
    """Whether the parts that an event names are those of a journey's key.

    A journey that moved here from a definition with another key can lack a part; then any value matches.
    """
    for index, value in parts:
        if index is None:
            if value != key and key is not None and not isinstance(key, tuple):
                return False
        elif isinstance(key, tuple) and index < len(key) and value != key[index]:
            return False
    return True
