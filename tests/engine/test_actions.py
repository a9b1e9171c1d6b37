"""Actions of a journey besides sending: update, emit, collect; the executor's own events; scenarios that follow."""

from __future__ import annotations

from scenario_cli.model.records import Updated
from tests.engine.worlds import Happening, run

UPDATES = """
scenario: s
trigger: {event: started}
states:
  in:
    update: {points: =contact.points + 5, country: FR, phone: null}
    set: {after: =contact.points}
    send: {email: hello}
    on: {stopped: {end: over}}
"""


def test_an_update_changes_the_profile_before_anything_after_it() -> None:
    scenario = UPDATES.replace("send: {email: hello}", "choose: {contact.points == 15: rich, else: poor}").replace(
        "    on: {stopped: {end: over}}\n", "  rich: {end: rich}\n  poor: {end: poor}\n"
    )
    story = run(scenario, [("2025-03-01 10:00", "started")], {"points": 10, "timezone": "Europe/Paris", "phone": "1"})
    assert story.outcomes == ["rich"]
    assert story.state.profile == {"points": 15, "country": "FR", "timezone": "Europe/Paris"}
    updates = [record for record in story.records if isinstance(record, Updated)]
    assert [(update.attribute, update.before, update.after) for update in updates] == [
        ("points", 10, 15), ("country", None, "FR"), ("phone", "1", None),
    ]  # fmt: skip


def test_what_is_captured_in_a_state_comes_before_its_update() -> None:
    story = run(UPDATES, [("2025-03-01 10:00", "started")], {"points": 10})
    assert story.captured("after") == 10


def test_an_update_to_the_same_value_changes_nothing() -> None:
    scenario = "scenario: s\ntrigger: {event: started}\nstates:\n  in: {update: {country: FR}, end: done}\n"
    assert run(scenario, [("2025-03-01 10:00", "started")], {"country": "FR"}).texts == ["entered", "-> in", "end done"]


def test_an_updated_attribute_lets_another_scenario_in() -> None:
    scores = "scenario: scores\ntrigger: {event: started}\nstates:\n  in: {update: {points: 100}, end: done}\n"
    follows = "scenario: follows\ntrigger: {attribute: points, where: event.after >= 100}\nstates:\n  in: {end: done}\n"
    story = run([scores, follows], [("2025-03-01 10:00", "started")], {"points": 1})
    assert [entry.scenario for entry in story.entries] == ["scores", "follows"]


def test_an_update_of_the_time_zone_moves_the_clock() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in: {on: {changed: {update: {timezone: America/New_York}}}, after: {1d at 09:00: {end: over}}}
"""
    story = run(scenario, [("2025-03-01 10:00", "started"), ("2025-03-01 11:00", "changed")], until="2025-03-03 00:00")
    assert story.lines[-1] == "2025-03-02 15:00 end over"


def test_an_emitted_event_enters_another_scenario_at_the_same_instant() -> None:
    emits = """
scenario: emits
trigger: {event: started}
states:
  in: {emit: {event: bought, with: {n: =event.n * 2, s: null}}, end: done}
"""
    takes = "scenario: takes\ntrigger: {event: bought, where: event.n == 14}\nstates:\n  in: {end: done}\n"
    story = run([emits, takes], [("2025-03-01 10:00", "started", {"n": 7})])
    assert story.lines[-1] == "2025-03-01 10:00 end done"
    assert [entry.scenario for entry in story.entries] == ["emits", "takes"]


def test_journeys_that_answer_each_other_without_end_are_stopped_and_reported() -> None:
    def bounces(name: str, hears: str, says: str) -> str:
        answers = f"{hears}: {{emit: {{event: {says}}}}}, stopped: {{end: done}}"
        return f"scenario: {name}\ntrigger: {{event: started}}\nstates:\n  in: {{on: {{{answers}}}}}\n"

    story = run(
        [bounces("a", "changed", "bought"), bounces("b", "bought", "changed")],
        [("2025-03-01 10:00", "started"), ("2025-03-01 11:00", "changed")],
    )
    assert [warning.detail for warning in story.warnings] == ["more than 1,000 after one input"]


def test_a_digest_collects_and_its_timer_runs_on() -> None:
    scenario = """
scenario: digest
trigger: {event: started}
reentry: always
states:
  open:
    on: {changed: {collect: news}}
    after: {1d: due}
  due: {choose: {news | length >= 2: full, else: thin}}
  full: {end: full}
  thin: {end: thin}
