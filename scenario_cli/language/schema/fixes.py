"""Fixes for faults of a file's shape that are safe to make: right words in the wrong spelling."""

from __future__ import annotations

from scenario_cli.language.edit.fixes import same_word, unquoted
from scenario_cli.language.schema.fault import Fault
from scenario_cli.model.diagnostic import Edit, Fix
from scenario_cli.model.source import Span


def fix_of(fault: Fault, span: Span) -> Fix | None:
    """`Live` for `live`, `While-Running` for `while_running`, `"80"` for `80`; `span` is that of the word."""
    word = fault.key if fault.keyword == "unknown" else fault.value
    if fault.keyword == "enum" and isinstance(fault.value, str):
        right = same_word(fault.value, (option for option in fault.schema["enum"] if isinstance(option, str)))
    elif fault.keyword == "unknown":
        free_keys = (key for key in fault.schema.get("properties", ()) if key not in fault.value)
        other_keys = [key for key in fault.value if key != fault.key]
        right = same_word(fault.key, free_keys)
        if right is not None and any(same_word(other_key, [right]) for other_key in other_keys):
            return None
    elif fault.keyword == "type" and isinstance(fault.value, str) and isinstance(fault.schema.get("type"), str):
        return unquoted(fault.value, span, fault.schema["type"])
    else:
        return None
    return Fix(f"write '{right}'", (Edit(span, right, word),)) if right is not None else None
