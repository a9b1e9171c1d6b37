"""Messages sent and dropped: address, consent, purpose, recipient, several channels, first_of (sections 6, 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scenario_cli.engine.step import new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked
from tests.engine.worlds import REACHABLE, Happening, Story, moment, program_of, run
from tests.rows import rows

START: Happening = ("2025-03-03 10:00", "started")


def mails(send: str, *settings: str) -> str:
    listed = "\n".join(settings)
    state = f"in: {{send: {send}, on: {{stopped: {{end: over}}}}}}"
    return f"scenario: mails\ntrigger: {{event: started}}\n{listed}\nstates:\n  {state}\n"


AN_HOUR_LATER = """
scenario: mails
trigger: {event: started}
states:
  one: {after: {1h: two}}
  two: {send: {email: a/b}, end: over}
"""


def sent(send: str, contact: Mapping[str, Any], *settings: str) -> list[str]:
    return [message.split(" ", 2)[2] for message in run(mails(send, *settings), [START], contact).sent]


def without(*names: str, **values: Any) -> dict[str, Any]:
    """A contact who can receive messages on every channel, without some attributes or with other values."""
    return {name: value for name, value in {**REACHABLE, **values}.items() if name not in names}


def test_messages_on_several_channels_are_requested_in_the_order_written() -> None:
    assert sent("{push: a/p, email: a/e, sms: a/s}", REACHABLE) == ["push a/p", "email a/e", "sms a/s"]


def test_each_channel_has_its_own_fate() -> None:
    assert sent("{push: a/p, email: a/e, sms: a/s}", without("push_token", email_optin=False)) == [
        "push a/p dropped no_address",
        "email a/e dropped no_consent",
        "sms a/s",
    ]


def test_a_dropped_message_does_not_stop_the_journey() -> None:
    scenario = (
        "scenario: m\ntrigger: {event: started}\nstates:\n  one: {send: {email: a/b}, next: two}\n  two: {end: over}\n"
    )
    assert run(scenario, [START], {}).texts == [
        "entered",
        "-> one",
        "email a/b dropped no_address",
        "-> two (next)",
        "end over",
    ]


@pytest.mark.parametrize("address", [None, ""])
def test_without_an_address_it_is_dropped(address: str | None) -> None:
    assert sent("{email: a/b}", without(email=address)) == ["email a/b dropped no_address"]


def test_the_address_is_checked_before_consent() -> None:
    assert sent("{email: a/b}", {}) == ["email a/b dropped no_address"]


@rows(
    ("consent", "warnings"),
    [
        (False, 0),
        (None, 0),
        ("true", 1),
        ("yes", 1),
        (1, 1),
        (1.0, 1),
        ([True], 1),
        ({"email": True}, 1),
        ("", 1),
        (0, 1),
    ],
)
def test_only_the_boolean_true_is_consent(consent: object, warnings: int) -> None:
    story = run(mails("{email: a/b}"), [START], without(email_optin=consent))
    assert [message.reason for message in story.messages] == ["no_consent"]
    assert len(story.warnings) == warnings


def test_missing_consent_is_not_consent() -> None:
    assert sent("{email: a/b}", without("email_optin")) == ["email a/b dropped no_consent"]


def test_consent_is_checked_when_the_message_is_requested() -> None:
    withdrawn: Happening = ("2025-03-03 10:30", "profile_updated", {"email_optin": False})
    agreed: Happening = ("2025-03-03 10:30", "profile_updated", {"email_optin": True})
    assert [
        message.reason for message in run(AN_HOUR_LATER, [START, withdrawn], until="2025-03-03 12:00").messages
    ] == ["no_consent"]
    story = run(AN_HOUR_LATER, [START, agreed], without("email_optin"), until="2025-03-03 12:00")
    assert [message.reason for message in story.messages] == [""]


def test_consent_withdrawn_at_the_very_instant_a_message_is_due_holds() -> None:
    withdrawn: Happening = ("2025-03-03 11:00", "profile_updated", {"email_optin": None})
    assert [
        message.reason for message in run(AN_HOUR_LATER, [START, withdrawn], until="2025-03-03 12:00").messages
    ] == ["no_consent"]


def test_a_transactional_message_needs_no_consent_but_an_address() -> None:
    send = "{email: {template: a/b, purpose: transactional}}"
    assert sent(send, without(email_optin=False)) == ["email a/b"]
    assert sent(send, without("email")) == ["email a/b dropped no_address"]


def test_the_purpose_of_a_scenario_is_the_default_of_its_messages() -> None:
    send = "{email: a/b, push: {template: a/p, purpose: marketing}}"
    assert sent(send, without(email_optin=False, push_optin=False), "purpose: transactional") == [
        "email a/b",
        "push a/p dropped no_consent",
    ]


def test_the_purpose_is_on_the_record() -> None:
    story = run(mails("{email: a/b, push: {template: a/p, purpose: transactional}}"), [START])
    assert [message.purpose for message in story.messages] == ["marketing", "transactional"]


def test_a_message_to_staff_needs_no_consent() -> None:
    assert sent("{email: {template: a/b, recipient: staff}}", without(email_optin=False)) == ["email a/b"]


def test_a_channel_to_staff_needs_an_address() -> None:
    assert sent("{desk: a/b}", without(email_optin=False, advisor="bea")) == ["desk a/b"]
    assert sent("{desk: a/b}", REACHABLE) == ["desk a/b dropped no_address"]


def test_a_message_to_a_system_needs_consent_if_the_channel_declares_it() -> None:
    assert sent("{ads: a/b, crm: a/c}", without(email_optin=False)) == ["ads a/b dropped no_consent", "crm a/c"]


def test_the_recipient_of_a_message_overrides_that_of_its_channel() -> None:
    assert sent("{desk: {template: a/b, recipient: contact}}", without(email_optin=False, advisor="bea")) == [
        "desk a/b dropped no_consent"
    ]


def test_to_changes_only_the_address() -> None:
    send = "{email: {template: a/b, to: contact.advisor}}"
    (message,) = run(mails(send), [START], without(advisor="bea@example.com")).messages
    assert (message.address, message.reason) == ("bea@example.com", "")
    assert sent(send, without(advisor="bea@example.com", email_optin=False)) == ["email a/b dropped no_consent"]
    assert sent(send, without("advisor")) == ["email a/b dropped no_address"]


def test_a_channel_without_an_address_reaches_everybody() -> None:
    assert sent("{crm: a/b}", {}) == ["crm a/b"]


def test_a_message_whose_if_is_false_is_not_requested() -> None:
    send = "{email: {template: a/b, if: contact.points > 5}}"
    assert sent(send, without(points=5)) == []
    assert sent(send, without(points=6)) == ["email a/b"]


def test_if_is_checked_before_address_and_consent() -> None:
    assert sent("{email: {template: a/b, if: contact.points > 5}}", {}) == []


def test_with_literal_and_computed_values_are_kept_as_they_were() -> None:
    story = run(
        mails("{email: {template: a/b, with: {code: CART10, half: '=event.n / 2', missing: =event.s}}}"),
        [("2025-03-03 10:00", "started", {"n": 9})],
    )
    assert story.messages[0].values == {"code": "CART10", "half": 4.5, "missing": None}


# -- first_of


FIRST_OF = "{first_of: [{push: a/p}, {sms: a/s}, {email: a/e}]}"


@rows(
    ("contact", "expected"),
    [
        (REACHABLE, ["push a/p"]),
        (without("push_token"), ["sms a/s"]),
        (without(push_optin=False), ["sms a/s"]),
        (without("push_token", sms_optin=False), ["email a/e"]),
        (without("push_token", "sms_optin", email_optin=None), ["push a/p dropped unreachable"]),
        ({}, ["push a/p dropped unreachable"]),
    ],
)
def test_first_of_takes_once_the_first_that_can_reach(contact: Mapping[str, Any], expected: list[str]) -> None:
    assert sent(FIRST_OF, contact) == expected


def test_first_of_one_that_cannot_reach_is_unreachable() -> None:
    assert sent("{first_of: [{push: a/p}]}", {}) == ["push a/p dropped unreachable"]


def test_first_of_leaves_out_messages_whose_if_is_false() -> None:
    send = "{first_of: [{push: {template: a/p, if: contact.points > 5}}, {sms: a/s}]}"
    assert sent(send, without(points=1)) == ["sms a/s"]
    assert sent(send, without(points=6)) == ["push a/p"]


def test_first_of_requests_nothing_if_every_if_is_false() -> None:
    assert sent("{first_of: [{push: {template: a/p, if: contact.points > 5}}]}", REACHABLE) == []


def test_first_of_takes_a_transactional_message_without_consent() -> None:
    send = "{first_of: [{push: a/p}, {sms: {template: a/s, purpose: transactional}}]}"
    assert sent(send, without(push_optin=False, sms_optin=False)) == ["sms a/s"]


def test_first_of_can_be_next_to_other_channels() -> None:
    assert sent("{email: a/e, first_of: [{push: a/p}, {sms: a/s}]}", without("push_token")) == ["email a/e", "sms a/s"]


# -- names and causes


def twice() -> Story:
    scenario = """
