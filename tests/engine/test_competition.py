"""Journeys that compete: groups with a limit, entries that wait, the number that runs at once, keys that become
free.
"""

from __future__ import annotations

import pytest

from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.step import advance, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Ended, Entered, Refused
from tests.engine.worlds import Happening, Story, moment, run

HOUR = 3_600_000_000


def member(name: str, event: str, *settings: str, lasts: str = "3d", exclusive: str = "promo") -> str:
    listed = "\n".join((f"exclusive: {exclusive}", "reentry: always", *settings))
    states = f"in: {{after: {{{lasts}: {{end: over}}}}}}"
    return f"scenario: {name}\ntrigger: {{event: {event}}}\n{listed}\nstates:\n  {states}\n"


def fates(story: Story) -> list[str]:
    """Entries, refusals and ends with their hour and scenario."""
    words = {Entered: "enters", Ended: "ends", Refused: "refused"}
    return [
        f"{(record.at - moment('2025-03-03 10:00')) // HOUR}h {record.scenario} "
        + (f"refused {record.reason}" if isinstance(record, Refused) else words[type(record)])
        for record in story.records
        if isinstance(record, Entered | Ended | Refused)
    ]


BUSY: Happening = ("2025-03-03 10:00", "noted")
ASKS: Happening = ("2025-03-04 10:00", "started")
BUSY_ONE = member("busy", "noted")
WAITS = "{group: promo, wait: 7d}"


def test_an_entry_waits_until_its_group_is_free() -> None:
    story = run([BUSY_ONE, member("asks", "started", exclusive=WAITS)], [BUSY, ASKS], until="2025-03-20 10:00")
    assert fates(story) == [
        "0h busy enters",
        "24h asks refused waiting",
        "72h busy ends",
        "72h asks enters",
        "144h asks ends",
    ]


@pytest.mark.parametrize(("wait", "enters"), [("2d", True), ("48h", True), ("47h", False), ("1d", False)])
def test_an_entry_waits_up_to_and_including_the_last_instant(wait: str, enters: bool) -> None:
    asks = member("asks", "started", exclusive=f"{{group: promo, wait: {wait}}}")
    story = run([BUSY_ONE, asks], [BUSY, ASKS], until="2025-03-20 10:00")
    assert ("72h asks enters" in fates(story)) == enters
    assert story.refusals == (["waiting"] if enters else ["waiting", "exclusive"])


def test_waiting_entries_go_by_priority_and_then_by_time() -> None:
    asking = [
        member("early", "started", "priority: 20", lasts="1d", exclusive=WAITS),
        member("late", "changed", "priority: 20", lasts="1d", exclusive=WAITS),
        member("high", "clicked", "priority: 30", lasts="1d", exclusive=WAITS),
    ]
    events = [BUSY, ASKS, ("2025-03-04 11:00", "changed"), ("2025-03-04 12:00", "clicked")]
    story = run([BUSY_ONE.replace("reentry", "priority: 90\nreentry"), *asking], events, until="2025-03-20 10:00")
    assert [entry.scenario for entry in story.entries] == ["busy", "high", "early", "late"]
    assert story.refusals == ["waiting"] * 3


@pytest.mark.parametrize(
    ("setting", "events", "reason"),
    [
        ("audience: contact.country == 'FR'", [("2025-03-05 10:00", "profile_updated", {"country": "DE"})], "audience"),
        ("active: {until: 2025-03-05}", [], "inactive"),
    ],
)
def test_the_rules_of_entry_are_checked_again_when_the_group_is_free(
    setting: str, events: list[Happening], reason: str
) -> None:
    asks = member("asks", "started", setting, exclusive=WAITS)
    story = run([BUSY_ONE, asks], [BUSY, ASKS, *events], {"country": "FR"}, until="2025-03-20 10:00")
    assert story.refusals == ["waiting", reason]


def test_one_entry_waits_for_each_key() -> None:
    asks = member("asks", "started", "key: event.id", exclusive=WAITS)
    events = [BUSY, *[("2025-03-04 10:00", "started", {"id": key}) for key in ("a", "a", "b")]]
    story = run([BUSY_ONE, asks], events, until="2025-03-30 10:00")
    assert story.refusals == ["waiting", "exclusive", "waiting"]
    assert [entry.key for entry in story.entries] == [None, "a", "b"]


def test_waiting_entries_are_kept_between_runs() -> None:
    story = run([BUSY_ONE, member("asks", "started", exclusive=WAITS)], [BUSY, ASKS])
    program, state = story.program, story.state
    restored = restore(program, save(program, state))
    assert save(program, restored) == save(program, state)
    entered = [each for each in advance(program, restored, moment("2025-03-06 10:00")) if isinstance(each, Entered)]
    assert [each.scenario for each in entered] == ["asks"]


def test_a_limit_lets_so_many_of_a_group_run_at_once() -> None:
    group = "{group: promo, limit: 2}"
    scenarios = [
        member(name, event, exclusive=group) for name, event in (("a", "started"), ("b", "noted"), ("c", "changed"))
    ]
    story = run(scenarios, [BUSY, ("2025-03-03 11:00", "started"), ("2025-03-03 12:00", "changed")])
    assert fates(story) == ["0h b enters", "1h a enters", "2h c refused exclusive"]


