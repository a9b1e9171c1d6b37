"""A log in any number of runs gives the result of one replay of the whole: random projects, logs and cuts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.store.contact import Outcome, work_on
from scenario_cli.hosts.store.news import StoredContact
from scenario_cli.hosts.store.span import Span
from scenario_cli.model.event import ContactLog
from scenario_cli.model.records import Asked, Ended, Entered, Moved, Record, Updated
from tests.engine.random_worlds import fact
from tests.reference.projects import Person, World, made_of, worlds
from tests.reference.settings import examples


def facts(records: list[Record]) -> list[str]:
    """Facts about journeys and messages. Other tests check refused entries and data warnings."""
    return [fact(record) for record in records if isinstance(record, Asked | Ended | Entered | Moved | Updated)]


def cuts_of(world: World, data: st.DataObject) -> list[int]:
    """The ends of the runs; the last lies after everything in the replay."""
    fed = [at for person in world.people for at in (*(event.at for event in person.own.events),)]
    inside = [at for at in sorted({*fed, world.until}) if world.begins <= at <= world.until]
    drawn = data.draw(st.lists(st.sampled_from(inside), max_size=4, unique=True), label="instants of inputs")
    offsets = data.draw(st.lists(st.integers(0, world.until - world.begins), max_size=3), label="other instants")
    return sorted({*drawn, *(world.begins + offset for offset in offsets), world.until + 1})


def runs(world: World, person: Person, cuts: list[int], kept: bool) -> tuple[list[Record], list[Outcome]]:
    """The records of a contact in runs to each of the cuts.

    If `kept`, the first run reads all events and keeps the later ones; else each run reads the events of its span.
    """
    compiled_world = made_of(world)
    program = compile_program(compiled_world.project, tables=compiled_world.tables)
    log = person.own
    stored = StoredContact(log.contact_id)
    clock: int | None = None
    records: list[Record] = []
    outcomes = []
    for number, until in enumerate(cuts):
        events = [
            event
            for event in log.events
            if (kept and not number) or (not kept and (clock is None or event.at > clock) and event.at <= until)
        ]
        new = ContactLog(log.contact_id, log.profile, log.changes, events, log.listed, log.known_since)
        broadcasts = [event for event in person.broadcasts if (clock is None or event.at > clock) and event.at <= until]
        span = Span(clock, world.begins if clock is None else clock, until)
        given_now: ContactLog | None = new if log.listed or events else None
        outcome = work_on(program, stored, given_now, broadcasts, span)
        if outcome is not None:
            outcomes.append(outcome)
            records += outcome.records
            stored = StoredContact(
                log.contact_id, outcome.data, outcome.next_due, outcome.listed, tuple(outcome.kept_inputs)
            )
        clock = until
    return records, outcomes


def whole(world: World, person: Person) -> list[Record]:
    compiled_world = made_of(world)
    program = compile_program(compiled_world.project, tables=compiled_world.tables)
    return feed(program, person.own, None, world.until, world.begins, person.broadcasts)[1]


@examples(25)
@given(worlds(), st.data(), st.booleans())
def test_runs_cut_anywhere_give_what_one_replay_gives(world: World, data: st.DataObject, kept: bool) -> None:
    cuts = cuts_of(world, data)
    for person in world.people:
        expected: list[Any] = facts(whole(world, person))
        assert facts(runs(world, person, cuts, kept)[0]) == expected
