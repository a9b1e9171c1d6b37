"""Promises of section 8 for every project and every log, tested on small random projects and logs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_cli.analysis.needs import wanted_attributes, wanted_events
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.events.staging import stage
from scenario_cli.hosts.replay import Replay, feed, replay
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.records import (
    Asked,
    Converted,
    Ended,
    Entered,
    Moved,
    Record,
    Refused,
    Warned,
    chain,
)
from tests.engine.random_worlds import MINUTE, World, fact, logs, replayed_events, worlds
from tests.engine.worlds import load, moment, program_of
from tests.reference.settings import scaled

ALIKE = settings(
    max_examples=scaled(25),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def the_same_project_and_log_give_the_same_records(world: World, data: st.DataObject) -> None:
    once = [fact(record) for record in replayed_events(program_of(*world.texts), world.log, world.until)[1]]
    program_of.cache_clear()
    second = [fact(record) for record in replayed_events(program_of(*world.texts), world.log, world.until)[1]]
    assert once == second


def what_is_cut_off_a_log_changes_nothing_before_the_cut(world: World, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 12))
    program = program_of(*world.texts)
    instants = sorted({event.at for event in world.log.events} | {at for at, _ in world.log.changes})
    cut = instants[min(place, len(instants) - 1)]
    whole = [fact(record) for record in replayed_events(program, world.log, world.until)[1] if record.at <= cut]
    shorter = ContactLog(
        world.log.contact_id,
        world.log.profile,
        [change for change in world.log.changes if change[0] <= cut],
        [event for event in world.log.events if event.at <= cut],
    )
    assert [fact(record) for record in feed(program, shorter, None, cut)[1]] == whole


def time_that_passes_in_pieces_is_the_same_time(world: World, data: st.DataObject) -> None:
    stops = data.draw(st.lists(st.integers(0, 60_000), max_size=6))
    program = program_of(*world.texts)
    whole = [fact(record) for record in replayed_events(program, world.log, world.until)[1]]
    inputs: list[tuple[int, int, Event | Mapping[str, Any]]] = [
        *((at, 0, change) for at, change in world.log.changes),
        *((event.at, 1, event) for event in world.log.events),
    ]
    inputs.sort(key=lambda each: each[:2])
    begin = inputs[0][0]
    waiting = sorted(begin + stop * MINUTE for stop in stops)
    state = new_contact(program, world.log.contact_id, world.log.profile)
    records: list[Record] = []
    for at, _, given_ in inputs:
        while waiting and waiting[0] <= at:
            records += advance(program, state, waiting.pop(0), inclusive=False)
        records += (
            step(program, state, given_) if isinstance(given_, Event) else change_profile(program, state, at, given_)
        )
    for stop in waiting:
        if stop <= world.until:
            records += advance(program, state, stop, inclusive=False)
    records += advance(program, state, world.until)
    assert [fact(record) for record in records] == whole


def contacts_fed_together_are_as_if_alone(world: World, data: st.DataObject) -> None:
    other = data.draw(logs("bea"))
    program = program_of(*world.texts)
    contact_logs = {log.contact_id: log for log in (world.log, other)}
    records_alone = {
        name: [fact(each) for each in _plainly(program, log, world.until)] for name, log in contact_logs.items()
    }
    states = {name: new_contact(program, name, log.profile) for name, log in contact_logs.items()}
    together: dict[str, list[Record]] = {name: [] for name in contact_logs}
    mixed = sorted(
        ((event.at, name, event) for name, log in contact_logs.items() for event in log.events),
        key=lambda each: each[:2],
    )
    for at, name, each in mixed:
        if at <= world.until:
            together[name] += step(program, states[name], each)
    for name, state in states.items():
        together[name] += advance(program, state, world.until)
    assert {name: [fact(record) for record in records] for name, records in together.items()} == records_alone


def _plainly(program: Program, log: ContactLog, until: int) -> list[Record]:
    return feed(program, ContactLog(log.contact_id, log.profile, [], log.events), None, until)[1]


def every_message_has_a_cause_and_is_not_earlier_than_it(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    entered = {record.journey_id: record for record in records if isinstance(record, Entered)}
    for message in (record for record in records if isinstance(record, Asked)):
        links = list(chain(message.because))
        begin = entered[message.journey_id]
        assert links
        assert (links[0].at, links[0].cause) == (begin.at, begin.event)
        assert links[-1].state == message.state
        assert [link.at for link in links] == sorted(link.at for link in links)
        assert links[-1].at <= message.at
        assert message.trigger.at == message.entered_at == begin.at


def every_journey_that_was_entered_ended_once_or_runs(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    entered = Counter(record.journey_id for record in records if isinstance(record, Entered))
    counts = Counter(record.journey_id for record in records if isinstance(record, Ended))
    running = {journey.journey_id for journeys in state.journeys.values() for journey in journeys if not journey.ended}
    assert set(entered.values()) <= {1} and set(counts.values()) <= {1}
    assert set(entered) == set(counts) | running
    assert not set(counts) & running


def nothing_happens_in_a_journey_before_its_entry_or_after_its_end(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    open_journeys: set[str] = set()
    ended_ids: set[str] = set()
    for record in records:
        match record:
            case Entered():
                open_journeys.add(record.journey_id)
                ended_ids.add(record.journey_id)
            case Ended():
                open_journeys.remove(record.journey_id)
            case Moved() | Asked():
                assert record.journey_id in open_journeys
            case Converted():
                assert record.journey_id in ended_ids


def nobody_gets_a_marketing_message_without_an_address_and_consent_exactly_true(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    consents = {"email": "email_optin", "push": "push_optin", "sms": "sms_optin"}
    sent = [record for record in records if isinstance(record, Asked) and not record.reason]
    for message in sent:
        assert message.address not in (None, "")
        if message.purpose == "marketing":
            assert message.profile.get(consents[message.channel]) is True


def records_come_in_order_of_time_and_none_is_later_than_the_end(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    instants = [record.at for record in records]
    assert instants == sorted(instants)
    assert not instants or instants[-1] <= world.until


def every_message_and_journey_has_a_name_of_its_own(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    names = [record.message_id for record in records if isinstance(record, Asked)]
    assert len(names) == len(set(names))


def a_journey_converts_once_within_its_window_and_credits_a_message_that_left(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    entered = {record.journey_id: record.at for record in records if isinstance(record, Entered)}
    converted = [record for record in records if isinstance(record, Converted)]
    assert len(converted) == len({each.journey_id for each in converted})
    last_sent: dict[str, str] = {}
    for record in records:
        if isinstance(record, Asked) and not record.reason:
            last_sent[record.journey_id] = record.message_id
        elif isinstance(record, Converted):
            assert 0 <= record.at - entered[record.journey_id] <= 2 * 24 * 60 * MINUTE
            assert record.credited == last_sent.get(record.journey_id)


def one_journey_of_a_key_runs_at_a_time_unless_parallel_is_said(
    world: World, state: ContactState, records: Sequence[Record]
) -> None:
    parallel = {text.split()[1] for text in world.texts if "while_running: parallel" in text}
    keys: dict[str, tuple[str, Any]] = {}
    running: Counter[tuple[str, Any]] = Counter()
    for record in records:
        if isinstance(record, Entered):
            keys[record.journey_id] = (record.scenario, record.key)
            running[keys[record.journey_id]] += 1
            assert record.scenario in parallel or running[keys[record.journey_id]] == 1
        elif isinstance(record, Ended):
            running[keys[record.journey_id]] -= 1


def reasons_are_those_the_language_names(world: World, state: ContactState, records: Sequence[Record]) -> None:
    assert {record.reason for record in records if isinstance(record, Refused)} <= {
        "audience",
        "key",
        "running",
        "reentry",
    }
    assert {record.reason for record in records if isinstance(record, Asked)} <= {
        "",
        "no_address",
        "no_consent",
        "unreachable",
    }
    written = {"led_out", "led_on", "waited", "finished", "stopped", "watched", "bought", "converted"}
    assert {record.outcome for record in records if isinstance(record, Ended)} <= written | {"error", "restarted"}
    assert all(record.detail for record in records if isinstance(record, Warned))


# Promises about the records of one run.
OF_RECORDS = (
    every_message_has_a_cause_and_is_not_earlier_than_it,
    every_journey_that_was_entered_ended_once_or_runs,
    nothing_happens_in_a_journey_before_its_entry_or_after_its_end,
    nobody_gets_a_marketing_message_without_an_address_and_consent_exactly_true,
    records_come_in_order_of_time_and_none_is_later_than_the_end,
    every_message_and_journey_has_a_name_of_its_own,
    a_journey_converts_once_within_its_window_and_credits_a_message_that_left,
    one_journey_of_a_key_runs_at_a_time_unless_parallel_is_said,
    reasons_are_those_the_language_names,
)
# Promises that compare runs of the same world.
OF_RUNS = (
    the_same_project_and_log_give_the_same_records,
    what_is_cut_off_a_log_changes_nothing_before_the_cut,
    time_that_passes_in_pieces_is_the_same_time,
    contacts_fed_together_are_as_if_alone,
)


@ALIKE
@given(worlds(), st.data())
def test_every_promise_holds_in_every_world(world: World, data: st.DataObject) -> None:
    """Tests all promises on the same worlds, because making the worlds takes most of the time."""
    state, records = replayed_events(program_of(*world.texts), world.log, world.until)
    for promise in OF_RECORDS:
        promise(world, state, records)
    for compared in OF_RUNS:
        compared(world, data)


def test_a_replay_in_parts_gives_the_rows_of_a_replay_in_one(tmp_path: Path) -> None:
    text = """
