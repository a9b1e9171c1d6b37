"""The time that a run covers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a run covers: from the store's clock (None in a first run) to `until`.

    `begins` is the instant from which those in the contacts table are known: a first run's beginning, later the clock.
    What is before `history_until` is history and lets nobody enter. `changed` says that the definitions are others
    than in the run before, so that everybody is looked at. `unfed` names what a contact's past is fed to,
    `archived` the scenarios whose journeys end.
    """

    clock: int | None
    begins: int
    until: int
    history_until: int | None = None
    changed: bool = False
    unfed: frozenset[str] = frozenset()
    archived: frozenset[str] = frozenset()
