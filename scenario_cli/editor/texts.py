"""Places of a text as files count them, and as editors do. Knows no language.

Findings count lines and columns from 1, columns in characters, and end a line like YAML. Editors count both from 0,
columns in units of UTF-16 if nothing else is agreed, and end a line at a line feed, a carriage return, or both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from scenario_cli.language.edit.splicing import line_starts
from scenario_cli.model.source import Span

# A line and a column as editors count them.
Position = tuple[int, int]
Range = tuple[Position, Position]

_EDITOR_LINE_END = re.compile("\r\n|[\n\r]")
# By encoding, the bytes of a unit, and the name of the form without a byte order mark.
_UNITS = {"utf-8": (1, "utf-8"), "utf-16": (2, "utf-16-le"), "utf-32": (4, "utf-32-le")}
_MARK = "\ufeff"  # byte order mark: editors count it, findings do not


class Text:
    """A file's text with its lines. `encoding` is the one whose units the editor counts: utf-8, utf-16 or utf-32."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        mark = _MARK if text.startswith(_MARK) else ""
        self.content = text[len(mark) :]
        self.shift = self._units(mark)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _EDITOR_LINE_END.finditer(self.content))]

    @cached_property
    def _yaml_lines(self) -> list[int]:
        return line_starts(self.content)

    def offset(self, position: Position) -> int:
        """The offset in the content of an editor's position; the end of the line if it is past that."""
        line, units = position
        if line >= len(self._lines):
            return len(self.content)
        start = self._lines[line]
        end = self._lines[line + 1] if line + 1 < len(self._lines) else len(self.content)
        units -= self.shift if line == 0 else 0
        for offset in range(start, end):
            if units <= 0 or self.content[offset] in "\r\n":
                return offset
            units -= self._units(self.content[offset])
        return end

    def position(self, offset: int) -> Position:
        """An offset in the content as an editor's position."""
        offset = max(0, min(offset, len(self.content)))
        line = bisect_right(self._lines, offset) - 1
        before = self.content[self._lines[line] : offset]
        return line, self._units(before) + (self.shift if line == 0 else 0)

    def _units(self, text: str) -> int:
        unit, name = _UNITS[self.encoding]
        return len(text.encode(name)) // unit

    def offsets(self, span: Span) -> tuple[int, int]:
        """The stretch of the content that a finding's span covers."""
        return self._at(span.line, span.column), self._at(span.end_line, span.end_column)

    def range(self, span: Span) -> Range:
        """A finding's span as an editor's range."""
        start, end = self.offsets(span)
        return self.position(start), self.position(end)

    def _at(self, line: int, column: int) -> int:
        if line > len(self._yaml_lines):
            return len(self.content)
        start = self._yaml_lines[max(line - 1, 0)]
        end = self._yaml_lines[line] if line < len(self._yaml_lines) else len(self.content)
        return min(start + max(column - 1, 0), max(end, start))
