"""Entry into a scenario: who can enter, who is refused, and the reason (sections 3.3 and 3.4)."""

from __future__ import annotations

import pytest

from scenario_cli.engine.step import advance
from scenario_cli.model.records import Entered, Refused
from tests.engine.worlds import REACHABLE, gate, moment, run
from tests.rows import rows


def test_the_trigger_s_event_lets_a_contact_in() -> None:
    story = run(gate(), [("2025-03-03 10:00", "started")])
    assert story.lines == ["2025-03-03 10:00 entered", "2025-03-03 10:00 -> in"]


def test_another_event_starts_no_journey() -> None:
    assert run(gate(), [("2025-03-03 10:00", "changed")]).records == []


def test_an_event_that_where_leaves_out_leaves_no_record() -> None:
    story = run(gate(trigger="{event: started, where: event.n > 3}"), [("2025-03-03 10:00", "started", {"n": 3})])
    assert story.records == []


def test_each_event_of_a_group_is_a_trigger() -> None:
    scenario = gate("reentry: always", trigger="{event: begin}")
    story = run(scenario, [("2025-03-03 10:00", "noted"), ("2025-03-04 10:00", "started")])
    assert [(entry.at, entry.event) for entry in story.entries] == [
        (moment("2025-03-03 10:00"), "noted"),
        (moment("2025-03-04 10:00"), "started"),
    ]


def test_an_event_enters_through_the_first_trigger_of_the_list_that_matches() -> None:
    scenario = gate(
        "while_running: parallel",
        "reentry: always",
        trigger="[{event: started, where: event.n > 3}, {event: started, where: event.n > 1}, {event: started}]",
    )
    # The first event matches all three triggers, the second event only the last: each event enters once.
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 5}), ("2025-03-03 11:00", "started", {"n": 0})])
    assert story.texts == ["entered", "-> in", "entered", "-> in"]


def test_a_later_trigger_of_the_list_is_not_tried_when_the_first_that_matches_is_refused() -> None:
    scenario = gate("audience: contact.country == 'FR'", trigger="[{event: started}, {event: started}]")
    assert run(scenario, [("2025-03-03 10:00", "started")]).texts == ["refused audience"]


@pytest.mark.parametrize(
    ("country", "expected"), [("FR", ["entered", "-> in"]), ("DE", ["refused audience"]), (None, ["refused audience"])]
)
def test_only_the_audience_can_enter(country: str | None, expected: list[str]) -> None:
    contact = {"country": country} if country else {}
    story = run(gate("audience: contact.country in ['FR', 'BE']"), [("2025-03-03 10:00", "started")], contact)
    assert story.texts == expected


def test_the_audience_may_read_the_event_that_enters() -> None:
    story = run(
        gate("audience: event.n > 3 and trigger.n > 3", "reentry: always"),
        [("2025-03-03 10:00", "started", {"n": 3}), ("2025-03-03 11:00", "started", {"n": 4})],
    )
    assert story.texts == ["refused audience", "entered", "-> in"]


def test_the_audience_is_looked_at_on_entry_only() -> None:
    story = run(
        gate("audience: contact.country == 'FR'"),
        [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "profile_updated", {"country": "DE"})],
        {"country": "FR"},
        until="2025-03-04 10:00",
    )
    assert story.outcomes == ["over"]


@pytest.mark.parametrize("carried", [{}, {"id": None}])
def test_a_missing_key_refuses(carried: dict[str, object]) -> None:
    assert run(gate("key: event.id"), [("2025-03-03 10:00", "started", carried)]).texts == ["refused key"]


def test_the_audience_refuses_before_the_key() -> None:
    story = run(gate("audience: contact.country == 'FR'", "key: event.id"), [("2025-03-03 10:00", "started")], {})
    assert story.texts == ["refused audience"]


def test_one_journey_runs_for_each_key() -> None:
    story = run(
        gate("key: event.id"),
        [
            ("2025-03-03 10:00", "started", {"id": "a"}),
            ("2025-03-03 10:10", "started", {"id": "b"}),
            ("2025-03-03 10:20", "started", {"id": "a"}),
        ],
    )
    assert story.texts == ["entered a", "-> in", "entered b", "-> in", "refused running"]
    assert len({entry.journey_id for entry in story.entries}) == 2


def test_a_key_that_is_the_number_zero_is_not_missing() -> None:
    story = run(gate("key: event.n"), [("2025-03-03 10:00", "started", {"n": 0})])
    assert story.texts == ["entered 0", "-> in"]


