"""The faults of a file's shape that can be mended without asking: a word that is right but for how it is written."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.schema_messages import Fault
from scenario_cli.model.diagnostic import Edit, Fix
from scenario_cli.model.source import Span


def fix_of(fault: Fault, span: Span) -> Fix | None:
    """`Live` for `live`, `While-Running` for `while_running`; `span` is that of the word."""
    if fault.keyword == "enum" and isinstance(fault.value, str):
        right = _same_word(fault.value, (one for one in fault.schema["enum"] if isinstance(one, str)))
    elif fault.keyword == "unknown":
        known = (key for key in fault.schema.get("properties", ()) if key not in fault.value)
        others = [key for key in fault.value if key != fault.key]
        right = _same_word(fault.key, known)
        if right is not None and any(_folded(other) == _folded(right) for other in others):
            return None
    else:
        return None
    return Fix(f"write '{right}'", (Edit(span, right),)) if right is not None else None


def _same_word(word: str, known: Iterable[str]) -> str | None:
    same = [one for one in known if _folded(one) == _folded(word)]
    return same[0] if len(same) == 1 else None


def _folded(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")
