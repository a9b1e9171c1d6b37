"""How journeys move: entering and settling, on, when, choose, next, captures, keys (section 3.1)."""

from __future__ import annotations

from tests.engine.worlds import ROW, Happening, errors, run

START: Happening = ("2025-03-03 10:00", "started")


def machine(states: str, *settings: str) -> str:
    listed = "\n".join(settings)
    return f"scenario: machine\ntrigger: {{event: started}}\nreentry: always\n{listed}\nstates:\n{states}"


# -- on


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


def test_a_state_s_own_on_goes_before_the_scenario_s() -> None:
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


def test_a_group_stands_where_an_event_may() -> None:
    scenario = machine("""
  one: {on: {interest: two}}
  two: {on: {interest: {end: over}}}
""")
    assert run(scenario, [START, ("2025-03-03 11:00", "clicked"), ("2025-03-03 12:00", "changed")]).outcomes == ["over"]


def test_of_an_event_and_its_group_the_one_written_first_goes() -> None:
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


def test_with_to_the_current_state_it_is_entered_anew_and_its_waits_start_over() -> None:
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


def test_an_ended_journey_hears_nothing() -> None:
    scenario = machine("""
  one: {on: {stopped: {end: stopped}}, after: {1h: two}}
  two: {send: {email: a/b}, end: too_late}
""")
    events: list[Happening] = [START, ("2025-03-03 10:30", "stopped"), ("2025-03-03 10:40", "stopped")]
    story = run(scenario, events, until="2025-03-10 10:00")
    assert story.lines[2:] == ["2025-03-03 10:30 end stopped"]


def test_of_takes_only_events_about_a_message_of_that_state() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, after: {1h: two}}
  two:
    send: {email: a/c}
    on: {clicked: {of: one, to: {end: clicked_the_first}}}
""")
    first, second = (one.message_id for one in run(scenario, [START], until="2025-03-03 12:00").asked)
    for message, outcomes in ((first, ["clicked_the_first"]), (second, []), ("another", []), (None, [])):
        carried = {"message_id": message} if message else {}
        assert run(scenario, [START, ("2025-03-03 12:00", "clicked", carried)]).outcomes == outcomes


def test_of_knows_the_messages_of_every_visit_to_the_state() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, after: {1h: two}}
  two: {on: {changed: one, clicked: {of: one, to: {end: clicked}}}}
""")
    events: list[Happening] = [START, ("2025-03-03 12:00", "changed")]
    first, second = (one.message_id for one in run(scenario, events, until="2025-03-03 13:00").asked)
    assert first != second
    for message in (first, second):
        story = run(scenario, [*events, ("2025-03-03 14:00", "clicked", {"message_id": message})])
        assert story.outcomes == ["clicked"]


def test_of_does_not_take_another_journey_s_message() -> None:
    scenario = machine(
        """
  one: {send: {email: a/b}, on: {clicked: {of: one, to: {end: clicked}}}}
""",
        "while_running: parallel",
    )
    events: list[Happening] = [START, ("2025-03-03 11:00", "started")]
    first, second = run(scenario, events).asked
    story = run(scenario, [*events, ("2025-03-03 12:00", "clicked", {"message_id": second.message_id})])
    assert first.journey_id != second.journey_id
    assert story.outcomes == ["clicked"]
    assert [one.ended for one in story.state.journeys["machine"]] in ([False], [False, True])


# -- key


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
    journeys = [one for one in story.state.journeys["machine"] if not one.ended]
    return [key for key in ("a", "b") if key not in {one.key for one in journeys}]


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


# -- entering and settling


def test_set_is_done_in_the_order_written_and_before_send() -> None:
    scenario = machine("""
  one:
    set: {first: =event.n, second: =first + 1}
    send: {email: {template: a/b, if: second == 8, with: {shown: =second}}}
    end: over
""")
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 7})])
    assert [one.values for one in story.asked] == [{"shown": 8}]
    assert dict(story.asked[0].captures) == {"first": 7, "second": 8}


def test_the_scenario_s_when_goes_before_anything_the_state_does() -> None:
    scenario = machine(
        "  one: {send: {email: a/b}, end: over}\n",
        "when: {contact.country == 'DE': {end: not_there}}",
    )
    assert run(scenario, [START], {"country": "DE", "email": "a@b", "email_optin": True}).told == [
        "entered",
        "-> one",
        "end not_there",
    ]