"""
    events: list[Happening] = [
        ("2025-03-01 10:00", "started"),
        ("2025-03-01 11:00", "changed", {"n": 1}),
        ("2025-03-01 12:00", "changed"),
    ]
    assert run(scenario, events, until="2025-03-03 00:00").lines[-1] == "2025-03-02 10:00 end full"
    assert run(scenario, events[:2], until="2025-03-03 00:00").outcomes == ["thin"]


def test_a_loop_counts_with_a_capture() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  first: {set: {tries: 0}, next: ask}
  ask: {set: {tries: =tries + 1}, send: {email: hello}, after: {1d: more}}
  more: {choose: {tries < 3: ask, else: enough}}
  enough: {end: enough}
"""
    story = run(scenario, [("2025-03-01 10:00", "started")], until="2025-04-01 00:00")
    assert len(story.sent) == 3
    assert story.lines[-1] == "2025-03-04 10:00 end enough"


def test_a_journey_reacts_only_to_messages_of_its_present_state() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in: {send: {email: hello}, after: {1h: two}}
  two: {send: {sms: hello}, on: {message.sent: {where: event.channel == 'sms', to: three}}}
  three: {on: {message.sent: {end: never}, stopped: {end: over}}}
"""
    story = run(scenario, [("2025-03-01 10:00", "started"), ("2025-03-01 12:00", "stopped")])
    assert story.states == ["in", "two", "three"]
    assert story.outcomes == ["over"]


def test_a_dropped_message_can_be_answered() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in:
    send: {sms: {template: hello, with: {code: X1}}}
    on:
      message.dropped: {where: "event.reason == 'no_address' and event.with.code == 'X1'", to: by_mail}
  by_mail: {send: {email: hello}, end: done}
"""
    story = run(scenario, [("2025-03-01 10:00", "started")], {"email": "a@b.c", "email_optin": True})
    assert story.texts == ["entered", "-> in", "sms hello dropped no_address", "-> by_mail (on message.dropped)",
                          "email hello", "end done"]  # fmt: skip


def test_the_event_of_a_message_has_its_purpose_and_ordered_tags() -> None:
    scenario = """
scenario: s
trigger: {event: started}
purpose: transactional
states:
  in:
    set: {seen: []}
    send:
      sms: {template: hello, tags: [sale, promo]}
      email: {template: hello, purpose: marketing}
    on: {message.sent: {collect: seen}, message.dropped: {collect: seen}}
    after:
      - {wait: 1h, if: "seen[0].tags == ['promo', 'sale'] and seen[0].purpose == 'transactional'", to: second}
  second:
    choose:
      "seen[1].tags == [] and seen[1].purpose == 'marketing' and seen[1].reason == 'no_consent'": {end: both}
      else: {end: neither}
"""
    profile = {"phone": "+336", "email": "a@b.c"}
    assert run(scenario, [("2025-03-01 10:00", "started")], profile, until="2025-03-02 10:00").outcomes == ["both"]


def test_of_a_state_includes_its_dropped_messages() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in: {send: {sms: hello}, on: {message.dropped: {of: in, to: {end: dropped}}}}
"""
    assert run(scenario, [("2025-03-01 10:00", "started")], {"email": "a@b.c"}).outcomes == ["dropped"]


def test_a_journey_is_not_offered_its_own_entry_and_end_and_others_are() -> None:
    watches = """
scenario: watches
trigger: {event: started}
priority: 90
states:
  in: {on: {journey.entered: {where: event.scenario == 'other', to: seen}}}
  seen: {on: {journey.ended: {where: event.outcome == 'done', to: gone}}}
  gone: {end: gone}
"""
    other = "scenario: other\ntrigger: {event: started}\nstates:\n  in: {on: {stopped: {end: done}}}\n"
    story = run([watches, other], [("2025-03-01 10:00", "started"), ("2025-03-02 10:00", "stopped")])
    assert [entry.scenario for entry in story.entries] == ["watches", "other"]
    assert story.outcomes == ["done", "gone"]


def test_the_whole_chain_of_scenarios_runs_within_one_instant_in_order() -> None:
    first = "scenario: first\ntrigger: {event: started}\nstates:\n  in: {end: yes}\n"
    second = "scenario: second\ntrigger: {scenario: first}\nstates:\n  in: {end: yes}\n"
    third = "scenario: third\ntrigger: {scenario: second, outcome: yes}\nstates:\n  in: {end: yes}\n"
    story = run([first, second, third], [("2025-03-01 10:00", "started")])
    assert [entry.scenario for entry in story.entries] == ["first", "second", "third"]
    assert {line[:16] for line in story.lines} == {"2025-03-01 10:00"}


def test_a_paused_scenario_refuses_entries() -> None:
    scenario = "scenario: s\nstatus: paused\ntrigger: {event: started}\nstates:\n  in: {end: done}\n"
    from scenario_cli.engine.compile.program import compile_program
    from scenario_cli.engine.step import new_contact, step
    from scenario_cli.model.event import Event
    from scenario_cli.model.records import Refused
    from tests.engine.worlds import load, moment

    program = compile_program(load(scenario).project, ["s"])
    records = step(program, new_contact(program, "ana", {}), Event("started", moment("2025-03-01 10:00"), {}))
    assert [record.reason for record in records if isinstance(record, Refused)] == ["paused"]
