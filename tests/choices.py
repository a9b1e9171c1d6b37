"""`st.sampled_from`, made once for the same values. A world uses hundreds of these strategies, and making and checking
a strategy takes longer than drawing from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

Value = TypeVar("Value")


def choice(values: Sequence[Value]) -> st.SearchStrategy[Value]:
    """A strategy for one of the values, simplest first."""
    options = tuple(values)
    # 1 and True are equal, but each must be drawn with its own type.
    return _choice(options, tuple(map(type, options)))


@cache
def _choice(values: tuple[Value, ...], kinds: tuple[type, ...]) -> st.SearchStrategy[Value]:
    return st.sampled_from(values)
