"""Limits the depth of expressions and of blocks of templates, before a recursive parser fails.

A parser calls itself for each level: some hundreds of levels end in an error without a position.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

MOST_LEVELS = 60
MOST_BLOCKS = 50

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
# Words and signs before a value that need no bracket to go one level down.
_BEFORE = frozenset(("not", "-", "+", "**", "~", "if", "else"))


def too_deep(tokens: Sequence[tuple[int, str]]) -> int | None:
    """The offset of the token at which an expression goes down too far; None if none does."""
    if len(tokens) <= MOST_LEVELS:
        return None  # each goes one level down at most
    depth = 0
    before = [0]  # for each open bracket: how many levels the words before its values make
    for offset, token in tokens:
        if token in _OPENING:
            before.append(0)
            depth += 1
        elif token in _CLOSING and len(before) > 1:
            depth -= 1 + before.pop()
        elif token in _BEFORE:
            before[-1] += 1
            depth += 1
        elif token == "," and before[-1]:
            depth -= before[-1]
            before[-1] = 0
        if depth > MOST_LEVELS:
            return offset
    return None


_BLOCKS = ("if", "for", "block", "macro", "with", "filter", "call", "autoescape", "set")


def too_deep_blocks(tags: Iterable[tuple[int, str]]) -> Iterator[int]:
    """The offset of the tag at which blocks are nested too deeply, given each tag with its first word.

    A `set` counts if it has a block of its own.
    """
    depth = 0
    for offset, word in tags:
        if word in _BLOCKS:
            depth += 1
            if depth > MOST_BLOCKS:
                yield offset
                return
        elif word.startswith("end") and word.removeprefix("end") in _BLOCKS:
            depth -= 1
