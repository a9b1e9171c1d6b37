"""The rows of a log that can leave a record of a contact who is in no journey. Finds none."""

from __future__ import annotations

from scenario_cli.model.property_conditions import PropertyCondition
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class ConcerningEvent:
    """An event of a log, if a condition on it holds.

    If it `lets_in`, it concerns a contact only from the instant on from which contacts can enter.
    """

    event: str
    where: PropertyCondition | None = None
    lets_in: bool = False


@dataclass(frozen=True, slots=True)
class Concerning:
    """The events, and whether the later rows of a contact in the contacts table concern it too.

    The `profile_events`, like the contacts table, concern a contact only if a date in them cannot be read.
    """

    events: tuple[ConcerningEvent, ...]
    later_rows: bool = False
    profile_events: tuple[str, ...] = ()
