"""A store at a glance: clock, runs, running journeys, due actions, the outbox. Decodes no contact's state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.lock import working
from scenario_cli.hosts.store.tallies import running_journeys
from scenario_cli.model.store_facts import Due, Failure, JourneyCount, RunFacts, Size, Standing, StoreFacts

if TYPE_CHECKING:
    from scenario_cli.model.project import Project

_HOUR = 3_600_000_000  # microseconds
_MEASURED = 200  # contacts whose states are measured
_MOST_FAILURES = 10
_FIGURES = ("contacts", "taken", "late", "repeated", "postponed", "forgotten")
_HAPPENED = ("entered", "sent", "dropped", "updated", "ended", "converted")


def facts_of(store: Store, project: Project | None, runs: int) -> StoreFacts:
    """The facts of a store, with its last `runs`; with the project that it belongs to, also the state of its
    definitions.
    """
    count = int(store.value("SELECT count(*) FROM runs WHERE ended IS NOT NULL"))
    finished = list(_runs(store, "ended IS NOT NULL ORDER BY id DESC LIMIT ?", runs))
    unfinished = next(_runs(store, "ended IS NULL LIMIT ?", 1), None)
    by_status = store.execute("SELECT channel, status, count(*) FROM outbox GROUP BY status, channel").fetchall()
    begins = store.meta("begins")
    return StoreFacts(
        file=str(store.path),
        project=store.meta("project"),
        timezone=project.timezone if project is not None else "UTC",
        clock=store.clock,
        begins=None if begins is None else int(begins),
        contacts=int(store.value("SELECT count(*) FROM contacts")),
        forgotten=int(store.value("SELECT count(*) FROM forgotten")),
        kept_inputs=int(store.value("SELECT count(*) FROM kept")),
        runs=finished[::-1],
        run_count=count,
        unfinished=unfinished,
        journeys=[
            JourneyCount(scenario, state, definition, _standing(project, scenario, definition), number)
            for (scenario, definition, state), number in running_journeys(store).items()
        ],
        due=_due(store),
        outbox={(channel, status): number for channel, status, number in by_status if channel is not None},
        updates=sum(number for channel, _, number in by_status if channel is None),
        failures=_failures(store),
        size=_size(store),
        holder=working(store.path) or working(store.path, "deliver"),
    )


def _runs(store: Store, condition: str, limit: int) -> Iterator[RunFacts]:
    rows = store.execute(f"SELECT id, began, clock, until, ended FROM runs WHERE {condition}", (limit,)).fetchall()
    for number, began, clock, until, ended in rows:
        counts: Counter[str] = Counter()
        for kind, count in store.execute("SELECT kind, sum(count) FROM totals WHERE run = ? GROUP BY kind", (number,)):
            group, _, name = kind.partition(": ")
            counts[name if group == "input" else group] += count
        figures = {name: counts[name] for name in _FIGURES}
        happened = {name: counts[name] for name in _HAPPENED}
        yield RunFacts(number, began, clock, until, ended is not None, figures, happened)


def _standing(project: Project | None, scenario: str, definition: str) -> Standing:
    if project is None:
        return ""
    from scenario_cli.model.canonical import definition_of

    today = project.scenarios.get(scenario)
    return "today" if today is not None and definition_of(today) == definition else "pinned"


def _due(store: Store) -> Due:
    clock = store.clock
    if clock is None:
        return Due(0, 0, None)
    hour, day = (
        int(store.value("SELECT count(*) FROM contacts WHERE next_due < ?", (clock + span,)))
        for span in (_HOUR, 24 * _HOUR)
    )
    return Due(hour, day, store.value("SELECT min(next_due) FROM contacts WHERE next_due IS NOT NULL"))


def _failures(store: Store) -> list[Failure]:
    rows = store.execute(
        "SELECT channel, coalesce(answer, ''), count(*) FROM outbox WHERE status = 'failed' GROUP BY 1, 2 "
        "ORDER BY 3 DESC, 1, 2 LIMIT ?",
        (_MOST_FAILURES,),
    )
    return [Failure(channel or "", answer, count) for channel, answer, count in rows]


def _size(store: Store) -> Size:
    """The size of a store; states are measured of some contacts, spread over all of them."""
    page = int(store.value("PRAGMA page_size"))
    last = int(store.value("SELECT coalesce(max(id), 0) FROM contacts"))
    step = max(last // _MEASURED, 1)
    lengths = [
        length
        for first in range(1, last + 1, step)
        for (length,) in store.execute("SELECT length(state) FROM contacts WHERE id >= ? ORDER BY id LIMIT 1", (first,))
    ]
    log = store.path.with_name(store.path.name + "-wal")
    size = store.path.stat().st_size + (log.stat().st_size if log.exists() else 0)
    free = int(store.value("PRAGMA freelist_count")) * page
    return Size(size, free, sum(lengths) // len(lengths) if lengths else 0)
