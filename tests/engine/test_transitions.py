"""`on`: the events that move a journey, their order, and the journeys that a key selects."""

from __future__ import annotations

from tests.engine.worlds import Happening, run

START: Happening = ("2025-03-03 10:00", "started")


def machine(states: str, *settings: str) -> str:
    listed = "\n".join(settings)
    return f"scenario: machine\ntrigger: {{event: started}}\nreentry: always\n{listed}\nstates:\n{states}"


def test_an_event_leads_to_a_state_or_an_end() -> None:
    scenario = machine("""
  one: {on: {changed: two}}
  two: {on: {changed: {end: changed_twice}}}
""")
    story = run(scenario, [START, ("2025-03-03 11:00", "changed"), ("2025-03-03 12:00", "changed")])
    assert story.lines[1:] == [
        "2025-03-03 10:00 -> one",
        "2025-03-03 11:00 -> two (on changed)",
        "2025-03-03 12:00 end changed_twice",
    ]


def test_where_and_the_order_written_decide_in_a_list() -> None:
    scenario = machine("""
  one:
    on:
      changed:
        - {where: event.n > 10, to: {end: many}}
        - {where: event.n > 5, to: {end: some}}
        - {where: event.n > 7, to: {end: never_reached}}
""")
    outcomes = [run(scenario, [START, ("2025-03-03 11:00", "changed", {"n": n})]).outcomes for n in (11, 8, 5)]
    assert outcomes == [["many"], ["some"], []]


def test_on_of_a_state_overrides_that_of_the_scenario() -> None:
    scenario = machine(
        """
  one: {on: {changed: {where: event.n > 5, to: {end: state}}}}
""",
        "on: {changed: {end: scenario}}",
    )
    assert run(scenario, [START, ("2025-03-03 11:00", "changed", {"n": 6})]).outcomes == ["state"]
    assert run(scenario, [START, ("2025-03-03 11:00", "changed", {"n": 5})]).outcomes == ["scenario"]


def test_an_event_takes_one_transition_in_a_journey() -> None:
    scenario = machine(
        """
  one: {on: {changed: two}}
  two: {on: {changed: {end: too_far}}}
""",
        "on: {changed: {end: scenario}}",
    )
    assert run(scenario, [START, ("2025-03-03 11:00", "changed")]).states == ["one", "two"]


def test_an_internal_transition_counts_as_the_first_that_matches() -> None:
    scenario = machine(
        """
  one: {on: {changed: {set: {it: seen}}}}
""",
        "on: {changed: {end: scenario}}",
    )
    assert run(scenario, [START, ("2025-03-03 11:00", "changed")]).outcomes == []


def test_a_group_can_replace_an_event() -> None:
    scenario = machine("""
  one: {on: {interest: two}}
  two: {on: {interest: {end: over}}}
""")
    assert run(scenario, [START, ("2025-03-03 11:00", "clicked"), ("2025-03-03 12:00", "changed")]).outcomes == ["over"]


def test_the_first_of_an_event_and_its_group_applies() -> None:
    group_first = machine("  one: {on: {interest: {end: group}, changed: {end: event}}}\n")
    event_first = machine("  one: {on: {changed: {end: event}, interest: {end: group}}}\n")
    assert run(group_first, [START, ("2025-03-03 11:00", "changed")]).outcomes == ["group"]
    assert run(event_first, [START, ("2025-03-03 11:00", "changed")]).outcomes == ["event"]


def test_without_to_the_waits_go_on() -> None:
    scenario = machine("""
  one:
    on: {changed: {set: {it: =event.n}}}
    after: {2h: {end: over}}
""")
    story = run(scenario, [START, ("2025-03-03 11:30", "changed", {"n": 7})], until="2025-03-03 12:00")
    assert story.lines[1:] == ["2025-03-03 10:00 -> one", "2025-03-03 12:00 end over"]


def test_to_the_present_state_enters_it_again_and_restarts_its_waits() -> None:
    scenario = machine("""
  one:
    send: {email: a/b}
    on: {changed: one}
    after: {2h: {end: over}}
""")
    story = run(scenario, [START, ("2025-03-03 11:30", "changed")], until="2025-03-03 14:00")
    assert story.lines[1:] == [
        "2025-03-03 10:00 -> one",
        "2025-03-03 10:00 email a/b",
        "2025-03-03 11:30 -> one (on changed)",
        "2025-03-03 11:30 email a/b",
        "2025-03-03 13:30 end over",
    ]


def test_a_transition_s_set_is_done_before_the_state_it_leads_to() -> None:
    scenario = machine("""
  one: {on: {changed: {set: {it: =event.n}, to: two}}}
  two: {choose: {it == 7: three, else: four}}
  three: {end: three}
  four: {end: four}
""")
    assert run(scenario, [START, ("2025-03-03 11:00", "changed", {"n": 7})]).outcomes == ["three"]


