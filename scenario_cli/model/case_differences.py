"""The effect of a change on the test cases of scenarios: cases that fail now, pass now, are new or are removed. Runs
none.
"""

from __future__ import annotations

from scenario_cli.model.case_run import Verdict
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case with its outcome on the new side; `file` is its path below the project's folder.

    `fault` is the reason why it could not be run there; then `verdict` is None.
    """

    file: str
    name: str
    verdict: Verdict | None = None
    fault: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict is not None and self.verdict.passed


@dataclass(frozen=True, slots=True)
class CoverageChange:
    """The share of a scenario that cases go through, in percent; None on a side without the scenario."""

    scenario: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class CaseDifferences:
    """The cases that the change can concern, `ran` of them on the new side, and their changes.

    - `now_fail`: passed before, or is new or rewritten, and fails; `still_fail` failed before too; `now_pass`;
    - `added` and `removed`: cases of one side alone, those removed as they are on the new side;
    - `overturned`: rewritten cases whose old version fails on the new side, so the author decided otherwise.
    """

    ran: int = 0
    now_fail: tuple[CaseChange, ...] = ()
    still_fail: tuple[CaseChange, ...] = ()
    now_pass: tuple[CaseChange, ...] = ()
    added: tuple[CaseChange, ...] = ()
    removed: tuple[CaseChange, ...] = ()
    overturned: tuple[CaseChange, ...] = ()
    coverage: tuple[CoverageChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything about the cases differs."""
        lists = (self.now_fail, self.still_fail, self.now_pass, self.added, self.removed, self.overturned)
        return any(lists) or any(part.before != part.after for part in self.coverage)
