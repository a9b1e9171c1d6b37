"""The result of a run over a store. Counts and texts, no contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from scenario_cli.model.export import ReadReport

# scenario, definition, state, kind: `running`, `entered`, `ended: OUTCOME`, `sent: CHANNEL`, `dropped: REASON` ...
Totals = Counter[tuple[str, str, str, str]]


@dataclass(slots=True)
class RunResult:
    """A finished run, from the store's `clock` before it (None if it did not exist) to `until`.

    `resumed` is a run that an earlier process had begun. `figures` count inputs: `contacts` worked on, events `taken`,
    `late`, `repeated` (seen before), `postponed` to later runs; contacts `gone` from their table. `running` are the
    running journeys afterwards, by scenario.
    """

    run: int
    clock: int | None
    until: int
    resumed: bool
    figures: Mapping[str, int]
    totals: Totals
    running: Mapping[str, int]
    report: ReadReport | None = None
    notes: tuple[str, ...] = ()
    complaints: Mapping[str, int] = field(default_factory=dict)

    def counted(self, kind: str, scenario: str | None = None) -> Counter[str]:
        """The counts of a kind (`sent`, `dropped`, `ended`, `entered` ...) by the detail after it."""
        counts: Counter[str] = Counter()
        for (name, _, _, written), count in self.totals.items():
            group, _, detail = written.partition(": ")
            if group == kind and scenario in (None, name):
                counts[detail] += count
        return counts
