"""The instant since which each metric, past-event call and absence has been fed, so that a new one does not count as
empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.compiled import Program
from scenario_cli.engine.history import EventHistory
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.model.triggers import AbsenceTrigger

_MOST_NAMED = 10


class Memory(NamedTuple):
    """Something that reaches back in time: its identity, its kind, and its name for people."""

    identity: str
    kind: str
    name: str


def memories(program: Program) -> list[Memory]:
    """All past events that a program keeps, except those that reach back only to a journey's entry."""
    by_identity: dict[str, Memory] = {}
    for owner in program.slot_owners:
        if isinstance(owner, EventHistory):
            if not owner.since_entry:
                by_identity[owner.identity] = Memory(owner.identity, "past events", owner.place)
        else:
            aggregate = owner.part if isinstance(owner, Breakdown) else owner
            by_identity[owner.identity] = Memory(owner.identity, "metric", aggregate.place)
    for machine, timer in program.timed:
        if isinstance(timer.definition, AbsenceTrigger):
            identity = f"{machine.name}/{machine.trigger_identities[timer.trigger.index]}"
            by_identity[identity] = Memory(identity, "absence", f"the absence trigger of {machine.name}")
    return list(by_identity.values())


def unfed(store: Store, program: Program) -> list[Memory]:
    """The memories that no run has fed yet; empty in a store without runs."""
    if store.clock is None:
        return []
    fed = {identity for (identity,) in store.execute("SELECT identity FROM fed")}
    return [memory for memory in memories(program) if memory.identity not in fed]


_FEED_THEM = "fill them with --history PATH, an export of the past; or start them empty with --from-now"


def refuse_unfed(new: list[Memory], hint: str = _FEED_THEM) -> None:
    """Stops a run whose program reaches further back than it has been fed."""
    names = [memory.name for memory in new]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    listed = ", ".join(names[:_MOST_NAMED]) + more
    raise StoreError(
        f"these have no data from before the current time of the store: {listed}",
        hint,
    )


def record_fed(store: Store, program: Program, since: int) -> None:
    """Remembers the program's memories; new ones are fed from an instant on."""
    store.execute_many(
        "INSERT OR IGNORE INTO fed (identity, kind, name, since) VALUES (?, ?, ?, ?)",
        [(*memory, since) for memory in memories(program)],
    )


def forget_unkept(store: Store, program: Program) -> None:
    """Forgets that things were fed which the program keeps no more."""
    identities = {memory.identity for memory in memories(program)}
    unused = [(identity,) for (identity,) in store.execute("SELECT identity FROM fed") if identity not in identities]
    store.execute_many("DELETE FROM fed WHERE identity = ?", unused)


def identities_of(new: Iterable[Memory]) -> frozenset[str]:
    """Their identities, as a snapshot has them: for an absence `scenario/trigger`."""
    return frozenset(memory.identity for memory in new)