def test_end_goes_before_the_state_s_when() -> None:
    scenario = machine("""
  one: {send: {email: a/b}, when: {contact.points is none: two}, end: over}
  two: {end: too_far}
""")
    assert run(scenario, [START]).told == ["entered", "-> one", "email a/b", "end over"]


def test_the_state_s_when_goes_before_the_scenario_s_and_both_before_choose() -> None:
    scenario = machine(
        """
  one: {set: {it: 1}, when: {it == 1 and contact.points > 5: two}, next: four}
  two: {end: by_state}
  three: {end: by_scenario}
  four: {end: onward}
""",
        "when: {it == 1 and contact.points > 0: three}",
    )
    # From `two` the scenario's `when` leads on, on entering, before `end`.
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


def test_next_goes_straight_on_and_keeps_the_event_at_hand() -> None:
    scenario = machine("""
  one: {next: two}
  two: {choose: {event.n == 7: three, else: {end: lost}}}
  three: {set: {it: =event.n}, on: {stopped: {end: over}}}
""")
    story = run(scenario, [("2025-03-03 10:00", "started", {"n": 7})])
    assert story.states == ["one", "two", "three"]
    assert story.captured("it") == 7


def test_on_entering_event_is_the_one_that_led_there_and_trigger_the_first() -> None:
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
    assert [one[:6] for one in errors(scenario)] == ["EXP006"]


def test_a_state_without_a_way_on_is_an_error() -> None:
    assert [one[:7] for one in errors(machine("  one: {send: {email: a/b}}\n"))] == ["FLOW002"]


def test_a_cycle_without_a_wait_is_an_error() -> None:
    scenario = machine("""
  one: {choose: {trigger.n > 5: two, else: {end: over}}}
  two: {next: one}
""")
    assert [one[:7] for one in errors(scenario)] == ["FLOW001"]


def test_a_state_entered_twice_at_one_instant_ends_in_error_before_it_does_anything() -> None:
    # Entering `one` passes the scenario's `when` over (it leads to where the journey is); from `two` it leads back.
    scenario = machine(
        """
  one: {send: {email: a/b}, next: two}
  two: {on: {stopped: {end: over}}}
""",
        "when: {contact.points > 5: one}",
    )
    assert run(scenario, [START], {"points": 9}).told == [
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
    assert len({one.message_id for one in story.asked}) == 3


# -- when


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


def test_when_is_not_looked_at_as_time_alone_passes() -> None:
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
    assert run(scenario, [START]).told == [
        "entered",
        "-> one",
        "email a/b",
        "-> two (when contact.points is none)",
        "end over",
    ]


def test_of_several_conditions_the_first_written_moves() -> None:
    scenario = machine("  one: {when: {contact.points > 5: {end: five}, contact.points > 1: {end: one}}}\n")
    assert run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 9})], {}).outcomes == ["five"]
    assert run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 2})], {}).outcomes == ["one"]


def test_a_when_to_the_current_state_is_passed_over() -> None:
    scenario = machine("  one: {when: {contact.points is none: one, contact.country is none: {end: second}}}\n")
    assert run(scenario, [START], {}).told == ["entered", "-> one", "end second"]


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
    # On entering `one` it is passed over; from `two` it leads back, once.
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
    # The profile's change is an event of its own; the change of state looks at the conditions of the new state alone.
    events: list[Happening] = [START, ("2025-03-03 11:00", "changed"), ("2025-03-03 12:00", ROW, {"points": 6})]
    assert run(scenario, events, {}).outcomes == []


# -- captures


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
    assert [one.captures["it"] for one in run(scenario, TWO, until="2025-03-03 12:00").asked] == ["a", "b"]


def test_a_literal_that_looks_like_an_expression_is_a_text() -> None:
    scenario = machine("  one: {set: {it: event.n}, on: {stopped: {end: over}}}\n")
    assert run(scenario, [("2025-03-03 10:00", "started", {"n": 7})]).captured("it") == "event.n"


BOUND = 64 * 1024
KEEPS = machine("""
  one:
    set: {it: =event.s}
    on: {changed: {set: {it: =event.s}}, noted: {set: {other: =event.s}}}
""")


def test_what_passes_64_kib_is_not_captured_and_is_a_data_warning() -> None:
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
    # 40,000 line ends are 40,000 bytes, also where source code writes each as two characters.
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
    deep: list[object] = []
    for _ in range(3_000):
        deep = [deep]
    scenario = machine("  one: {set: {it: =event.x}, on: {stopped: {end: over}}}\n")
    assert len(run(scenario, [("2025-03-03 10:00", "started", {"x": deep})]).entries) == 1
