"""The effect of `while_running` on an entry while a journey runs, and the bounds on journeys (section 3.4)."""

from __future__ import annotations

from scenario_cli.model.records import Refused
from tests.engine.worlds import Story, gate, moment, run


def bounces(name: str, hears: str, says: str, *settings: str) -> str:
    listed = "\n".join(("reentry: always", *settings))
    return (
        f"scenario: {name}\ntrigger: {{event: {hears}}}\n{listed}\n"
        f"states:\n  in: {{emit: {{event: {says}, with: {{id: =event.id}}}}, end: done}}\n"
    )


def test_scenarios_that_fire_each_other_enter_a_hundred_times_at_one_instant() -> None:
    going_round = [bounces("a", "changed", "bought"), bounces("b", "bought", "changed")]
    story = run(going_round, [("2025-03-03 10:00", "changed")])
    assert (len(story.entries), story.refusals, story.warnings) == (200, ["too_many"], [])


def test_each_input_and_each_key_has_a_hundred_entries_of_its_own() -> None:
    going_round = [bounces(name, *events, "key: event.id") for name, *events in
                   (("a", "changed", "bought"), ("b", "bought", "changed"))]  # fmt: skip
    story = run(going_round, [("2025-03-03 10:00", "changed", {"id": key}) for key in ("x", "y", "x")])
    assert (len(story.entries), story.refusals) == (600, ["too_many"] * 3)


def test_the_limit_of_a_hundred_holds_with_any_while_running() -> None:
    for rule in ("restart", "parallel"):
        scenario = gate(f"while_running: {rule}", "reentry: always", trigger="{event: started, each: event.items}")
        story = run(scenario, [("2025-03-03 10:00", "started", {"items": list(range(102))})])
        assert (len(story.entries), story.refusals) == (100, ["too_many"] * 2)


def test_restart_ends_the_running_journey_and_enters_without_asking_reentry() -> None:
    story = run(
        gate("while_running: restart", "reentry: never"),
        [("2025-03-03 10:00", "started"), ("2025-03-03 19:00", "started")],
        until="2025-03-05 10:00",
    )
    assert story.lines == [
        "2025-03-03 10:00 entered",
        "2025-03-03 10:00 -> in",
        "2025-03-03 19:00 end restarted",
        "2025-03-03 19:00 entered",
        "2025-03-03 19:00 -> in",
        "2025-03-04 05:00 end over",
    ]


def test_restart_keeps_journeys_of_other_keys() -> None:
    story = run(
        gate("while_running: restart", "key: event.id"),
        [("2025-03-03 10:00", "started", {"id": "a"}), ("2025-03-03 11:00", "started", {"id": "b"})],
    )
    assert story.outcomes == []
    assert story.running == 2


def test_restart_checks_reentry_if_no_journey_runs() -> None:
    story = run(
        gate("while_running: restart", "reentry: never"),
        [("2025-03-03 10:00", "started"), ("2025-03-05 10:00", "started")],
    )
    assert story.texts == ["entered", "-> in", "end over", "refused reentry"]


def test_restart_at_one_instant_gives_journeys_of_different_names() -> None:
    scenario = gate("while_running: restart", states="in: {send: {email: a/b}, on: {stopped: {end: over}}}")
    story = run(scenario, [("2025-03-03 10:00", "started"), ("2025-03-03 10:00", "started")])
    assert story.texts == ["entered", "-> in", "email a/b", "end restarted", "entered", "-> in", "email a/b"]
    assert len({entry.journey_id for entry in story.entries}) == 2
    assert len({message.message_id for message in story.messages}) == 2


def test_parallel_enters_beside_the_running_journey() -> None:
    story = run(
        gate("while_running: parallel", "reentry: always"),
        [("2025-03-03 10:00", "started"), ("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "started")],
        until="2025-03-03 20:00",
    )
    assert story.texts == ["entered", "-> in"] * 3 + ["end over"] * 2
    assert story.running == 1
    assert len({entry.journey_id for entry in story.entries}) == 3


def test_parallel_checks_reentry() -> None:
    scenario = gate("while_running: parallel", "reentry: 3h", states="in: {on: {stopped: {end: over}}}")
    story = run(scenario, [(f"2025-03-03 {hour}:00", "started") for hour in (10, 12, 13)])
    assert story.texts == ["entered", "-> in", "refused reentry", "entered", "-> in"]


def crowd(number: int, *settings: str) -> Story:
    events = [("2025-03-03 10:00", "started", {"n": each}) for each in range(number)]
    return run(gate("key: event.n", "reentry: always", *settings), events)


def test_a_contact_runs_at_most_a_thousand_journeys() -> None:
    story = crowd(1_002)
    assert (len(story.entries), story.refusals) == (1_000, ["too_many", "too_many"])


def test_the_thousand_are_counted_over_all_scenarios() -> None:
    other = "scenario: other\ntrigger: {event: started}\nstates: {in: {on: {stopped: {end: over}}}}\n"
    first = gate("key: event.n", "priority: 90")
    events = [("2025-03-03 10:00", "started", {"n": number}) for number in range(1_000)]
    # `other` enters with the first event, so a thousand journeys run already at the last key.
    story = run([first, other], events)
    assert len(story.entries) == 1_000
    assert [
        record.scenario for record in story.records if isinstance(record, Refused) and record.reason == "too_many"
    ] == ["gate"]


def test_a_journey_that_has_ended_makes_room() -> None:
    scenario = gate("key: event.n", "reentry: always", states="in: {on: {stopped: {end: over}}}")
    events = [("2025-03-03 10:00", "started", {"n": number}) for number in range(1_000)]
    full = ("2025-03-03 11:00", "started", {"n": 1_000})
    story = run(scenario, [*events, full, ("2025-03-03 12:00", "stopped", {"n": 0}), ("2025-03-03 13:00", *full[1:])])
    assert story.refusals == ["too_many"]
    assert story.entries[-1].at == moment("2025-03-03 13:00")


def test_a_restart_is_not_one_journey_more() -> None:
    scenario = gate("key: event.n", "while_running: restart")
    events = [("2025-03-03 10:00", "started", {"n": number}) for number in range(1_000)]
    story = run(scenario, [*events, ("2025-03-03 11:00", "started", {"n": 7})])
    assert story.texts[-3:] == ["end restarted", "entered 7", "-> in"]
