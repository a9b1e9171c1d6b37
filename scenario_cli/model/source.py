"""The position of a value in a file. Does not read files."""

from __future__ import annotations

from scenario_cli.model.value_class import dataclass

# A line and a column, without the file, because its path differs from machine to machine.
Position = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def position(self) -> Position:
        return self.line, self.column

    def inside(self, start: int, length: int) -> Span:
        """The part of a one-line span that begins `start` characters in and is `length` long."""
        column = self.column + start
        return Span(self.file, self.line, column, self.line, column + max(length, 1))


def whole_file(file: str) -> Span:
    """The place to point at when a finding concerns a file and no line in it."""
    return Span(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, with its place."""

    text: str
    span: Span

    def __str__(self) -> str:
        return self.text
