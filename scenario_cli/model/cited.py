"""A value as a message about it cites it. Shows no value to a contact."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.budget import Misfit, weigh

_MOST_SHOWN = 10_000  # elements and characters of a list that is cited


def shown(value: Any) -> str:
    """A value as a warning cites it: short, and with its type."""
    try:
        if isinstance(value, list | tuple | dict):
            weigh(value, _MOST_SHOWN)
        text = str(value)
    except (Misfit, RecursionError, ValueError):  # nested deeper or longer than Python can write
        text = "..."
    text = text if len(text) <= 40 else text[:37] + "..."
    kinds = {str: "text", bool: "boolean", int: "number", float: "number", list: "list", dict: "mapping"}
    return f"the {kinds.get(type(value), type(value).__name__)} {text!r}"
