"""Finds where each character of a YAML text is in its file. Reads no YAML and judges nothing.

A text can be folded over lines, indented, or contain escapes, so its characters are not next to one another in the file
as they are in the value. Apart from white space they come in the same order, and the search relies on that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

# A line and a column, both counted from 0.
Place = tuple[int, int]

_SPACE = " \t\n\r\x85\u2028\u2029"
_SPACES = re.compile(f"[{_SPACE}]*")
_WORD = re.compile(f"[^{_SPACE}]+|[{_SPACE}]")
# The number of characters after the letter of an escape in a double-quoted text.
_DIGITS = {"x": 2, "u": 4, "U": 8}


class Lines(list[str]):
    """The lines of a file, with the known places of the characters of its texts."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__(lines)
        self._offsets_by_text: dict[tuple[Place, str, str], list[int] | None] = {}

    @cached_property
    def _starts(self) -> list[int]:
        """The beginning of each line in the joined text, with a line feed after each line."""
        return list(accumulate((len(line) + 1 for line in self), initial=0))

    @cached_property
    def _text(self) -> str:
        return "\n".join((*self, ""))

    def offsets(self, start: Place, style: str, value: str) -> list[int] | None:
        """The offset in the file of each character of `value`, which begins at `start` and is written in that style of
        YAML. None if the text in the file does not match the value.
        """
        key = (start, style, value)
        if key not in self._offsets_by_text:
            line, column = start
            if style in ("|", ">"):
                line, column = line + 1, 0
            elif style:
                column += 1
            self._offsets_by_text[key] = _offsets(self._text, self._starts[min(line, len(self))] + column, style, value)
        return self._offsets_by_text[key]

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        line = min(bisect_right(self._starts, offset) - 1, len(self))
        return line, offset - self._starts[line]


def _offsets(text: str, at: int, style: str, value: str) -> list[int] | None:
    offsets: list[int] = []
    end = len(text)
    for match in _WORD.finditer(value):
        word = match.group()
        if word in _SPACE:
            if at < end:
                length = _escaped(text, at, style)
                if not length and text[at] not in _SPACE:
                    return None
                offsets.append(at)
                at += length or 1
            else:
                offsets.append(end)
            continue
        at = _behind_space(text, at, style)
        if text.startswith(word, at) and not ((style == '"' and "\\" in word) or (style == "'" and "'" in word)):
            offsets += range(at, at + len(word))
            at += len(word)
            continue
        for character in word:  # written with escapes, or on several lines
            at = _behind_space(text, at, style)
            length = _escaped(text, at, style)
            if not length and text[at : at + 1] != character:
                return None
            offsets.append(at)
            at += length or 1
    return offsets


def _behind_space(text: str, at: int, style: str) -> int:
    """The next character that is not a space, nor a backslash at the end of a line, which joins it to the next."""
    while (match := _SPACES.match(text, at)) is not None:
        at = match.end()
        if not (style == '"' and text.startswith("\\\n", at)):
            break
        at += 2
    return at


def _escaped(text: str, at: int, style: str) -> int:
    """The number of characters that are here for a single one; 0 for the character itself."""
    if style == "'":
        return 2 if text.startswith("''", at) else 0
    if style == '"' and text.startswith("\\", at) and not text.startswith("\\\n", at):
        return 2 + _DIGITS.get(text[at + 1 : at + 2], 0)
    return 0