scenario: parts
trigger: {event: started}
key: event.id
states:
  one: {send: {email: m/a}, after: {1d at 09:00: two}}
  two: {send: {push: m/b}, after: {1w: {end: over}}}
"""
    lines = [
        {"contact_id": f"c{contact:02}", "event": "started", "timestamp": f"2025-03-0{day}T10:00:00Z", "id": f"k{day}"}
        for day in (1, 2, 3)
        for contact in range(40)
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    people = tmp_path / "people.csv"
    rows = [f"c{contact:02},c{contact:02}@example.com,{'true' if contact % 3 else 'false'}" for contact in range(40)]
    people.write_text("contact_id,email,email_optin\n" + "\n".join(rows) + "\n", encoding="utf-8")
    project = load(text).project
    options = ExportOptions(events=(str(log),), contacts=(str(people),), timezone="UTC")
    folder = tmp_path / "staged"
    folder.mkdir()
    staged = stage(options, wanted_events(project, project.scenarios.values()), wanted_attributes(project), folder)
    job = Replay(project, ("parts",), None, moment("2025-04-01 00:00"))
    program = compile_program(project)
    whole = [
        (log_.contact_id, fact(record))
        for log_ in staged.stream()
        for record in feed(program, log_, None, job.until)[1]
    ]
    in_parts = [
        (log_.contact_id, fact(record))
        for part in staged.ranges(7)
        for log_ in staged.stream(part)
        for record in feed(program, log_, None, job.until)[1]
    ]
    assert len(staged.ranges(7)) > 3
    assert in_parts == whole
    results = []
    for workers in (1, 2):
        rows_to = tmp_path / f"rows{workers}.jsonl"
        results.append((replay(job, staged, workers, rows_to), rows_to.read_bytes()))
    assert results[0][1] == results[1][1]
    assert results[0][1].count(b"\n") == 40 * 3 * 2
    assert results[0][0] == results[1][0]
