"""The time that a run covers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a run covers: from the store's clock (None in a first run) to `until`.

    `begins` is the instant from which those in the contacts table are known: a first run's beginning, later the clock.
    Inputs before `history_until` are history: no contact enters by them. `changed` is true if the definitions have
    changed since the run before, so that every contact is processed. `unfed` names the memories that a contact's past
    is fed to, `archived` the scenarios whose journeys end.
    """

    clock: int | None
    begins: int
    until: int
    history_until: int | None = None
    changed: bool = False
    unfed: frozenset[str] = frozenset()
    archived: frozenset[str] = frozenset()
