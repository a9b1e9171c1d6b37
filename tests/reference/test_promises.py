"""The language's promises for every project and log, over all of its constructs: no scenario can break them.

Each is checked on the engine's records, without the reference. tests/engine/test_promises.py checks more promises, over
scenarios that only have event triggers.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from heapq import merge
from io import StringIO
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, new_contact
from scenario_cli.hosts.replay import feed, feeding
from scenario_cli.hosts.summary import Counting
from scenario_cli.model.event import MOST_BOUNDED, ContactLog
from scenario_cli.model.policy import Cap, QuietHours
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Ended, Entered, Moved, Record, Warned
from scenario_cli.model.results import Summary
from tests.engine.random_worlds import fact
from tests.reference.clock import instant, shows, wall, zone_named
from tests.reference.projects import Person, World, made_of, worlds
from tests.reference.settings import examples
from tests.reference.strategies.plan import MINUTE

ADDRESSED = {"email": "email_optin", "push": "push_optin", "sms": "sms_optin"}
Records = Sequence[Record]


def program_of(world: World) -> Program:
    built = made_of(world)
    return compile_program(built.project, tables=built.tables)


def fed(program: Program, world: World, place: int, until: int | None = None) -> tuple[ContactState, list[Record]]:
    person = world.people[place]
    return feed(program, person.own, None, world.until if until is None else until, world.begins, person.broadcasts)


def record_lists(world: World) -> list[list[Record]]:
    program = program_of(world)
    return [fed(program, world, place)[1] for place in range(len(world.people))]


def digest(world: World) -> str:
    facts = [fact(record) for records in record_lists(world) for record in records]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def determinism_the_same_project_and_log_give_the_same_records(world: World, data: st.DataObject) -> None:
    assert digest(world) == digest(world)


@settings(
    max_examples=12, derandomize=True, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(worlds())
def print_digest(world: World) -> None:
    print(digest(world))


def test_determinism_another_process_gives_the_same() -> None:
    """Python orders sets of texts differently in every process."""
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    other_output = subprocess.run(
        [sys.executable, "-c", "from tests.reference.test_promises import print_digest; print_digest()"],
        env={**os.environ, "PYTHONHASHSEED": other}, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    with redirect_stdout(StringIO()) as here:
        print_digest()
    assert other_output.count("\n") >= 10
    assert other_output == here.getvalue()


def where_nobody_asks_for_rows_the_counts_are_the_same(world: World, data: st.DataObject) -> None:
    for log, _ in world.people:
        for event in log.events:
            event.most_bytes = MOST_BOUNDED
    built = made_of(world)

    def counted(rows: bool) -> Summary:
        program = compile_program(built.project, tables=built.tables, rows=rows)
        counting = Counting(built.project, built.project.scenarios.values(), edges=True)
        for place in range(len(world.people)):
            state, records = fed(program, world, place)
            counting.add(records, state)
        return counting.finish()

    assert counted(rows=False) == counted(rows=True)


def partition_contacts_fed_side_by_side_are_as_if_alone(world: World, data: st.DataObject) -> None:
    program = program_of(world)
    records_alone = [[fact(each) for each in fed(program, world, place)[1]] for place in range(len(world.people))]
    together: list[list[Record]] = [[] for _ in world.people]
    inputs = [_inputs(program, person, world) for person in world.people]
    # Take the inputs of all contacts in order of time, so that their states exist side by side.
    for _, place, records in merge(
        *(_placed(place, each) for place, each in enumerate(inputs)), key=lambda each: each[0]
    ):
        together[place] += records
    assert [[fact(record) for record in records] for records in together] == records_alone


Fed = tuple[int, Any, list[Record]]


def _placed(place: int, inputs: Iterator[Fed]) -> Iterator[tuple[int, int, list[Record]]]:
    return ((at, place, records) for at, _, records in inputs)


def _inputs(program: Program, person: Person, world: World, state: ContactState | None = None) -> Iterator[Fed]:
    """The inputs of one contact's replay with their records, one after the other."""
    log = person.own
    state = state or new_contact(program, log.contact_id, log.profile)
    return feeding(program, state, log, world.begins, None, world.until, person.broadcasts)


def prefix_what_is_cut_off_a_log_changes_nothing_before_the_cut(world: World, data: st.DataObject) -> None:
    where = data.draw(st.integers(0, 12), label="where the log is cut")
    program = program_of(world)
    for place, (log, known_at) in enumerate(world.people):
        instants = sorted({event.at for event in log.events} | {at for at, _ in log.changes})
        cut = instants[min(where, len(instants) - 1)]
        whole = [fact(each) for each in fed(program, world, place)[1] if each.at <= cut]
        events = [event for event in log.events if event.at <= cut]
        rows = [change for change in log.changes if change[0] <= cut]
        shorter = ContactLog(log.contact_id, log.profile, rows, events, log.listed, log.known_since)
        less = world._replace(people=(Person(shorter, known_at),))
        assert [fact(each) for each in fed(program, less, 0, cut)[1]] == whole


