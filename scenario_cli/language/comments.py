"""Finds the comments of a YAML text, which the parser forgets. Reads no meaning into them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from scenario_cli.language.yaml_lines import lines_of
from scenario_cli.model.value_class import dataclass

_BLOCK_HEAD = re.compile(r"[|>][-+0-9]*")

# The beginning of a comment that ignores findings.
IGNORE = re.compile(r"#-?[ \t]*scenario:[ \t]*ignore\b")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment from its `#` on. `alone` if its line has no other content. Counts from 1."""

    line: int
    column: int
    text: str
    own_line: bool


def comments_of(text: str) -> list[Comment]:
    """The comments in the order written; none if the text is not YAML."""
    try:
        hidden = list(_scalars(text))
    except yaml.YAMLError:
        return []
    comments: list[Comment] = []
    at = 0
    for number, line in enumerate(lines_of(text)):
        column = 0
        while (column := line.find("#", column)) >= 0:
            while at < len(hidden) and hidden[at][1] <= (number, column):
                at += 1
            inside = at < len(hidden) and hidden[at][0] <= (number, column)
            if not inside and (column == 0 or line[column - 1] in " \t"):
                comments.append(Comment(number + 1, column + 1, line[column:].rstrip(), not line[:column].strip()))
                break
            column += 1
    return comments


Mark = tuple[int, int]


def _scalars(text: str) -> Iterator[tuple[Mark, Mark]]:
    """The stretches of the scalars, in which a `#` begins no comment, from first to last."""
    lines: list[str] | None = None
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        if not isinstance(token, yaml.ScalarToken):
            continue
        start, end = (token.start_mark.line, token.start_mark.column), (token.end_mark.line, token.end_mark.column)
        if token.style in ("|", ">"):
            # The line of the mark can end in a comment; the text begins on the next.
            lines = lines_of(text) if lines is None else lines
            head = _BLOCK_HEAD.match(lines[start[0]], start[1])
            yield start, (start[0], head.end() if head else start[1])
            start = (start[0] + 1, 0)
        yield start, end
