"""Figures by value, as expressions and templates read them: a mapping that has a figure for each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Figures(dict[str, Any]):
    """Figures by the value that distinguishes them; `of_nothing` is the figure of any other value.

    A key is the text of a value: `figures[7]` and `figures['7']` are the same.
    """

    __slots__ = ("of_nothing",)

    def __init__(self, figures: Mapping[str, Any], of_nothing: Any) -> None:
        super().__init__(figures)
        self.of_nothing = of_nothing

    def figure(self, key: Any) -> Any:
        """The figure of a value. It has this name because compiled code takes `get` of any known mapping for that of
        `dict`.
        """
        text = key_text(key)
        return super().get(text, self.of_nothing) if text is not None else self.of_nothing

    def get(self, key: Any, default: Any = None) -> Any:
        return self.figure(key)

    def __missing__(self, key: Any) -> Any:
        return self.figure(key)


def key_text(value: Any) -> str | None:
    """A text, number or boolean as the key of a figure; None for any other value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float) else None
