"""Counts the work of one expression or one rendering, and bounds it by steps instead of by a clock. Works out no value.

The count depends on the text and the data alone, so that every machine gives up at the same place.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

MOST_STEPS = 1_000_000  # of one expression or one rendering
MAX_TEXT = 1_000_000  # characters of a text that an expression or a template makes
MAX_LIST = 100_000  # elements of a list that an expression or a template makes
MOST_NESTED = 100  # lists and mappings in each other, of a value that is compared, ordered or written as a text
MOST_CALLS = 50  # macros, included and extended files in each other

_NESTING = (list, tuple, dict)
_ALONE = frozenset({int, float, bool, type(None)})  # they contain no other values
_UNCOUNTED = 1 << 60
_left = _UNCOUNTED
_depth = 0


class Misfit(Exception):
    """A value does not fit its place, by its type or its size; the text states which."""


class Exceeded(Misfit):
    """The work passes the bound of one expression or one rendering."""


def begin() -> bool:
    """Whether counting begins here: false inside an expression or a rendering, whose count continues."""
    global _left, _depth
    if _left <= MOST_STEPS:
        return False
    _left, _depth = MOST_STEPS, 0
    return True


def end() -> None:
    global _left
    _left = _UNCOUNTED


def pause() -> tuple[int, int]:
    """Stops counting; gives the state that `resume` continues with."""
    global _left
    state = _left, _depth
    _left = _UNCOUNTED
    return state


def resume(state: tuple[int, int]) -> None:
    global _left, _depth
    _left, _depth = state


def enter() -> int:
    """Counts how deep calls and files are in each other; gives the depth that `leave` goes back to."""
    global _depth
    before = _depth
    if before >= MOST_CALLS:
        raise Exceeded(f"macros, loops and files call or include each other more than {MOST_CALLS} deep")
    _depth = before + 1
    return before


def leave(before: int) -> None:
    global _depth
    _depth = before


def spend(steps: int) -> None:
    """Counts steps; raises `Exceeded` past the bound."""
    global _left
    _left -= steps
    if _left < 0:
        raise Exceeded(f"it takes more than {MOST_STEPS:,} steps")


def handle(value: Any) -> None:
    """Counts a value that is read from end to end: an element is a step, and so are ten characters."""
    if isinstance(value, str):
        spend(1 + len(value) // 10)
    elif type(value) is list or isinstance(value, Sized):  # to ask a list for an abstract class takes time
        spend(1 + len(value))
    else:
        spend(1)


def weigh(value: Any, most: int = MAX_TEXT) -> int:
    """The elements and characters in a value at any depth, each as often as it occurs.

    Raises `Misfit` for more than `most`, and for a value that is nested too deeply. An element is a step, and so are
    ten characters.
    """
    weight = characters = 0
    level = [value]
    for _ in range(MOST_NESTED + 1):
        below: list[Any] = []
        weight += len(level)
        for part in level:
            if isinstance(part, str):
                characters += len(part)
            elif type(part) in _ALONE:
                continue
            elif isinstance(part, _NESTING):
                below.extend(part)
                if isinstance(part, dict):
                    below.extend(part.values())
                if weight + characters + len(below) > most:
                    break
        if weight + characters + len(below) > most:
            raise Misfit(f"a value of more than {most:,} elements and characters is too long")
        if not below:
            spend(weight + characters // 10)
            return weight + characters
        level = below
    raise Misfit(f"a value is nested more than {MOST_NESTED} deep")