def test_a_left_state_s_waits_do_nothing() -> None:
    scenario = machine("""
  one:
    on: {changed: two}
    after: {1h: {end: too_late}}
  two: {after: {1d: one}}
""")
    story = run(scenario, [START, ("2025-03-03 10:30", "changed")], until="2025-03-04 11:00")
    assert story.lines[2:] == ["2025-03-03 10:30 -> two (on changed)", "2025-03-04 10:30 -> one (after 1d)"]


def test_an_ended_journey_ignores_events() -> None:
    scenario = machine("""
  one: {on: {stopped: {end: stopped}}, after: {1h: two}}
  two: {send: {email: a/b}, end: too_late}
""")
    events: list[Happening] = [START, ("2025-03-03 10:30", "stopped"), ("2025-03-03 10:40", "stopped")]
    story = run(scenario, events, until="2025-03-10 10:00")
    assert story.lines[2:] == ["2025-03-03 10:30 end stopped"]


def test_of_accepts_only_events_about_a_message_of_that_state() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, after: {1h: two}}
  two:
    send: {email: a/c}
    on: {clicked: {of: one, to: {end: clicked_the_first}}}
""")
    first, second = (message.message_id for message in run(scenario, [START], until="2025-03-03 12:00").messages)
    for message, outcomes in ((first, ["clicked_the_first"]), (second, []), ("another", []), (None, [])):
        properties = {"message_id": message} if message else {}
        assert run(scenario, [START, ("2025-03-03 12:00", "clicked", properties)]).outcomes == outcomes


def test_of_includes_the_messages_of_every_visit_to_the_state() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, after: {1h: two}}
  two: {on: {changed: one, clicked: {of: one, to: {end: clicked}}}}
""")
    events: list[Happening] = [START, ("2025-03-03 12:00", "changed")]
    first, second = (message.message_id for message in run(scenario, events, until="2025-03-03 13:00").messages)
    assert first != second
    for message in (first, second):
        story = run(scenario, [*events, ("2025-03-03 14:00", "clicked", {"message_id": message})])
        assert story.outcomes == ["clicked"]


def test_of_ignores_messages_of_another_journey() -> None:
    scenario = machine(
        """
  one: {send: {email: a/b}, on: {clicked: {of: one, to: {end: clicked}}}}
""",
        "while_running: parallel",
    )
    events: list[Happening] = [START, ("2025-03-03 11:00", "started")]
    first, second = run(scenario, events).messages
    story = run(scenario, [*events, ("2025-03-03 12:00", "clicked", {"message_id": second.message_id})])
    assert first.journey_id != second.journey_id
    assert story.outcomes == ["clicked"]
    assert [each.ended for each in story.state.journeys["machine"]] in ([False], [False, True])


KEYED = machine(
    """
  one: {on: {changed: {end: changed}, clicked: {any_key: true, end: clicked}}}
""",
    "key: event.id",
).replace("{any_key: true, end: clicked}", "{any_key: true, to: {end: clicked}}")
TWO: list[Happening] = [
    ("2025-03-03 10:00", "started", {"id": "a"}),
    ("2025-03-03 10:01", "started", {"id": "b"}),
]


def ended_keys(event: Happening) -> list[object]:
    story = run(KEYED, [*TWO, event])
    journeys = [each for each in story.state.journeys["machine"] if not each.ended]
    return [key for key in ("a", "b") if key not in {journey.key for journey in journeys}]


def test_an_event_with_the_key_s_property_concerns_the_journey_it_names() -> None:
    assert ended_keys(("2025-03-03 11:00", "changed", {"id": "b"})) == ["b"]
    assert ended_keys(("2025-03-03 11:00", "changed", {"id": "c"})) == []


def test_an_event_without_the_key_s_property_concerns_all() -> None:
    assert ended_keys(("2025-03-03 11:00", "changed", {})) == ["a", "b"]
    assert ended_keys(("2025-03-03 11:00", "changed", {"id": None})) == ["a", "b"]


def test_any_key_lifts_this() -> None:
    assert ended_keys(("2025-03-03 11:00", "clicked", {"id": "c"})) == ["a", "b"]


def test_a_key_that_is_more_than_one_property_routes_nothing() -> None:
    scenario = machine("  one: {on: {changed: {end: changed}}}\n", "key: event.id ~ '!'")
    story = run(scenario, [*TWO, ("2025-03-03 11:00", "changed", {"id": "b"})])
    assert story.outcomes == ["changed", "changed"]


def test_any_key_does_not_carry_over_to_the_next_transition_of_the_list() -> None:
    scenario = machine(
        """
  one:
    on:
      changed:
        - {where: event.n > 5, any_key: true, to: {end: any}}
        - {to: {end: own}}
""",
        "key: event.id",
    )
    assert run(scenario, [*TWO, ("2025-03-03 11:00", "changed", {"id": "b", "n": 9})]).outcomes == ["any", "any"]
    assert run(scenario, [*TWO, ("2025-03-03 11:00", "changed", {"id": "b", "n": 1})]).outcomes == ["own"]
