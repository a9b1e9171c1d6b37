"""The record of an import: every node of the export, with its result. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenario_cli.importing.fields import Fields
from scenario_cli.model.imported import Fate
from scenario_cli.model.source import Span


@dataclass(slots=True, eq=False)
class Note:
    """A difference between a node and its written form. It becomes a comment at its place.

    `about` names the node if the place of the comment does not.
    """

    fate: Fate
    text: str
    about: str = ""


Remarks = list[Note]  # the notes that are above one place of a written file


@dataclass(slots=True)
class Item:
    """A node of the export that was read. Notes without a place are at the head of the scenario's file."""

    kind: str
    name: str
    span: Span
    head: Remarks
    became: str = ""
    notes: list[Note] = field(default_factory=list)

    def approximate(self, text: str, at: Remarks | None = None) -> None:
        """The node has a different effect than before, never a larger one; the note describes it."""
        self._note("approximated", text, at)

    def decide(self, text: str, at: Remarks | None = None) -> None:
        """The node is written, but a person must decide on its details."""
        self._note("needs_decision", text, at)

    def lose(self, text: str, at: Remarks | None = None) -> None:
        """The language has no words for it, and it is left out."""
        self._note("not_expressible", text, at)

    def rest(self, fields: Fields, at: Remarks | None = None) -> None:
        """Names the fields that were not read."""
        unread = fields.unread()
        if unread:
            listed = ", ".join(f"'{key}'" for key in unread[:8]) + (f" and {len(unread) - 8} more" * (len(unread) > 8))
            self.approximate(f"left out: {listed}", at)

    def _note(self, fate: Fate, text: str, at: Remarks | None) -> None:
        if any((note.fate, note.text) == (fate, text) for note in self.notes):
            return
        note = Note(fate, text, f"{self.kind} '{self.name}': " if at is None else "")
        self.notes.append(note)
        (self.head if at is None else at).append(note)


@dataclass(slots=True)
class Ledger:
    """All nodes of all files. `head` collects the notes without a place of their own."""

    items: list[Item] = field(default_factory=list)
    head: Remarks = field(default_factory=list)

    def item(self, kind: str, name: str, span: Span, became: str = "") -> Item:
        entry = Item(kind, name, span, self.head, became)
        self.items.append(entry)
        return entry

    def begin(self, head: Remarks) -> None:
        """Puts the notes without a place, from now on, at the head of another file."""
        self.head = head
