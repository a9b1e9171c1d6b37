"""The calls of functions that are open at the end of an expression that is being written. Knows no names."""

from __future__ import annotations

import re

from scenario_cli.model.value_class import dataclass

_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?")
_NAME = re.compile(r"[A-Za-z_]\w*$")


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that is not closed: its function and the texts of its values, the last one as far as it is written."""

    name: str
    values: tuple[str, ...]


def calls_around(written: str) -> list[OpenCall]:
    """The calls that are open at the end of a text, from outside to inside."""
    opened: list[tuple[str, list[int]]] = []  # the function, empty for other brackets; where its values begin
    at = 0
    while at < len(written):
        text = _TEXT.match(written, at)
        sign = written[at]
        if sign in "([{":
            name = _NAME.search(written[:at]) if sign == "(" else None
            opened.append((name[0] if name is not None else "", [at + 1]))
        elif sign in ")]}" and opened:
            opened.pop()
        elif sign == "," and opened:
            opened[-1][1].append(at + 1)
        at = text.end() if text is not None else at + 1
    return [
        OpenCall(
            name, tuple(written[start : end - 1] for start, end in zip(starts, [*starts[1:], at + 1], strict=True))
        )
        for name, starts in opened
        if name
    ]
