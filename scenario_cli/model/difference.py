"""Everything that `scenario diff` found between two versions of a project. Finds nothing."""

from __future__ import annotations

from scenario_cli.model.case_differences import CaseDifferences
from scenario_cli.model.changes import Changes, Side
from scenario_cli.model.impact import ContactComparison, Impact
from scenario_cli.model.review import Passed
from scenario_cli.model.under_way import UnderWay
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """The two sides, and the changes between them.

    `cases` are the results of the tests, None if they were not run because nothing changed that concerns them. `impact`
    is set if a log was read, `contact` if one contact of it was requested. `passed` are the limits that the change
    exceeds. `under_way` are the journeys of a store for which something changes, None if no store was named.
    """

    project: str
    old: Side
    new: Side
    changes: Changes
    cases: CaseDifferences | None = None
    impact: Impact | None = None
    contact: ContactComparison | None = None
    passed: tuple[Passed, ...] = ()
    under_way: tuple[UnderWay, ...] | None = None
