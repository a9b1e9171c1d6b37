"""Everything that `scenario diff` found between two versions of a project. Finds nothing."""

from __future__ import annotations

from dataclasses import dataclass

from scenario_cli.model.changes import Changes, Side


@dataclass(frozen=True, slots=True)
class Difference:
    """The two sides, and the changes between them."""

    project: str
    old: Side
    new: Side
    changes: Changes
