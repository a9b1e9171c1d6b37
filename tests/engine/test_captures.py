"""`set`: the values that a journey keeps, how long, and how many bytes."""

from __future__ import annotations

import json

import pytest

from scenario_cli.model.records import Moved
from tests.engine.test_transitions import START, TWO, machine
from tests.engine.worlds import Happening, run


def test_a_capture_keeps_its_value_when_the_source_changes() -> None:
    scenario = machine("  one: {set: {it: =contact.points}, on: {stopped: {end: over}}}\n")
    story = run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 9})], {"points": 1})
    assert story.captured("it") == 1


def test_a_capture_that_was_never_made_is_none() -> None:
    scenario = machine("""
  one: {on: {changed: {set: {it: 1}}}, after: {1h: two}}
  two: {choose: {it is none: {end: without}, else: {end: with_it}}}
""")
    assert run(scenario, [START], until="2025-03-03 12:00").outcomes == ["without"]


def test_two_journeys_keep_their_own_captures() -> None:
    scenario = machine(
        "  one: {set: {it: =event.id}, after: {1h: two}}\n  two: {send: {email: a/b}, end: over}\n", "key: event.id"
    )
    assert [message.captures["it"] for message in run(scenario, TWO, until="2025-03-03 12:00").messages] == ["a", "b"]


def test_a_literal_that_looks_like_an_expression_is_a_text() -> None:
    scenario = machine("  one: {set: {it: event.n}, on: {stopped: {end: over}}}\n")
    assert run(scenario, [("2025-03-03 10:00", "started", {"n": 7})]).captured("it") == "event.n"


BOUND = 64 * 1024
KEEPS = machine("""
  one:
    set: {it: =event.s}
    on: {changed: {set: {it: =event.s}}, noted: {set: {other: =event.s}}}
""")


def test_a_value_over_64_kib_is_a_data_warning_and_not_captured() -> None:
    story = run(KEEPS, [("2025-03-03 10:00", "started", {"s": "a" * (BOUND + 1)})])
    assert story.captured("it") is None
    assert len(story.warnings) == 1


def test_sixty_thousand_characters_are_captured() -> None:
    story = run(KEEPS, [("2025-03-03 10:00", "started", {"s": "a" * 60_000})])
    assert (len(story.captured("it")), story.warnings) == (60_000, [])


def test_the_bound_is_in_bytes() -> None:
    # 40,000 letters of two bytes each.
    story = run(KEEPS, [("2025-03-03 10:00", "started", {"s": "é" * 40_000})])
    assert (story.captured("it"), len(story.warnings)) == (None, 1)


def test_the_bound_counts_what_a_value_holds_not_how_a_programmer_would_write_it() -> None:
    # 40,000 line ends are 40,000 bytes, although source code writes each as two characters.
    story = run(KEEPS, [("2025-03-03 10:00", "started", {"s": "\n" * 40_000})])
    assert (story.captured("it") is not None, story.warnings) == (True, [])


def test_an_event_of_40_kib_is_captured_whole() -> None:
    scenario = machine("  one: {set: {it: =event}, on: {stopped: {end: over}}}\n")
    story = run(scenario, [("2025-03-03 10:00", "started", {"s": "a" * 40 * 1024})])
    assert (story.captured("it") is not None, story.warnings) == (True, [])


def test_the_bound_is_for_all_captures_of_a_journey_together() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"s": "a" * 40_000}),
        ("2025-03-03 11:00", "noted", {"s": "b" * 40_000}),
    ]
    story = run(KEEPS, events)
    assert story.captured("it") == "a" * 40_000
    assert (story.captured("other"), len(story.warnings)) == (None, 1)


def test_a_capture_that_replaces_another_frees_its_room() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"s": "a" * 40_000}),
        ("2025-03-03 11:00", "changed", {"s": "b" * 50_000}),
    ]
    assert run(KEEPS, events).captured("it") == "b" * 50_000


def test_a_value_too_large_to_replace_another_leaves_it() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"s": "kept"}),
        ("2025-03-03 11:00", "changed", {"s": "b" * 70_000}),
    ]
    assert run(KEEPS, events).captured("it") == "kept"


def test_a_list_nested_thousands_deep_stops_no_run() -> None:
    nested: list[object] = []
    for _ in range(3_000):
        nested = [nested]
    scenario = machine("  one: {set: {it: =event.x}, on: {stopped: {end: over}}}\n")
    assert len(run(scenario, [("2025-03-03 10:00", "started", {"x": nested})]).entries) == 1


@pytest.mark.parametrize(
    ("grown", "hours"), [("[it]", 120), ("[it, it]", 30), ("{'a': it, 'b': it}", 30), ("[it, it ~ it]", 30)]
)
def test_a_capture_that_holds_itself_again_every_hour_stops_no_run(grown: str, hours: int) -> None:
    states = """
  one: {set: {it: "=[1]"}, next: two}
  two: {set: {it: "=GROWN"}, after: {1h: two}}
"""
    scenario = machine(states.replace("GROWN", grown))
    until = f"2025-03-{3 + hours // 24:02d} {10 + hours % 24}:00"
    story = run(scenario, [("2025-03-03 10:00", "started")], until=until)
    assert len([record for record in story.records if isinstance(record, Moved)]) > hours
    assert len(story.warnings) > 5
    json.dumps(story.captured("it"))
