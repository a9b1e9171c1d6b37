"""`st.sampled_from`, made once for the same values. A world takes hundreds of them, and to make and check one takes
longer than to draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

Value = TypeVar("Value")


def choice(values: Sequence[Value]) -> st.SearchStrategy[Value]:
    """One of the values, simplest first."""
    given = tuple(values)
    # 1 and True are equal, and each is to be drawn as it is.
    return _choice(given, tuple(map(type, given)))


@cache
def _choice(values: tuple[Value, ...], kinds: tuple[type, ...]) -> st.SearchStrategy[Value]:
    return st.sampled_from(values)