def time_that_passes_in_pieces_is_the_same_time(world: World, data: st.DataObject) -> None:
    stops = data.draw(st.lists(st.integers(0, 90_000), max_size=5), label="minutes at which time stops")
    program = program_of(world)
    person = world.people[0]
    whole = list(_inputs(program, person, world))
    following = [*(at for at, _, _ in whole[1:]), world.until]
    state = new_contact(program, person.log.contact_id, person.log.profile)
    records: list[Record] = []
    instants = sorted(whole[0][0] + stop * MINUTE for stop in stops)
    for (at, _, brought), end in zip(_inputs(program, person, world, state), following, strict=True):
        records += brought
        for stop in instants:
            if at < stop <= end and state.known_at is not None:
                records += advance(program, state, stop, inclusive=False)
    assert [fact(record) for record in records] == [fact(each) for _, _, brought in whole for each in brought]


def a_funnel_always_adds_up(world: World, data: st.DataObject) -> None:
    built = made_of(world)
    program = compile_program(built.project, tables=built.tables)
    run = [scenario for scenario in built.project.scenarios.values() if scenario.status != "archived"]
    counting = Counting(built.project, run)
    everything: list[Record] = []
    for place in range(len(world.people)):
        state, records = fed(program, world, place)
        counting.add(records, state)
        everything += records
    for scenario in run:
        result = counting.summary.scenarios[scenario.name]
        assert result.entered == sum(result.outcomes.values()) + result.running
        assert result.running == sum(step.waiting for step in result.funnel.values())
        assert all(step.waiting <= step.reached <= result.entered for step in result.funnel.values())
        moved = [each for each in everything if isinstance(each, Moved) and each.scenario == scenario.name]
        assert result.funnel[scenario.first.name].reached == len({each.journey_id for each in moved})
        assert result.contacts <= min(result.entered, len(world.people))
        messages = [each for each in everything if isinstance(each, Asked) and each.scenario == scenario.name]
        assert len(messages) == sum(result.sent.values()) + sum(result.dropped.values())
        assert result.converted <= result.entered


def no_message_without_cause_and_none_before_it(project: Project, log: ContactLog, records: Records) -> None:
    entered: dict[str, Entered] = {record.journey_id: record for record in records if isinstance(record, Entered)}
    happened = {event.at for event in log.events} | {at for at, _ in log.changes}
    for message in (record for record in records if isinstance(record, Asked)):
        links, begin = list(_chain(message)), entered[message.journey_id]
        assert (links[0].at, links[0].cause) == (begin.at, begin.event)
        assert links[-1].state == message.state
        assert [link.at for link in links] == sorted(link.at for link in links)
        assert links[-1].at <= message.asked_at <= message.at
        assert message.trigger.at <= message.entered_at == begin.at
        # An input came before, or time alone caused the entry.
        assert min(happened) <= begin.at or begin.event.split(" ")[0] in (
            "schedule",
            "at",
            "date",
            "entered",
            "left",
        )


def _chain(message: Asked) -> Iterator[Any]:
    links, step_ = [], message.because
    while step_ is not None:
        links.append(step_)
        step_ = step_.before
    return reversed(links)


def marketing(records: Sequence[Record]) -> list[Asked]:
    """The sent messages that the delivery policy concerns."""
    sent = [record for record in records if isinstance(record, Asked) and not record.reason]
    return [message for message in sent if message.purpose == "marketing" and message.channel in ADDRESSED]


def nobody_is_written_to_without_an_address_and_consent(project: Project, log: ContactLog, records: Records) -> None:
    for record in records:
        if isinstance(record, Asked) and not record.reason:
            assert record.address not in (None, "", False)
    for sent in marketing(records):
        assert sent.profile.get(ADDRESSED[sent.channel]) is True


def nobody_is_written_to_in_quiet_hours(project: Project, log: ContactLog, records: Records) -> None:
    for sent in marketing(records):
        for quiet in project.policy.quiet_hours:
            if _concerns(project, quiet, sent):
                assert not _is_quiet(project, quiet, sent), (quiet, sent.at)


def _is_quiet(project: Project, quiet: QuietHours, sent: Asked) -> bool:
    """Whether a message was sent in quiet hours, by their clock and the weekday on which they began."""
    hours = _hours(quiet, sent)
    zone = zone_named(project.timezone if quiet.on_project_clock else sent.timezone)
    assert zone is not None
    if hours is None:
        return False
    start, end = hours
    shown = wall(sent.at, zone).replace(second=0, microsecond=0)
    minute = shown.hour * 60 + shown.minute
    inside = start <= minute < end if start < end else minute >= start or minute < end
    began = shown if start >= end and minute < end and start != end else shown + timedelta(days=1)
    day = (began - timedelta(days=1)).weekday()
    return inside and (not quiet.days or day in quiet.days)


def _hours(quiet: QuietHours, sent: Asked) -> tuple[int, int] | None:
    bounds: list[int] = []
    for value in (quiet.start, quiet.end):
        if value is None:
            return 0, 0
        written = getattr(value, "value", None)
        if written is None:  # computed: worlds only use the contact's hour
            hour = sent.profile.get("hour")
            written = _minutes(hour)
        if written is None:
            return None
        bounds.append(int(written))
    return bounds[0], bounds[1]


