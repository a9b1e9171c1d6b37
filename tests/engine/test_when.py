"""`when`: conditions that move a journey as soon as they are true."""

from __future__ import annotations

from tests.engine.test_transitions import START, machine
from tests.engine.worlds import ROW, Happening, run


def test_when_moves_a_journey_as_soon_as_its_condition_holds() -> None:
    scenario = machine("""
  one: {when: {contact.points > 5: {end: rich}}, after: {9h: {end: poor}}}
""")
    events: list[Happening] = [
        START,
        ("2025-03-03 11:00", "profile_updated", {"points": 5}),
        ("2025-03-03 12:00", "profile_updated", {"points": 6}),
    ]
    assert run(scenario, events, {}).lines[-1] == "2025-03-03 12:00 end rich"


def test_when_is_looked_at_after_a_row_of_the_contacts_table() -> None:
    scenario = machine("  one: {when: {contact.points > 5: {end: rich}}}\n")
    assert run(scenario, [START, ("2025-03-03 12:00", ROW, {"points": 6})], {}).lines[-1] == "2025-03-03 12:00 end rich"


def test_when_is_looked_at_after_an_event_that_no_scenario_names() -> None:
    scenario = machine("  one: {when: {now.hour >= 12: {end: noon}}}\n")
    events: list[Happening] = [START, ("2025-03-03 11:59", "noted"), ("2025-03-03 12:01", "noted")]
    assert run(scenario, events, until="2025-03-03 20:00").lines[-1] == "2025-03-03 12:01 end noon"


def test_when_is_not_checked_as_time_passes() -> None:
    scenario = machine("  one: {when: {now.hour >= 12: {end: noon}}}\n")
    assert run(scenario, [START], until="2025-03-03 20:00").outcomes == []


def test_when_is_looked_at_after_an_internal_transition() -> None:
    scenario = machine("  one: {on: {changed: {set: {it: =event.n}}}, when: {it > 5: {end: seen}}}\n")
    assert run(scenario, [START, ("2025-03-03 11:00", "changed", {"n": 6})]).lines[-1] == "2025-03-03 11:00 end seen"


def test_when_holds_at_once_on_settling_after_what_the_state_sends() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, when: {contact.points is none: two}}
  two: {end: over}
""")
    assert run(scenario, [START]).texts == [
        "entered",
        "-> one",
        "email a/b",
        "-> two (when contact.points is none)",
        "end over",
    ]


def test_the_first_of_several_true_conditions_moves_the_journey() -> None:
    scenario = machine("  one: {when: {contact.points > 5: {end: five}, contact.points > 1: {end: one}}}\n")
    assert run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 9})], {}).outcomes == ["five"]
    assert run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 2})], {}).outcomes == ["one"]


def test_a_when_to_the_current_state_is_passed_over() -> None:
    scenario = machine("  one: {when: {contact.points is none: one, contact.country is none: {end: second}}}\n")
    assert run(scenario, [START], {}).texts == ["entered", "-> one", "end second"]


def test_each_when_of_the_scenario_moves_a_journey_once() -> None:
    scenario = machine(
        """
  one: {on: {stopped: {end: over}}}
  two: {after: {1h: one}}
""",
        "when: {contact.points > 5: two}",
    )
    events: list[Happening] = [
        START,
        ("2025-03-03 11:00", "profile_updated", {"points": 6}),
        ("2025-03-03 13:00", "profile_updated", {"points": 7}),
    ]
    assert run(scenario, events, {}, until="2025-03-04 10:00").states == ["one", "two", "one"]


def test_a_when_of_the_scenario_that_was_passed_over_may_still_move() -> None:
    scenario = machine(
        """
  one: {after: {1h: two}}
  two: {on: {stopped: {end: over}}}
""",
        "when: {contact.points > 5: one}",
    )
    # On entering `one` it is passed over; from `two` it leads back once.
    story = run(scenario, [START], {"points": 9}, until="2025-03-04 10:00")
    assert story.states == ["one", "two", "one", "two"]


def test_each_journey_has_its_own_once() -> None:
    scenario = machine(
        """
  one: {on: {stopped: {end: over}}}
  two: {after: {1h: {end: over}}}
""",
        "when: {contact.points > 5: two}",
    )
    events: list[Happening] = [START, ("2025-03-04 10:00", "started")]
    assert run(scenario, events, {"points": 9}).states == ["one", "two", "one", "two"]


def test_a_journey_that_an_event_moved_is_looked_at_once() -> None:
    scenario = machine("""
  one: {on: {changed: two}, when: {contact.points > 5: {end: left_behind}}}
  two: {when: {contact.points > 7: {end: found}}}
""")
    # The change of the profile is a separate event; the change of state checks the conditions of the new state only.
    events: list[Happening] = [START, ("2025-03-03 11:00", "changed"), ("2025-03-03 12:00", ROW, {"points": 6})]
    assert run(scenario, events, {}).outcomes == []
