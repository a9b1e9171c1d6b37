"""A template's tree, with the places of its tokens. Parses nothing."""

from __future__ import annotations

from jinja2 import nodes

from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Parsed:
    """A template's tree. `tokens` are those within braces as (offset, length), `lines` their numbers by the line that a
    node names; `printed` are the stretches that are printed unchanged, as (offset, text).
    """

    tree: nodes.Template
    tokens: tuple[tuple[int, int], ...]
    lines: dict[int, int]
    printed: tuple[tuple[int, str], ...]

    def stretch(self, line: int, ahead: int, length: int) -> tuple[int, int]:
        """The offset and length of a node, from its line, the tokens to skip, and its length within a token."""
        number = self.lines.get(line)
        if number is None:
            return 0, 1
        offset, own_length = self.tokens[min(number + ahead, len(self.tokens) - 1)]
        return offset, length or own_length
