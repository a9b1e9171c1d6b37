"""The order of actions at one instant and over time (section 8)."""

from __future__ import annotations

import pytest

from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Asked, Ended, Entered, Moved, Record
from tests.engine.worlds import REACHABLE, ROW, Happening, moment, program_of, record_text, run

START: Happening = ("2025-03-03 10:00", "started")

REMINDER = """
scenario: reminder
trigger: {event: started}
goal: {event: bought, ends: bought}
states:
  waiting: {after: {1h: reminded}}
  reminded: {send: {email: a/b}, after: {1d: {end: over}}}
"""


def test_timers_due_before_an_event_run_before_it() -> None:
    story = run(REMINDER, [START, ("2025-03-03 11:00:01", "bought")])
    assert story.texts[2:] == ["-> reminded (after 1h)", "email a/b", "converted", "end bought"]


def test_a_purchase_at_the_instant_of_the_reminder_prevents_it() -> None:
    story = run(REMINDER, [START, ("2025-03-03 11:00", "bought")], until="2025-03-10 10:00")
    assert story.texts[2:] == ["converted", "end bought"]


def test_every_event_of_an_instant_is_taken_before_the_timers_due_at_it() -> None:
    story = run(
        REMINDER, [START, ("2025-03-03 11:00", "noted"), ("2025-03-03 11:00", "bought")], until="2025-03-10 10:00"
    )
    assert story.messages == []


def test_a_row_of_the_contacts_table_precedes_timers_of_its_instant() -> None:
    story = run(REMINDER, [START, ("2025-03-03 11:00", ROW, {"email_optin": False})], until="2025-03-03 12:00")
    assert [message.reason for message in story.messages] == ["no_consent"]


def test_a_timer_due_at_the_last_instant_of_a_replay_runs() -> None:
    log = ContactLog("ana", REACHABLE, [], [Event("started", moment("2025-03-03 10:00"), {})])
    _, records = feed(program_of(REMINDER), log, None, moment("2025-03-03 11:00"))
    assert [record_text(record) for record in records][-1] == "email a/b"
    _, records = feed(program_of(REMINDER), log, None, moment("2025-03-03 10:59:59"))
    assert not [record for record in records if isinstance(record, Asked)]


def test_advancing_not_inclusive_leaves_what_is_due_at_that_instant() -> None:
    program = program_of(REMINDER)
    state = new_contact(program, "ana", REACHABLE)
    step(program, state, Event("started", moment("2025-03-03 10:00"), {}))
    assert advance(program, state, moment("2025-03-03 11:00"), inclusive=False) == []
    assert len(advance(program, state, moment("2025-03-03 11:00"))) == 2


def scenario(name: str, priority: int, wait: str = "1h") -> str:
    return f"""
scenario: {name}
priority: {priority}
trigger: {{event: started}}
key: event.id
states:
  waiting: {{on: {{changed: {{end: changed}}}}, after: {{{wait}: {{end: waited}}}}}}
"""


@pytest.mark.parametrize(
    ("priorities", "order"),
    [
        ({"a": 10, "b": 50, "c": 90}, ["c", "b", "a"]),
        ({"b": 50, "a": 50, "c": 50}, ["a", "b", "c"]),
        ({"b": 50, "a": 50, "c": 51}, ["c", "a", "b"]),
    ],
)
def test_scenarios_go_by_priority_then_name(priorities: dict[str, int], order: list[str]) -> None:
    scenarios = [scenario(name, priority) for name, priority in priorities.items()]
    entered = run(scenarios, [("2025-03-03 10:00", "started", {"id": "k"})])
    assert [entry.scenario for entry in entered.entries] == order
    changed = run(scenarios, [("2025-03-03 10:00", "started", {"id": "k"}), ("2025-03-03 10:30", "changed")])
    assert [record.scenario for record in changed.records if isinstance(record, Ended)] == order
    waited = run(scenarios, [("2025-03-03 10:00", "started", {"id": "k"})], until="2025-03-04 10:00")
    assert [record.scenario for record in waited.records if isinstance(record, Ended)] == order


def test_an_earlier_timer_precedes_one_of_a_higher_priority() -> None:
    story = run(
        [scenario("low", 1, "1h"), scenario("high", 99, "2h")],
        [("2025-03-03 10:00", "started", {"id": "k"})],
        until="2025-03-04 10:00",
    )
    assert [record.scenario for record in story.records if isinstance(record, Ended)] == ["low", "high"]


def test_journeys_of_a_scenario_go_oldest_first() -> None:
    events: list[Happening] = [("2025-03-03 10:00", "started", {"id": key}) for key in ("z", "a", "m")]
    entered = {entry.journey_id: entry.key for entry in run(scenario("s", 50), events).entries}
    for more, until in (([("2025-03-03 10:30", "changed")], None), ([], "2025-03-04 10:00")):
        story = run(scenario("s", 50), [*events, *more], until=until)
        assert [entered[record.journey_id] for record in story.records if isinstance(record, Ended)] == ["z", "a", "m"]


