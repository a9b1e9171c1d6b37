"""A text that is not an address receives nothing: a warning is given, and `first_of` tries its next channel."""

from __future__ import annotations

import pytest

from tests.engine.worlds import REACHABLE, run
from tests.rows import rows

AT = "2025-03-03 10:00"


def sends(send: str) -> str:
    return f"scenario: s\ntrigger: {{event: started}}\nstates: {{in: {{send: {send}, end: done}}}}\n"


NO_MAIL = ["none", "N/A", "-", "ana@", "@example.com", "ana", " ", "\n", "ana@example.com\nBcc: x@example.com",
           "ana@example.com\r\n Bcc: x@example.com", "ana@@example.com", "ana@example.com, bo@example.com",
           "ana bo@example.com", "<ana@example.com>", "ana@example.com\u2028x", "null", "undefined"]  # fmt: skip
NO_PHONE = [
    "none",
    "N/A",
    "-",
    "0",
    "12",
    "+33 6 AB CD",
    "\n",
    "+33600000000\n+33700000000",
    "++33600000000",
    "unknown",
]


@rows(
    ("channel", "attribute", "value"),
    [*(("email", "email", each) for each in NO_MAIL), *(("sms", "phone", each) for each in NO_PHONE),
     *(("push", "push_token", each) for each in (" ", "-", "--", "N/A", "none", "a\nb"))],
)  # fmt: skip
def test_a_message_with_an_invalid_address_is_dropped_with_a_warning(channel: str, attribute: str, value: str) -> None:
    story = run(sends(f"{{{channel}: hello}}"), [(AT, "started")], {**REACHABLE, attribute: value})
    assert [(message.reason, message.address) for message in story.messages] == [("no_address", None)]
    (warning,) = story.warnings
    assert warning.place == f"contact.{attribute}"
    assert " is no " in warning.detail


@rows(
    ("channel", "attribute", "value", "address"),
    [
        ("email", "email", " ana@example.com ", "ana@example.com"),
        ("email", "email", "ana@example.com\n", "ana@example.com"),
        ("email", "email", "Ana.O'Neil+shop@mail.example.co.uk", "Ana.O'Neil+shop@mail.example.co.uk"),
        ("email", "email", "müller@exämple.de", "müller@exämple.de"),
        ("sms", "phone", "+33 6 00 00 00 00", "+33 6 00 00 00 00"),
        ("sms", "phone", "(020) 7946-0018", "(020) 7946-0018"),
        ("sms", "phone", "\t0600000000 ", "0600000000"),
        ("push", "push_token", " token ", "token"),
    ],
)
def test_an_address_is_trimmed_and_else_stays_as_it_is(channel: str, attribute: str, value: str, address: str) -> None:
    story = run(sends(f"{{{channel}: hello}}"), [(AT, "started")], {**REACHABLE, attribute: value})
    assert [(message.reason, message.address) for message in story.messages] == [("", address)]
    assert story.warnings == []


@pytest.mark.parametrize("value", ["", None, False])
def test_a_missing_address_is_not_a_data_warning(value: object) -> None:
    flag = "{email: {template: hello, to: contact.flag}}"
    story = run(sends(flag), [(AT, "started")], {**REACHABLE, "flag": value})
    assert [message.reason for message in story.messages] == ["no_address"]
    assert story.warnings == []


def test_first_of_continues_with_the_next_channel() -> None:
    story = run(
        sends("{first_of: [{email: hello}, {sms: hello}, {push: hello}]}"), [(AT, "started")],
        {**REACHABLE, "email": "ana@", "phone": "N/A"},
    )  # fmt: skip
    assert [(message.channel, message.reason) for message in story.messages] == [("push", "")]
    assert [warning.place for warning in story.warnings] == ["contact.email", "contact.phone"]


def test_a_channel_without_an_address_takes_the_contact_s_id_whatever_it_is() -> None:
    story = run(sends("{crm: hello}"), [(AT, "started")])
    assert [(message.reason, message.address) for message in story.messages] == [("", "ana")]
