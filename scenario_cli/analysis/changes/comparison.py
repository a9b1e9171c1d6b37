"""The place where two parts of a scenario are compared, in words, with the changed names found on the way."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Any

from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change, code, source, was
from scenario_cli.model.changes import Change
from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a scenario: its path, and the first words of a sentence about it.

    `through` collects the definitions and constants that change a meaning without changing its text: they are reported
    once, not at each place that reads them.
    """

    path: tuple[str, ...]
    words: str
    renames: Renames
    through: dict[str, None] = field(default_factory=dict)

    def below(self, *path: str, words: str = "") -> Place:
        return replace(self, path=(*self.path, *path), words=words or self.words)

    def says(self, text: str, before: str = "", after: str = "") -> Change:
        return change(self.path, f"{self.words}{text}", before, after)

    def indirect(self, old: Any, new: Any) -> bool:
        """Whether two values are written the same and differ by the meaning of a name in them."""
        if not isinstance(old, Expression) or not isinstance(new, Expression) or source(old) != source(new):
            return False
        self.through.update(dict.fromkeys(named.name for named in new.names))
        return bool(new.names)

    def condition(self, old: Expression | None, new: Expression | None, subject: str) -> list[Change]:
        """The change of a condition; `subject` depends on it: `goes to `offer``."""
        if self.indirect(old, new):
            return []
        before, after = (code(source(side)) if side is not None else "" for side in (old, new))
        if not before:
            return [self.says(f"{subject} only if {after} (was always)", before, after)]
        if not after:
            return [self.says(f"{subject} always (was only if {before})", before, after)]
        return [self.says(f"{subject} if {was(after, before)}", before, after)]


def message_of(state: Name | None) -> str:
    """Words for the message that an event must be about."""
    return f"the message of {name(state)}" if state is not None else "anything"


def name(value: Name | None) -> str:
    return code(value.text) if value is not None else "none"
