"""Conditions on a journey's own messages (`of`), and on the state of another scenario."""

from __future__ import annotations

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Ended
from tests.engine.worlds import REACHABLE, errors, load, moment, run
from tests.rows import rows

MAILS = """
scenario: mails
trigger: {event: started}
key: event.id
reentry: always
states:
  first: {send: {email: hello, push: hello}, after: {1d: second}}
  second: {send: {email: hello}, after: {1d: asks}}
  asks: {choose: {CONDITION: {end: yes}, else: {end: no}}}
"""


def outcomes(condition: str, clicks: list[str], rows: bool = True) -> list[str]:
    """The outcomes of two journeys, by key. The clicks name a journey's key, state and channel: `a first email`."""
    program = compile_program(load(MAILS.replace("CONDITION", condition)).project, rows=rows)
    state = new_contact(program, "ana", {**REACHABLE, "push_optin": False})
    at = moment("2025-03-03 10:00")
    records = [record for key in ("a", "b") for record in step(program, state, Event("started", at, {"id": key}))]
    records += advance(program, state, at + 30 * 3_600_000_000)
    messages = {
        f"{record.key} {record.state} {record.channel}": record.message_id
        for record in records
        if isinstance(record, Asked)
    }
    for number, click in enumerate(clicks):
        name = messages.get(click, click)
        event = Event("clicked", at + (31 + number) * 3_600_000_000, {"message_id": name, "n": number})
        records += step(program, state, event)
    records += advance(program, state, at + 100 * 3_600_000_000)
    return [record.outcome for record in records if isinstance(record, Ended)]


@rows("rows", [True, False])
@rows(
    ("condition", "expected"),
    [
        ("happened('clicked', of='first')", ["yes", "no"]),
        ("count('clicked', of='second') == 2", ["no", "yes"]),
        ("happened('clicked', of='asks')", ["no", "no"]),
        ("last('clicked', of='second').n == 3", ["no", "yes"]),
        ("last('clicked', of='second', n=2).n == 2", ["no", "yes"]),
        ("last('clicked').n == 4", ["yes", "yes"]),
        ("happened('clicked', of='second', within='1h')", ["no", "no"]),
        ("count('clicked', of='second', where=past.n > 2) == 1", ["no", "yes"]),
        ("count('clicked', of='first', since=journey.entered_at) == 1", ["yes", "no"]),
        ("count('message.sent', of='first') == 1", ["yes", "yes"]),
        ("last('message.dropped', of='first').reason == 'no_consent'", ["yes", "yes"]),
    ],
)
def test_of_selects_the_messages_that_the_journey_requested_in_a_state(
    condition: str, expected: list[str], rows: bool
) -> None:
    clicks = ["elsewhere", "a first email", "b second email", "b second email", "elsewhere"]
    assert outcomes(f'"{condition}"', clicks, rows) == expected


@rows(
    ("scenario", "code"),
    [
        ("audience: happened('clicked', of='a')", "EXP006"),
        ("key: count('clicked', of='a')", "EXP006"),
        ("goal: {event: bought, where: \"happened('clicked', of='nowhere')\"}", "REF002"),
        ("goal: {event: bought, where: \"happened('clicked', of=event.s)\"}", "EXP007"),
        ("audience: running('s', state='nowhere')", "REF002"),
        ("audience: running('s', state=contact.country)", "EXP007"),
        ("audience: running('s', 'a')", "EXP007"),
        ("audience: running('other', state='a')", "REF011"),
    ],
)
def test_a_state_that_of_cannot_mean_is_refused(scenario: str, code: str) -> None:
    text = (
        f"scenario: s\ntrigger: {{event: started}}\n{scenario}\nstates: {{a: {{send: {{email: hello}}, end: over}}}}\n"
    )
    assert [error.partition(" ")[0] for error in errors(text)] == [code]


def test_running_with_a_state_is_true_while_some_journey_is_in_it() -> None:
    welcome = """
scenario: welcome
priority: 90
trigger: {event: started}
key: event.id
states:
  hello: {after: {1d: offered}}
  offered: {after: {1d: {end: over}}}
"""
    asks = """
scenario: asks
trigger: {event: clicked}
reentry: always
states:
  in:
    choose:
      "running('welcome', state='hello') and running('welcome', state='offered')": {end: both}
      running('welcome', state='hello'): {end: hello}
      running('welcome', state='offered'): {end: offered}
      else: {end: neither}
"""
    story = run(
        [welcome, asks],
        [
            ("2025-03-03 10:00", "started", {"id": "a"}),
            ("2025-03-03 11:00", "clicked"),
            ("2025-03-04 09:00", "started", {"id": "b"}),
            ("2025-03-04 10:00", "clicked"),  # the wait that is due at this instant ends after the event
            ("2025-03-04 11:00", "clicked"),
            ("2025-03-05 09:30", "clicked"),
            ("2025-03-06 10:00", "clicked"),
        ],
    )
    ends = [record.outcome for record in story.records if isinstance(record, Ended) and record.scenario == "asks"]
    assert ends == ["hello", "hello", "both", "offered", "neither"]
