"""What a rule is: its code, its document, its check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scenario_cli.model.diagnostic import Diagnostic, Severity
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault that a scenario can have.

    `finds` says what it reports, `because` why that hurts, `mend` what to do. One that is `of_sound_files`
    looks only at files without errors: what an error breaks would be its consequence.
    """

    code: str
    name: str
    severity: Severity
    finds: str
    because: str
    mend: str
    of_sound_files: bool
    check: Callable[[Scenario, Project], Iterator[Diagnostic]]
