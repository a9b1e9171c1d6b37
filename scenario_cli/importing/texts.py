"""Texts of messages: the variables of another tool's templates as ours. Knows no tool."""

from __future__ import annotations

import re
from collections.abc import Callable

from scenario_cli.importing.ledger import Item, Remarks

# The marks of Django, Jinja and Liquid.
MARKS = re.compile(r"\{\{-?(?P<value>.*?)-?\}\}|\{%-?(?P<tag>.*?)-?%\}|\{#.*?#\}", re.DOTALL)

_OPENING = re.compile(r"\{(?=[{%#])")


def translated(
    text: str, resolve: Callable[[str], str | None], item: Item, remarks: Remarks, marks: re.Pattern[str] = MARKS
) -> str:
    """The text as a Jinja body. `resolve` returns our expression for the content of a mark, None if there is none: the
    mark is then shown in square brackets, and a person must replace it.
    """
    unknown: list[str] = []
    parts: list[str] = []
    at = 0
    for match in marks.finditer(text):
        parts.append(plain(text[at : match.start()]))
        at = match.end()
        inner = next((group for group in match.groups() if group is not None), "").strip()
        ours = resolve(inner) if inner and match.lastgroup != "tag" else None
        if ours is not None:
            parts.append("{{ " + ours + " }}")
        elif inner:
            shown = " ".join(inner.split())[:60]
            unknown.append(shown)
            parts.append(f"[{plain(shown)}]")
    parts.append(plain(text[at:]))
    if unknown:
        listed = ", ".join(f"[{name}]" for name in dict.fromkeys(unknown))
        item.decide(f"write the text for {listed}", remarks)
    return "".join(parts)


def plain(text: str) -> str:
    """A text that Jinja prints unchanged, such as a title in place of a subject."""
    return _OPENING.sub("{{ '{' }}", text)


def with_default(expression: str, otherwise: str | None) -> str:
    """The expression, with the replacement for a missing value."""
    quoted = (otherwise or "").replace("\\", "").replace("'", "\\'")
    return f"{expression} | default('{quoted}', true)"