scenario: mails
trigger: {event: started}
key: event.id
reentry: always
states:
  one: {send: {email: a/b, push: a/p}, on: {changed: one}, after: {1d: {end: over}}}
"""
    return run(
        scenario,
        [
            ("2025-03-03 10:00", "started", {"id": "a"}),
            ("2025-03-03 10:00", "started", {"id": "b"}),
            ("2025-03-03 11:00", "changed", {"id": "a"}),
            ("2025-03-05 10:00", "started", {"id": "a"}),
        ],
        until="2025-03-07 10:00",
    )


def test_every_message_has_a_name_of_its_own() -> None:
    names = [message.message_id for message in twice().messages]
    assert len(names) == len(set(names)) == 8


def test_the_same_message_has_the_same_name_in_every_run() -> None:
    assert [message.message_id for message in twice().messages] == [message.message_id for message in twice().messages]


def test_the_same_message_to_another_contact_has_another_name() -> None:
    program = program_of(mails("{email: a/b}"))
    names = set()
    for contact in ("ana", "bea"):
        records = step(
            program, new_contact(program, contact, REACHABLE), Event("started", moment("2025-03-03 10:00"), {})
        )
        names |= {record.message_id for record in records if isinstance(record, Asked)}
    assert len(names) == 2


def test_two_messages_of_one_state_on_one_channel_have_different_names() -> None:
    send = "{push: a/p, first_of: [{push: a/q}, {email: a/e}]}"
    story = run(mails(send), [START])
    assert [message.template for message in story.messages] == ["a/p", "a/q"]
    assert len({message.message_id for message in story.messages}) == 2


def test_a_message_names_the_chain_that_led_to_it() -> None:
    scenario = """
