"""Finds where each character of a YAML text stands in its file. Reads no YAML and judges nothing.

A text may be folded over lines, indented, or hold escapes: its characters then do not follow one another in the file
as they do in the value. White space aside they come in the same order, which is what this rests on.
"""

from __future__ import annotations

from collections.abc import Sequence

# A line and a column, both counted from 0.
Place = tuple[int, int]

_SPACE = " \t\n\r\x85\u2028\u2029"
# The number of characters after the letter of an escape in a double-quoted text.
_DIGITS = {"x": 2, "u": 4, "U": 8}


def text_places(lines: Sequence[str], start: Place, style: str, value: str) -> list[Place] | None:
    """The place of each character of `value`, which begins at `start` and is written in that style of YAML.

    None where the text in the file is not what the value says.
    """
    cursor = _Cursor(lines, start)
    if style in ("|", ">"):
        cursor.to_line(start[0] + 1)
    elif style:
        cursor.go(1)
    places: list[Place] = []
    for character in value:
        if character not in _SPACE:
            cursor.skip_space(style)
        length = cursor.escaped(style)
        if not length and (cursor.here != character if character not in _SPACE else cursor.here not in _SPACE):
            if character in _SPACE and cursor.ended:
                places.append(cursor.place)
                continue
            return None
        places.append(cursor.place)
        cursor.go(length or 1)
    return places


class _Cursor:
    """A place that moves forward through lines, with a line feed behind each."""

    def __init__(self, lines: Sequence[str], start: Place) -> None:
        self.lines = lines
        self.line, self.column = start

    @property
    def place(self) -> Place:
        return self.line, self.column

    @property
    def ended(self) -> bool:
        return self.line >= len(self.lines)

    @property
    def here(self) -> str:
        return self.ahead(0)

    def ahead(self, count: int) -> str:
        if self.ended:
            return "\n"
        line, column = self.lines[self.line], self.column + count
        return line[column] if column < len(line) else "\n"

    def to_line(self, line: int) -> None:
        self.line, self.column = line, 0

    def go(self, count: int) -> None:
        self.column += count
        if not self.ended and self.column > len(self.lines[self.line]):
            self.to_line(self.line + 1)

    def skip_space(self, style: str) -> None:
        while not self.ended and (self.here in _SPACE or self._continued(style)):
            self.go(2 if self._continued(style) else 1)

    def _continued(self, style: str) -> bool:
        """Whether a backslash at the end of a line joins it to the next."""
        return style == '"' and self.here == "\\" and self.ahead(1) == "\n"

    def escaped(self, style: str) -> int:
        """The number of characters that stand here for a single one; 0 for the character itself."""
        if style == "'":
            return 2 if self.here == "'" and self.ahead(1) == "'" else 0
        if style == '"' and self.here == "\\" and not self._continued(style):
            return 2 + _DIGITS.get(self.ahead(1), 0)
        return 0