def test_running_refuses_before_reentry() -> None:
    story = run(gate("reentry: never"), [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started")])
    assert story.refusals == ["running"]


def test_left_out_reentry_is_never() -> None:
    story = run(gate(), [("2025-03-03 10:00", "started"), ("2026-03-03 10:00", "started")])
    assert story.texts == ["entered", "-> in", "end over", "refused reentry"]


def test_never_is_asked_for_each_key_by_itself() -> None:
    story = run(
        gate("key: event.id", "reentry: never"),
        [
            ("2025-03-03 10:00", "started", {"id": "a"}),
            ("2025-03-05 10:00", "started", {"id": "b"}),
            ("2025-03-07 10:00", "started", {"id": "a"}),
        ],
    )
    assert [entry.key for entry in story.entries] == ["a", "b"]
    assert story.refusals == ["reentry"]


def test_reentry_always_allows_entry_once_no_journey_runs() -> None:
    story = run(
        gate("reentry: always", states="in: {on: {stopped: {end: over}}}"),
        [("2025-03-03 10:00", "started"), ("2025-03-03 10:01", "stopped"), ("2025-03-03 10:01", "started")],
    )
    assert story.texts == ["entered", "-> in", "end over", "entered", "-> in"]


@pytest.mark.parametrize(
    ("again", "refusals"),
    [
        ("2025-03-06 09:59:59", ["reentry"]),
        ("2025-03-06 10:00", []),  # three days have elapsed
        ("2025-03-06 10:01", []),
    ],
)
def test_a_reentry_duration_counts_from_the_previous_entry(again: str, refusals: list[str]) -> None:
    assert run(gate("reentry: 3d"), [("2025-03-03 10:00", "started"), (again, "started")]).refusals == refusals


@rows(
    ("reentry", "again", "refusals"),
    [
        # Clocks go forward at 02:00 on 30 March: 10:00 the next day is 23 hours later.
        ("1d", "2025-03-30 09:59", ["reentry"]),
        ("1d", "2025-03-30 10:00", []),
        ("24h", "2025-03-30 10:59", ["reentry"]),
        ("24h", "2025-03-30 11:00", []),
        ("1w", "2025-04-05 10:00", []),
        ("1mo", "2025-04-29 09:59", ["reentry"]),
        ("1mo", "2025-04-29 10:00", []),
        ("1y", "2026-03-29 09:59", ["reentry"]),
        ("1y", "2026-03-29 10:00", []),
        ("1d2h", "2025-03-30 12:00", []),
    ],
)
def test_a_reentry_is_a_step_on_the_calendar_where_its_units_are(reentry: str, again: str, refusals: list[str]) -> None:
    story = run(gate(f"reentry: {reentry}"), [("2025-03-29 10:00", "started"), (again, "started")])
    assert story.refusals == refusals


def test_a_reentry_counts_on_the_clock_that_the_contact_has_now() -> None:
    story = run(
        gate("reentry: 1d"),
        [
            ("2025-03-29 10:00", "started"),
            ("2025-03-29 12:00", "profile_updated", {"timezone": "America/New_York"}),
            ("2025-03-30 10:00", "started"),  # New York's clocks changed earlier
            ("2025-03-30 11:00", "started"),
        ],
        {"timezone": "Europe/Paris"},
    )
    assert story.refusals == ["reentry"]


def test_a_refused_trigger_does_not_put_reentry_off() -> None:
    story = run(
        gate("reentry: 3d"),
        [("2025-03-03 10:00", "started"), ("2025-03-05 10:00", "started"), ("2025-03-06 10:00", "started")],
    )
    assert story.refusals == ["reentry"]
    assert [entry.at for entry in story.entries] == [moment("2025-03-03 10:00"), moment("2025-03-06 10:00")]


def test_an_ended_journey_does_not_prevent_entries_at_its_instant() -> None:
    scenario = gate("reentry: always", states="in: {end: done}")
    story = run(scenario, [("2025-03-03 10:00", "started"), ("2025-03-03 10:00", "started")])
    assert story.texts == ["entered", "-> in", "end done"] * 2
    assert len({entry.journey_id for entry in story.entries}) == 2


def test_the_event_that_enters_takes_no_transition_in_its_journey() -> None:
    scenario = """
scenario: gate
trigger: {event: started}
goal: {event: started}
on: {started: {end: twice}}
states:
  in: {on: {started: other}}
  other: {on: {stopped: {end: over}}}
"""
    assert run(scenario, [("2025-03-03 10:00", "started")]).texts == ["entered", "-> in"]


def test_an_event_that_ends_a_journey_may_let_the_contact_in_again() -> None:
    scenario = gate("reentry: always", states="in: {on: {started: {end: again}}}")
    story = run(scenario, [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started")])
    assert story.texts == ["entered", "-> in", "end again", "entered", "-> in"]


ANSWERS = {
    "stays": ("{set: {seen: 1}}", ["refused taken"]),
    "collects": ("{collect: seen}", ["refused taken"]),
    "starts its wait over": ("in", ["-> in (on started)", "refused taken"]),
    "goes on": ("other", ["-> other (on started)", "refused taken"]),
    "ends": ("{end: out}", ["end out", "entered", "-> in"]),
    "passes the event over": ("{where: event.n > 3, set: {seen: 1}}", ["refused running"]),
    "ends by what it collects": ("{collect: seen, to: {end: full}}", ["end full", "refused taken"]),
}


@rows("answer", ANSWERS)
def test_an_event_that_a_journey_used_is_not_a_refused_entry(answer: str) -> None:
    transition, expected = ANSWERS[answer]
    states = f"in: {{set: {{seen: 0}}, on: {{started: {transition}}}, after: {{9d: {{end: over}}}}}}\n"
    states += "  other: {after: {9d: {end: over}}}"
    story = run(
        gate("reentry: always", states=states), [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started")]
    )
    assert story.texts[2:] == expected


@pytest.mark.parametrize("expected", ["ignore", "restart", "parallel"])
def test_a_collected_event_starts_no_other_journey_with_any_while_running(expected: str) -> None:
    states = "in: {set: {seen: []}, on: {started: {collect: seen}, stopped: {end: over}}}"
    story = run(
        gate("reentry: always", f"while_running: {expected}", states=states),
        [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started")],
    )
    assert story.texts == ["entered", "-> in", "refused taken"]


def test_a_collected_event_starts_journeys_of_other_keys_and_scenarios() -> None:
    keyed = gate("key: event.id", "reentry: always", states="in: {set: {seen: []}, on: {started: "
                 "{any_key: true, collect: seen}, stopped: {end: over}}}")  # fmt: skip
    other = "scenario: later\ntrigger: {event: started}\nreentry: always\nstates: {in: {end: done}}\n"
    story = run(
        [keyed, other], [("2025-03-03 10:00", "started", {"id": "a"}), ("2025-03-03 11:00", "started", {"id": "b"})]
    )
    assert [entry.key for entry in story.entries if entry.scenario == "gate"] == ["a", "b"]
    assert [entry.key for entry in story.entries if entry.scenario == "later"] == [None, None]
    assert story.refusals == []


def test_another_event_of_the_same_instant_can_still_start_a_journey() -> None:
    scenario = gate(
        "reentry: always",
        trigger="[{event: started}, {event: noted}]",
        states="in: {set: {seen: []}, on: {started: {collect: seen, to: {end: full}}}, after: {9d: {end: over}}}",
    )
    events = [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started"), ("2025-03-03 11:00", "noted")]
    assert run(scenario, events).texts[2:] == ["end full", "refused taken", "entered", "-> in"]


def test_journeys_of_a_number_and_of_a_text_that_reads_alike_have_different_names() -> None:
    scenario = gate("key: event.x", states="in: {send: {email: a/b}, on: {stopped: {end: over}}}")
    story = run(scenario, [("2025-03-03 10:00", "started", {"x": 1}), ("2025-03-03 10:00", "started", {"x": "1"})])
    assert len(story.entries) == 2
    assert len({entry.journey_id for entry in story.entries}) == 2
    assert len({message.message_id for message in story.messages}) == 2


def test_a_key_with_half_a_surrogate_pair_stops_no_run() -> None:
    # JSON can contain it: "\ud83d".
    story = run(gate("key: event.id"), [("2025-03-03 10:00", "started", {"id": "cart \ud83d"})])
    assert story.entries or story.refusals == ["key"]


def test_time_alone_starts_no_journey() -> None:
    story = run(gate("reentry: always"), [("2025-03-03 10:00", "started")], REACHABLE)
    assert [
        each
        for each in advance(story.program, story.state, moment("2026-03-03 10:00"))
        if isinstance(each, Entered | Refused)
    ] == []