def _minutes(hour: Any) -> int | None:
    if isinstance(hour, str) and ":" in hour:
        return int(hour[:2]) * 60 + int(hour[3:])
    return int(hour * 60) if isinstance(hour, int | float) and 0 <= hour < 24 else None


def nobody_passes_a_cap(project: Project, log: ContactLog, records: Records) -> None:
    sent = marketing(records)
    for cap in project.policy.caps:
        if cap.condition is not None:
            continue  # the contacts that it concerns can have changed by the end
        counted = [message for message in sent if _concerns(project, cap, message)]
        for place, each in enumerate(counted):
            since = _since(cap, each)
            assert sum(since < other.at for other in counted[: place + 1]) <= cap.most, (cap.text, each.at)


def _concerns(project: Project, rule: Cap | QuietHours, sent: Asked) -> bool:
    scenario = project.scenarios[sent.scenario]
    message = next(
        message
        for sending in scenario.sendings_in(scenario.states[sent.state])
        for message in sending.messages
        if message.channel.text == sent.channel and message.template.text == sent.template
    )
    about = [
        (not names.channels or sent.channel in map(str, names.channels))
        and (not names.scenarios or sent.scenario in map(str, names.scenarios))
        and (not names.programs or str(scenario.program) in map(str, names.programs))
        and (not names.tags or bool(set(map(str, names.tags)) & set(message.tags)))
        for names in (rule, *((rule.exempt,) if rule.exempt is not None else ()))
    ]
    return about[0] and not any(about[1:])


def _since(cap: Cap, sent: Asked) -> int:
    """The instant after which messages count for a cap."""
    if isinstance(cap.period, int):
        return sent.at - cap.period
    zone = zone_named(sent.timezone)
    assert zone is not None
    day = shows(sent.at, zone).date()
    first = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[cap.period]
    return instant(datetime(first.year, first.month, first.day), zone) - 1


def nothing_leaves_after_the_end_of_its_journey(project: Project, log: ContactLog, records: Records) -> None:
    over: set[str] = set()
    for record in records:
        if isinstance(record, Ended):
            assert record.journey_id not in over
            over.add(record.journey_id)
        elif isinstance(record, Moved | Asked):
            assert record.journey_id not in over


def who_has_done_what_ends_a_journey_hears_nothing_more_of_it(
    project: Project, log: ContactLog, records: Records
) -> None:
    """Every scenario ends at `stopped`, some at `bought`. Without a key such an event concerns all journeys."""
    for sent in (record for record in records if isinstance(record, Asked) and not record.reason):
        scenario = project.scenarios[sent.scenario]
        ends = {"stopped"} if scenario.key is None else set()
        goal = scenario.goal
        if goal is not None and goal.ends is not None and goal.where is None and (not scenario.key or goal.any_key):
            ends.add("bought")
        for event in log.events:
            if event.name in ends:
                # At the instant of entry it can precede the entry; at that of the message, it need not be the cause.
                assert not sent.entered_at < event.at < sent.at


def every_record_has_its_time_every_message_its_name_and_every_warning_its_words(
    project: Project, log: ContactLog, records: Records
) -> None:
    instants = [record.at for record in records]
    assert instants == sorted(instants)
    assert all(record.detail for record in records if isinstance(record, Warned))
    names = [record.message_id for record in records if isinstance(record, Asked)]
    assert len(names) == len(set(names))
    json.dumps([fact(record) for record in records])


# Properties of one contact's records.
OF_A_CONTACT = (
    no_message_without_cause_and_none_before_it,
    nobody_is_written_to_without_an_address_and_consent,
    nobody_is_written_to_in_quiet_hours,
    nobody_passes_a_cap,
    nothing_leaves_after_the_end_of_its_journey,
    who_has_done_what_ends_a_journey_hears_nothing_more_of_it,
    every_record_has_its_time_every_message_its_name_and_every_warning_its_words,
)


# Relations between runs of the same world. The last changes the events of the world.
OF_RUNS = (
    determinism_the_same_project_and_log_give_the_same_records,
    partition_contacts_fed_side_by_side_are_as_if_alone,
    prefix_what_is_cut_off_a_log_changes_nothing_before_the_cut,
    time_that_passes_in_pieces_is_the_same_time,
    a_funnel_always_adds_up,
    where_nobody_asks_for_rows_the_counts_are_the_same,
)


MOST_RECORDS = 3_000


@examples(30)
@given(worlds(), st.data())
def test_promises_that_no_scenario_can_break(world: World, data: st.DataObject) -> None:
    """Checks all promises on the same worlds, because making worlds takes most of the time."""
    project = made_of(world).project
    runs = record_lists(world)
    # A journey with thousands of rounds shows no more, and its chains of causes take minutes to write.
    assume(sum(map(len, runs)) <= MOST_RECORDS)
    for (log, _), records in zip(world.people, runs, strict=True):
        for promise in OF_A_CONTACT:
            promise(project, log, records)
        assert not records or records[-1].at <= world.until
    for compared in OF_RUNS:
        compared(world, data)
