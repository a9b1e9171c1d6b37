"""The changes of an expectation that would make its test case pass. Reads no file and writes none."""

from __future__ import annotations

from typing import Any, Literal

from scenario_cli.model.value_class import dataclass

# The place of a value in an expectation: `("messages", 2, "at")`.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value to write, to take out, or to put into a list before the element at the end of its path."""

    kind: Literal["set", "remove", "insert"]
    path: Path
    value: Any = None


@dataclass(frozen=True, slots=True)
class CaseUpdate:
    """The changes of one case, and the differences that no change can remove, a sentence each."""

    changes: tuple[Change, ...]
    unresolved: tuple[str, ...]
