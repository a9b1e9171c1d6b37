"""The actions of a state, in order, when a journey enters it and when it is settled; cycles without a wait."""

from __future__ import annotations

from tests.engine.test_transitions import START, machine
from tests.engine.worlds import errors, run


def test_set_is_done_in_the_order_written_and_before_send() -> None:
    scenario = machine("""
  one:
    set: {first: =event.n, second: =first + 1}
    send: {email: {template: a/b, if: second == 8, with: {shown: =second}}}
    end: over
""")
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 7})])
    assert [message.values for message in story.messages] == [{"shown": 8}]
    assert dict(story.messages[0].captures) == {"first": 7, "second": 8}


def test_when_of_the_scenario_precedes_the_actions_of_the_state() -> None:
    scenario = machine(
        "  one: {send: {email: a/b}, end: over}\n",
        "when: {contact.country == 'DE': {end: not_there}}",
    )
    assert run(scenario, [START], {"country": "DE", "email": "a@b", "email_optin": True}).texts == [
        "entered",
        "-> one",
        "end not_there",
    ]


def test_end_precedes_when_of_the_state() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, when: {contact.points is none: two}, end: over}
  two: {end: too_far}
""")
    assert run(scenario, [START]).texts == ["entered", "-> one", "email a/b", "end over"]


def test_when_of_the_state_precedes_that_of_the_scenario_and_choose() -> None:
    scenario = machine(
        """
  one: {set: {it: 1}, when: {it == 1 and contact.points > 5: two}, next: four}
  two: {end: by_state}
  three: {end: by_scenario}
  four: {end: onward}
""",
        "when: {it == 1 and contact.points > 0: three}",
    )
    # On entering `two`, the scenario's `when` leads to `three` before `end` is reached.
    assert run(scenario, [START], {"points": 9}).states == ["one", "two", "three"]
    assert run(scenario, [START], {"points": 1}).states == ["one", "three"]
    assert run(scenario, [START], {"points": 0}).states == ["one", "four"]


def test_choose_takes_the_first_condition_that_holds_else_else() -> None:
    scenario = machine("""
  one:
    choose:
      trigger.n > 10: {end: many}
      trigger.n > 5: two
      trigger.n > 7: {end: never_reached}
      else: {end: few}
  two: {end: some}
""")
    outcomes = [run(scenario, [("2025-03-03 10:00", "started", {"n": n})]).outcomes for n in (11, 8, 5, None)]
    assert outcomes == [["many"], ["some"], ["few"], ["few"]]


def test_next_moves_at_once_with_the_same_event() -> None:
    scenario = machine("""
  one: {next: two}
  two: {choose: {event.n == 7: three, else: {end: lost}}}
  three: {set: {it: =event.n}, on: {stopped: {end: over}}}
""")
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 7})])
    assert story.states == ["one", "two", "three"]
    assert story.captured("it") == 7


def test_event_is_the_one_that_led_to_the_state_and_trigger_the_first() -> None:
    scenario = machine("""
  one: {on: {changed: two}}
  two: {set: {here: =event.n, first: =trigger.n}, on: {stopped: {end: over}}}
""")
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 1}), ("2025-03-03 11:00", "changed", {"n": 2})])
    assert (story.captured("here"), story.captured("first")) == (2, 1)


def test_reading_event_where_time_can_lead_is_an_error() -> None:
    scenario = machine("""
  one: {after: {1h: two}}
  two: {set: {it: =event.n}, end: over}
""")
    assert [error[:6] for error in errors(scenario)] == ["EXP006"]


def test_a_state_without_a_way_on_is_an_error() -> None:
    assert [error[:7] for error in errors(machine("  one: {send: {email: a/b}}\n"))] == ["FLOW002"]


def test_a_cycle_without_a_wait_is_an_error() -> None:
    scenario = machine("""
  one: {choose: {trigger.n > 5: two, else: {end: over}}}
  two: {next: one}
""")
    assert [error[:7] for error in errors(scenario)] == ["FLOW001"]


def test_a_state_entered_twice_at_one_instant_ends_in_error_before_it_does_anything() -> None:
    # On entering `one`, the scenario's `when` is passed over because it leads to the same state; from `two` it leads
    # back.
    scenario = machine(
        """
  one: {send: {email: a/b}, next: two}
  two: {on: {stopped: {end: over}}}
""",
        "when: {contact.points > 5: one}",
    )
    assert run(scenario, [START], {"points": 9}).texts == [
        "entered",
        "-> one",
        "email a/b dropped no_address",
        "-> two (next)",
        "end error",
    ]


def test_a_state_may_be_entered_again_at_one_instant_by_another_event() -> None:
    scenario = machine("  one: {send: {email: a/b}, on: {changed: one}}\n")
    story = run(scenario, [START, ("2025-03-03 10:00", "changed"), ("2025-03-03 10:00", "changed")])
    assert (story.states, story.outcomes) == (["one"] * 3, [])
    assert len({message.message_id for message in story.messages}) == 3
