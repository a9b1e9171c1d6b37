"""The result of importing another tool's export: every node with the parts that were kept, changed, left out or left
open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

Fate = Literal["kept", "approximated", "needs_decision", "not_expressible"]

# From the least change to the greatest: a node has the worst fate of its notes.
FATES: tuple[Fate, ...] = ("kept", "approximated", "needs_decision", "not_expressible")


@dataclass(frozen=True, slots=True)
class ImportNote:
    """One difference between a node and its written form.

    `file` and `line` are the place of a comment in the written project with the same note; empty and 0 if there is
    none.
    """

    fate: Fate
    text: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ImportedNode:
    """A part of the export: a step, a trigger, a segment. `became` names its replacement in the project."""

    kind: str
    name: str
    span: Span
    became: str
    notes: tuple[ImportNote, ...] = ()

    @property
    def fate(self) -> Fate:
        return max((note.fate for note in self.notes), key=FATES.index, default="kept")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Every node of the exports, in the order of the files, and the files of the project that stand for them."""

    tool: str
    sources: tuple[str, ...]
    nodes: tuple[ImportedNode, ...]
    scenarios: tuple[str, ...]
    written: tuple[str, ...]
    folder: str

    def count(self, fate: Fate) -> int:
        return sum(node.fate == fate for node in self.nodes)


def in_order(nodes: Sequence[ImportedNode], files: Sequence[str]) -> tuple[ImportedNode, ...]:
    """The nodes by file, line and column."""
    rank = {file: number for number, file in enumerate(files)}
    return tuple(sorted(nodes, key=lambda node: (rank.get(node.span.file, 0), node.span.line, node.span.column)))