def test_at_the_limit_the_lowest_priority_ends_or_else_the_last_entered() -> None:
    group = "{group: promo, limit: 2}"
    low = [member(name, event, "priority: 10", exclusive=group) for name, event in (("a", "started"), ("b", "noted"))]
    high = member("high", "changed", "priority: 90", exclusive=group)
    story = run(
        [*low, high], [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "noted"), ("2025-03-03 12:00", "changed")]
    )
    assert [(record.scenario, record.outcome) for record in story.records if isinstance(record, Ended)] == [
        ("b", "displaced")
    ]


def scenario_with(*settings: str, states: str) -> str:
    listed = "\n".join(settings)
    return f"scenario: s\ntrigger: {{event: started}}\n{listed}\nstates:\n  {states}\n"


def test_max_running_counts_the_journeys_of_all_keys() -> None:
    scenario = scenario_with(
        "key: event.id", "max_running: 2", "reentry: always", states="in: {on: {stopped: {end: over}}}"
    )
    events = [(f"2025-03-03 1{hour}:00", "started", {"id": key}) for hour, key in enumerate(("a", "b", "c", "a"))]
    story = run(
        scenario, [*events, ("2025-03-03 15:00", "stopped", {"id": "a"}), ("2025-03-03 16:00", "started", {"id": "c"})]
    )
    assert story.refusals == ["limit", "running"]
    assert [entry.key for entry in story.entries] == ["a", "b", "c"]


def test_a_journey_that_restart_ends_is_not_one_too_many() -> None:
    scenario = scenario_with(
        "key: event.id", "max_running: 1", "while_running: restart", states="in: {on: {stopped: {end: over}}}"
    )
    story = run(scenario, [(f"2025-03-03 1{hour}:00", "started", {"id": key}) for hour, key in enumerate("aab")])
    assert (len(story.entries), story.refusals) == (2, ["limit"])


FREES = "in: {after: {1d: out}}\n  out: {frees_key: true, on: {stopped: {end: over}}}"


@pytest.mark.parametrize(
    ("message", "expected"),
    [("ignore", ["entered", "-> in"]), ("restart", ["entered", "-> in"])],
)
def test_a_journey_that_freed_its_key_does_not_prevent_entries(message: str, expected: list[str]) -> None:
    scenario = scenario_with("reentry: always", f"while_running: {message}", states=FREES)
    story = run(scenario, [("2025-03-03 10:00", "started"), ("2025-03-05 10:00", "started")])
    assert story.texts[3:] == expected
    assert story.running == 2


def test_a_journey_that_freed_its_key_still_reacts_to_it_and_counts() -> None:
    scenario = scenario_with("reentry: always", "key: event.id", "max_running: 1", states=FREES)
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-05 10:00", "started", {"id": "a"}),
    ]
    story = run(
        scenario, [*events, ("2025-03-05 11:00", "stopped", {"id": "b"}), ("2025-03-05 12:00", "stopped", {"id": "a"})]
    )
    assert story.refusals == ["limit"]
    assert story.lines[-1] == "2025-03-05 12:00 end over"


def test_reentry_is_checked_beside_a_journey_that_freed_its_key() -> None:
    story = run(
        scenario_with("reentry: 3d", states=FREES), [("2025-03-03 10:00", "started"), ("2025-03-05 10:00", "started")]
    )
    assert story.refusals == ["reentry"]


BY_ID = """
scenario: s
trigger: {absence: bought, for: 1d, since: started, by: id}
key: event.id
states: {in: {end: done}}
"""


def test_an_absence_by_a_property_is_kept_between_runs_and_fires_for_each_value() -> None:
    events = [Event("started", moment("2025-03-03 10:00"), {"id": key}) for key in ("a", "b", "c")]
    story = run(BY_ID, [])
    program, state = story.program, story.state
    for event in events:
        step(program, state, event)
    step(program, state, Event("bought", moment("2025-03-03 12:00"), {"id": "b"}))
    restored = restore(program, save(program, state))
    records = advance(program, restored, moment("2025-03-05 10:00"))
    assert [record.key for record in records if isinstance(record, Entered)] == ["a", "c"]


def test_an_absent_event_without_the_property_ends_the_time_of_all() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-03 11:00", "started", {"id": "b"}),
    ]
    assert run(BY_ID, [*events, ("2025-03-03 12:00", "bought")], until="2025-03-09 10:00").entries == []


ALREADY = "scenario: s\ntrigger: {segment: few, already_in: true}\nstates: {in: {after: {1d: {end: over}}}}\n"


@pytest.mark.parametrize(("first", "entered"), [("noted", 1), ("bought", 0)])
def test_already_in_lets_members_enter_after_the_first_events_if_they_are_still_members(
    first: str, entered: int
) -> None:
    metrics = "metrics:\n  orders: {count: bought}\nsegments:\n  few: metric.orders == 0\n"
    story = run(ALREADY, [("2025-03-03 10:00", first)], metrics=metrics, until="2025-03-05 10:00")
    assert len(story.entries) == entered


@pytest.mark.parametrize("renewal", ["9999-12-31T23:59:59", "9995-01-01", "0001-01-02"])
def test_a_segment_that_time_changes_only_at_an_end_of_the_calendar_stops_no_run(renewal: str) -> None:
    metrics = "segments:\n  few: days_since(contact.renewal) > 2\n"
    story = run(
        ALREADY, [("2025-03-03 10:00", "noted")], {"renewal": renewal}, metrics=metrics, until="2025-03-05 10:00"
    )
    assert len(story.entries) == (renewal < "1")