def test_running_journeys_are_offered_the_event_before_the_triggers_are_looked_at() -> None:
    text = """
scenario: again
trigger: {event: started}
reentry: always
states:
  in: {on: {started: {end: again}}}
"""
    story = run(text, [START, ("2025-03-03 11:00", "started")])
    assert story.texts == ["entered", "-> in", "end again", "entered", "-> in"]


def test_timers_of_a_scenario_precede_those_of_the_next() -> None:
    first = (
        scenario("first", 90)
        .replace("key: event.id\n", "reentry: always\n")
        .replace("changed: {end: changed}", "started: {end: again}")
    )
    second = scenario("second", 10).replace("key: event.id\n", "")
    story = run([second, first], [START, ("2025-03-03 10:30", "started")])
    at_second = [
        (record.scenario, record_text(record)) for record in story.records if record.at == moment("2025-03-03 10:30")
    ]
    assert at_second == [
        ("first", "end again"),
        ("first", "entered"),
        ("first", "-> waiting"),
        ("second", "refused running"),
    ]


def test_an_event_changes_the_profile_before_any_scenario_looks() -> None:
    text = """
scenario: looks
trigger: {event: profile_updated, where: contact.points == 7}
states: {in: {choose: {contact.country == 'FR': {end: both}, else: {end: one}}}}
"""
    assert run(text, [("2025-03-03 10:00", "profile_updated", {"points": 7, "country": "FR"})], {}).outcomes == ["both"]


def test_events_at_one_instant_go_in_the_order_fed() -> None:
    text = """
scenario: order
trigger: {event: started}
states: {in: {on: {changed: {set: {it: =event.n}}}}}
"""
    events: list[Happening] = [START, *(("2025-03-03 11:00", "changed", {"n": n}) for n in (3, 1, 2))]
    assert run(text, events).captured("it") == 2


def test_an_attribute_keeps_its_latest_value() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "profile_updated", {"points": 1}),
        ("2025-03-03 11:00", ROW, {"points": 2, "country": "FR"}),
        ("2025-03-03 12:00", "profile_updated", {"points": 3}),
    ]
    assert dict(run(REMINDER, events, {"points": 0}).state.profile) == {"points": 3, "country": "FR"}


def test_feeding_can_stop_and_continue_without_a_difference() -> None:
    program = program_of(REMINDER, scenario("other", 90, "at 09:00"))
    events = [
        Event("started", moment("2025-03-03 10:00"), {"id": "k"}),
        Event("profile_updated", moment("2025-03-03 10:30"), {"timezone": "Asia/Tokyo"}),
        Event("noted", moment("2025-03-03 11:00"), {}),
        Event("changed", moment("2025-03-09 11:00"), {"id": "x"}),
    ]

    def fed(stops: list[str]) -> list[Record]:
        state = new_contact(program, "ana", REACHABLE)
        records: list[Record] = []
        waiting = [moment(stop) for stop in stops]
        for event in events:
            while waiting and waiting[0] <= event.at:
                records += advance(program, state, waiting.pop(0), inclusive=False)
            records += step(program, state, event)
        return records + advance(program, state, moment("2025-04-01 00:00"))

    whole = [(each.at, record_text(each)) for each in fed([])]
    assert len(whole) > 6
    stops = ["2025-03-03 10:00", "2025-03-03 10:10", "2025-03-03 11:00", "2025-03-04 01:00", "2025-03-05 00:00"]
    assert [(each.at, record_text(each)) for each in fed(stops)] == whole


def test_contacts_do_not_influence_each_other() -> None:
    program = program_of(REMINDER)
    ana, bea = (new_contact(program, name, REACHABLE) for name in ("ana", "bea"))
    step(program, ana, Event("started", moment("2025-03-03 10:00"), {}))
    step(program, bea, Event("started", moment("2025-03-03 10:00"), {}))
    step(program, bea, Event("bought", moment("2025-03-03 10:30"), {}))
    change_profile(program, bea, moment("2025-03-03 10:40"), {"email_optin": False})
    records = advance(program, ana, moment("2025-03-03 12:00"))
    assert [record_text(record) for record in records] == ["-> reminded (after 1h)", "email a/b"]


def test_a_contact_without_input_leaves_no_state() -> None:
    program = program_of(REMINDER)
    state = new_contact(program, "ana", REACHABLE)
    assert advance(program, state, moment("2099-01-01 00:00")) == []
    assert not [
        record
        for record in step(program, state, Event("noted", moment("2099-01-02 00:00"), {}))
        if isinstance(record, Entered | Moved)
    ]
