"""Everything that `scenario diff` found between two versions of a project. Finds nothing."""

from __future__ import annotations

from dataclasses import dataclass

from scenario_cli.model.case_differences import CaseDifferences
from scenario_cli.model.changes import Changes, Side


@dataclass(frozen=True, slots=True)
class Difference:
    """The two sides, and the changes between them.

    `cases` is what became of the tests, None where they were not run: nothing changed that they could be about.
    """

    project: str
    old: Side
    new: Side
    changes: Changes
    cases: CaseDifferences | None = None