scenario: mails
trigger: {event: started}
states:
  one: {after: {1h: two}}
  two: {on: {changed: three}}
  three: {send: {email: a/b}, end: over}
"""
    from scenario_cli.model.records import chain

    story = run(scenario, [START, ("2025-03-03 12:00", "changed")])
    (message,) = story.messages
    assert [(each.cause, each.state, each.at) for each in chain(message.because)] == [
        ("started", "one", moment("2025-03-03 10:00")),
        ("after 1h", "two", moment("2025-03-03 11:00")),
        ("on changed", "three", moment("2025-03-03 12:00")),
    ]


def test_a_message_keeps_the_values_of_its_template_from_when_it_left() -> None:
    scenario = mails("{email: a/b}").replace("on: {", "set: {it: =contact.points}, on: {")
    story = run(scenario, [START, ("2025-03-03 11:00", "profile_updated", {"points": 9})], without(points=1))
    (message,) = story.messages
    assert (message.profile["points"], message.captures["it"], message.state, message.template) == (1, 1, "in", "a/b")


@pytest.mark.parametrize("consent", [[[]], {"a": {}}])
def test_consent_nested_thousands_deep_stops_no_run(consent: object) -> None:
    nested: object = consent
    for _ in range(3_000):
        nested = [nested]
    assert sent("{email: a/b}", without(email_optin=nested)) == ["email a/b dropped no_consent"]
