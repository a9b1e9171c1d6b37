"""Messages that have no use after a date: `expires: {until: ...}`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.policy.stage import LATE, MORNING, NIGHT, QUIET, becomes, news, run, waits_while_sending
from tests.engine.worlds import REACHABLE, Happening
from tests.rows import rows

SEND = "{push: {template: a/p, expires: {until: contact.renewal}}}"
NOON = "2025-03-03 12:00"


def until(value: Any, **more: Any) -> dict[str, Any]:
    return {**REACHABLE, "renewal": value, **more}


@rows(
    ("last", "zone", "requested", "became"),
    [
        # A date lasts until the end of the day on the contact's clock, a date-time until the instant.
        ("2025-03-03", "Europe/Paris", "2025-03-03 23:59:59", "2025-03-03 23:59:59"),
        ("2025-03-03", "Europe/Paris", "2025-03-04 00:00", "2025-03-04 00:00 push dropped expired"),
        ("2025-03-03", "America/New_York", "2025-03-04 05:59:59", "2025-03-04 05:59:59"),
        ("2025-03-03", "America/New_York", "2025-03-04 06:00", "2025-03-04 06:00 push dropped expired"),
        ("2025-03-03T12:00", "Europe/Paris", NOON, NOON),
        ("2025-03-03T11:59", "Europe/Paris", NOON, f"{NOON} push dropped expired"),
        ("2025-03-03T11:00Z", "America/New_York", NOON, NOON),
        # The day of a clock change is an hour shorter or longer.
        ("2025-10-26", "Europe/Paris", "2025-10-26 23:59:59", "2025-10-26 23:59:59"),
        ("2025-03-30", "Europe/Paris", "2025-03-31 00:00", "2025-03-31 00:00 push dropped expired"),
        # Apia had no 30 December 2011: it ends together with the 29th, at 11:00 in Paris.
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:59:59", "2011-12-30 10:59:59"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30 11:00", "2011-12-30 11:00 push dropped expired"),
        # A date without an end.
        ("9999-12-31", "Pacific/Apia", NOON, NOON),
        # If there is no date, nobody knows whether the message is still useful.
        (None, "Europe/Paris", NOON, f"{NOON} push dropped expired"),
        ("soon", "Europe/Paris", NOON, f"{NOON} push dropped expired"),
    ],
)
def test_a_message_does_not_leave_after_its_date(last: Any, zone: str, requested: str, became: str) -> None:
    assert becomes("{}", requested, SEND, until(last, timezone=zone)) == became


@pytest.mark.parametrize(
    ("last", "became"),
    [
        ("2025-03-04T08:00", "2025-03-04 08:00"),
        ("2025-03-04T07:59", "2025-03-03 22:00 push dropped expired"),
        ("2025-03-03", "2025-03-03 22:00 push dropped expired"),
        ("2025-03-04", "2025-03-04 08:00"),
    ],
)
def test_a_message_that_quiet_hours_would_hold_past_its_date_is_expired_at_once(last: str, became: str) -> None:
    # `max_hold` applies to messages without a date.
    assert becomes(f"{{quiet_hours: [{NIGHT}], max_hold: 1h}}", "2025-03-03 22:00", SEND, until(last)) == became


@pytest.mark.parametrize("more", ["purpose: transactional", "to: contact.advisor, recipient: staff"])
def test_the_date_holds_for_messages_that_the_policy_does_not_hold(more: str) -> None:
    send = SEND.replace("until: contact.renewal}", f"until: contact.renewal}}, {more}")
    assert becomes("{}", NOON, send, until("2025-03-02", advisor="eve@example.com")) == f"{NOON} push dropped expired"


def test_a_date_that_moves_while_a_message_is_held_is_read_again() -> None:
    moved: Happening = ("2025-03-04 03:00", "profile_updated", {"renewal": "2025-03-03"})
    assert run(QUIET, news(SEND), [LATE, moved], until("2025-03-09")).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped expired",
    ]


def test_a_written_date_and_what_an_event_brings_are_dates_too() -> None:
    instants = [f"2025-03-0{day} 12:00" for day in (3, 4, 5)]
    fixed = run("{}", news("{push: {template: a/p, expires: {until: 2025-03-04}}}"), instants)
    assert fixed.reasons == ["sent", "sent", "expired"]
    brought: list[Happening | str] = [(at, "started", {"d": "2025-03-04"}) for at in instants]
    assert run("{}", news("{push: {template: a/p, expires: {until: trigger.d}}}"), brought).reasons == fixed.reasons


def test_a_missing_date_is_a_data_warning_with_a_reason() -> None:
    story = run("{}", news(SEND.replace("renewal", "flag")), [NOON], until(None, flag="soon"))
    assert story.warnings == ["the text 'soon': no date, so the message is not sent"]
    assert [message.detail for message in story.messages] == ["until is missing"]
    assert [message.detail for message in run("{}", news(SEND), [NOON], until("2025-03-02")).messages] == [
        "until is past"
    ]


def test_a_message_past_its_date_does_not_stop_the_journey() -> None:
    scenario = waits_while_sending(SEND, "{1h: {end: over}}")
    assert run("{}", scenario, [NOON], until("2025-03-02")).lines == [
        f"{NOON} -> in",
        f"{NOON} push dropped expired",
        "2025-03-03 13:00 end over",
    ]
