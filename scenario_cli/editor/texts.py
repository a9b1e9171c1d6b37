"""Places of a text as files count them, and as editors do. Knows no language.

Findings count lines and columns from 1, columns in characters, and end a line like YAML. Editors count both from 0,
columns in units of UTF-16, and end a line at a line feed, a carriage return, or both.
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
_MARK = "\ufeff"  # byte order mark: editors count it, findings do not


class Text:
    """A file's text with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shift = len(_MARK) if text.startswith(_MARK) else 0
        self.content = text[self.shift :]

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
            units -= 2 if ord(self.content[offset]) > 0xFFFF else 1
        return end

    def position(self, offset: int) -> Position:
        """An offset in the content as an editor's position."""
        offset = max(0, min(offset, len(self.content)))
        line = bisect_right(self._lines, offset) - 1
        before = self.content[self._lines[line] : offset]
        return line, len(before.encode("utf-16-le")) // 2 + (self.shift if line == 0 else 0)

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
