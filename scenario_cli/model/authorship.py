"""The author of a file and of its last change, as git remembers. Does not call git."""

from __future__ import annotations

from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Authorship:
    """The author of the first and of the last commit that touched a file, and the days of these, as `2025-02-17`."""

    by: str
    on: str
    last_by: str
    last_on: str
