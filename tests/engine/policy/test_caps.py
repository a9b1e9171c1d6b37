"""Frequency caps: the messages that they count, the contacts that they concern, and whether they drop or delay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.engine.policy.stage import DELAY, MONDAY, PROGRAMS, news, run, without
from tests.engine.worlds import Happening
from tests.rows import rows


def capped(cap: str, times: Iterable[str], contact: Mapping[str, Any] | None = None, send: str = "{email: a/e}") -> str:
    """`+` for each requested message that is sent, and `-` for each that is capped, in order of time."""
    story = run(f"{{caps: [{cap}]}}", news(send), times, contact)
    assert set(story.reasons) <= {"sent", "capped"}
    return "".join("+" if reason == "sent" else "-" for reason in story.reasons)


@rows(
    ("cap", "times", "expected"),
    [
        ("{max: 1, per: day}", ["2025-03-03 00:00", "2025-03-03 23:59:59", "2025-03-04 00:00"], "+-+"),
        ("{max: 2, per: day}", ["2025-03-03 09:00"] * 3 + ["2025-03-04 09:00"], "++-+"),
        ("{max: 1, per: week}", ["2025-03-03 00:00", "2025-03-09 23:59", "2025-03-10 00:00"], "+-+"),
        ("{max: 1, per: week}", ["2025-03-09 23:59", "2025-03-10 00:00"], "++"),
        ("{max: 1, per: week}", ["2024-12-30 12:00", "2025-01-05 12:00", "2025-01-06 12:00"], "+-+"),
        ("{max: 1, per: month}", ["2025-01-01 00:00", "2025-01-31 23:59", "2025-02-01 00:00"], "+-+"),
        ("{max: 1, per: month}", ["2024-02-29 12:00", "2024-03-01 00:00"], "++"),
        # rolling: messages sent in (t - per, t]
        ("{max: 1, per: 1h}", ["2025-03-03 09:00", "2025-03-03 09:59:59", "2025-03-03 10:00"], "+-+"),
        ("{max: 1, per: 24h}", ["2025-03-03 09:00", "2025-03-04 08:59:59", "2025-03-04 09:00"], "+-+"),
        ("{max: 2, per: 7d}", ["2025-03-03 09:00", "2025-03-05 09:00", "2025-03-10 08:59", "2025-03-10 09:00"], "++-+"),
        ("{max: 1, per: 1w}", ["2025-03-03 09:00", "2025-03-09 09:00", "2025-03-10 09:00"], "+-+"),
        # elapsed time, also when the clock changes
        ("{max: 1, per: 1d}", ["2025-03-29 10:00", "2025-03-30 10:59", "2025-03-30 11:00"], "+-+"),
        ("{max: 1, per: 1d}", ["2025-10-25 10:00", "2025-10-26 08:59", "2025-10-26 09:00"], "+-+"),
        ("{max: 1, per: day}", ["2025-03-30 00:30", "2025-03-30 23:30", "2025-03-31 00:00"], "+-+"),
        ("{max: 1, per: day}", ["2025-10-26 00:30", "2025-10-26 23:30", "2025-10-27 00:00"], "+-+"),
    ],
)
def test_a_cap_allows_so_many_a_period(cap: str, times: list[str], expected: str) -> None:
    assert capped(cap, times) == expected


def test_calendar_periods_are_those_of_the_contact_s_clock() -> None:
    new_york = without(timezone="America/New_York")
    times = ["2025-03-03 23:30", "2025-03-04 00:30", "2025-03-04 05:59", "2025-03-04 06:00"]
    assert capped("{max: 1, per: day}", times, new_york) == "+--+"
    assert capped("{max: 1, per: day}", times) == "++--"


def test_a_dropped_message_does_not_count() -> None:
    times = ["2025-03-03 09:00", "2025-03-03 10:00", "2025-03-10 08:00", "2025-03-10 09:00"]
    assert capped("{max: 1, per: 7d}", times) == "+--+"


def test_every_cap_must_allow() -> None:
    caps = "{max: 1, per: day}, {max: 2, per: 7d}"
    times = ["2025-03-03 09:00", "2025-03-03 10:00", "2025-03-04 09:00", "2025-03-05 09:00", "2025-03-10 09:00"]
    assert capped(caps, times) == "+-+-+"


def test_a_cap_on_channels_counts_and_limits_those_alone() -> None:
    policy = "{caps: [{max: 1, per: day, channels: [email, sms]}]}"
    assert run(policy, news("{push: a/p, email: a/e, sms: a/s}"), [MONDAY, MONDAY]).reasons == [
        *("sent", "sent", "capped"),
        *("sent", "capped", "capped"),
    ]


@rows(
    ("about", "expected"),
    [
        ("programs: [conversion]", ["sent", "sent", "capped"]),
        ("programs: [conversion, loyalty]", ["sent", "capped", "capped"]),
        ("scenarios: [first]", ["sent", "sent", "sent"]),
        ("scenarios: [first, third]", ["sent", "sent", "capped"]),
        ("tags: [sale]", ["sent", "sent", "capped"]),
        ("tags: [sale, gift]", ["sent", "capped", "capped"]),
        ("tags: [gift]", ["sent", "sent", "sent"]),
        ("programs: [conversion], tags: [gift]", ["sent", "sent", "sent"]),
        ("programs: [loyalty], channels: [push]", ["sent", "sent", "sent"]),
        ("", ["sent", "capped", "capped"]),
        ("except: {tags: [sale]}", ["sent", "sent", "sent"]),
        ("except: {tags: [gift]}", ["sent", "sent", "capped"]),
        ("except: {programs: [loyalty]}", ["sent", "sent", "capped"]),
        ("except: {scenarios: [first]}", ["sent", "sent", "capped"]),
        ("except: {channels: [push]}", ["sent", "capped", "capped"]),
        ("except: {scenarios: [second], tags: [sale]}", ["sent", "capped", "capped"]),
        ("tags: [sale], except: {scenarios: [third]}", ["sent", "sent", "sent"]),
    ],
)
def test_a_cap_counts_and_limits_what_its_names_pick(about: str, expected: list[str]) -> None:
    scenarios = (
        news("{email: {template: a/e, tags: [sale]}}", "first", priority=90, more="program: conversion"),
        news("{email: {template: a/e, tags: [gift, other]}}", "second", more="program: loyalty"),
        news("{email: {template: a/e, tags: [other, sale]}}", "third", priority=10, more="program: conversion"),
    )
    policy = f"{{caps: [{{max: 1, per: day{', ' if about else ''}{about}}}]}}"
    assert run(policy, scenarios, [MONDAY], more=PROGRAMS).reasons == expected


def test_a_cap_with_a_condition_concerns_those_contacts_alone() -> None:
    cap = "{max: 1, per: 7d, if: contact.points > 5}"
    times = [f"2025-03-0{day} 09:00" for day in (3, 4)]
    assert capped(cap, times, without(points=9)) == "+-"
    assert capped(cap, times, without(points=1)) == "++"
    assert capped(cap, times, without()) == "++"


def test_a_cap_s_condition_is_read_when_the_message_would_leave() -> None:
    more: Happening = ("2025-03-03 12:00", "profile_updated", {"points": 9})
    times: list[Happening | str] = ["2025-03-03 09:00", "2025-03-03 10:00", more, "2025-03-03 13:00"]
    policy = "{caps: [{max: 1, per: 7d, if: contact.points > 5}]}"
    assert run(policy, news("{email: a/e}"), times, without(points=1)).reasons == ["sent", "sent", "capped"]


def test_a_drop_names_the_cap_and_the_messages_that_used_it_up() -> None:
    policy = "{caps: [{max: 9, per: month}, {max: 2, per: 7d, channels: [email]}]}"
    story = run(policy, news("{email: a/e}"), ["2025-03-01 10:00", "2025-03-03 10:00", "2025-03-04 10:00"])
    first, second, third = story.messages
    assert (third.reason, first.detail) == ("capped", "")
    assert "2 per 7d" in third.detail and "email" in third.detail
    assert first.message_id in third.detail and second.message_id in third.detail
    assert "month" not in third.detail


def test_a_drop_names_only_the_messages_that_the_cap_counts() -> None:
    policy = "{caps: [{max: 1, per: day, channels: [email]}]}"
    story = run(policy, news("{push: a/p, email: a/e}"), ["2025-03-02 10:00", MONDAY, MONDAY])
    used = story.messages[3]
    assert [message.message_id for message in story.messages if message.message_id in story.messages[5].detail] == [
        used.message_id
    ]


def test_a_capped_message_does_not_stop_the_journey() -> None:
    scenario = """
scenario: two
trigger: {event: started}
states:
  one: {send: {email: a/e, push: a/p}, next: two}
  two: {end: over}
"""
    assert run("{caps: [{max: 1, per: day}]}", scenario, [MONDAY]).lines == [
        f"{MONDAY} -> one",
        f"{MONDAY} email sent",
        f"{MONDAY} push dropped capped",
        f"{MONDAY} -> two",
        f"{MONDAY} end over",
    ]


# -- caps that delay


@rows(
    ("cap", "used", "requested", "leaves"),
    [
        # a rolling cap has room when the oldest message leaves its period
        ("{max: 1, per: 24h}", ["2025-03-03 09:00"], "2025-03-03 20:00", "2025-03-04 09:00"),
        ("{max: 2, per: 7d}", ["2025-03-03 09:00", "2025-03-05 15:00"], "2025-03-06 20:00", "2025-03-10 09:00"),
        ("{max: 1, per: 1d}", ["2025-03-29 10:00"], "2025-03-29 12:00", "2025-03-30 11:00"),
        # a calendar cap has room on the first day of the new period, at the requested time of day
        ("{max: 1, per: day}", ["2025-03-03 09:00"], "2025-03-03 20:15", "2025-03-04 20:15"),
        ("{max: 1, per: week}", ["2025-03-03 09:00"], "2025-03-05 20:15", "2025-03-10 20:15"),
        ("{max: 1, per: month}", ["2025-03-03 09:00"], "2025-03-05 20:15", "2025-04-01 20:15"),
        ("{max: 1, per: month}", ["2025-01-03 09:00"], "2025-01-31 09:00:30", "2025-02-01 09:00:30"),
        ("{max: 1, per: day}", ["2025-03-29 00:30"], "2025-03-29 02:30", "2025-03-30 03:30"),  # 02:30 is skipped
        # several caps
        (
            "{max: 1, per: day}, {max: 1, per: 48h}",
            ["2025-03-03 09:00"],
            "2025-03-03 10:00",
            "2025-03-05 09:00",
        ),
        (
            "{max: 1, per: 30h}, {max: 1, per: week}",
            ["2025-03-09 23:00"],
            "2025-03-09 23:30",
            "2025-03-11 05:00",
        ),
    ],
)
def test_on_cap_delay_holds_a_message_until_the_cap_allows(
    cap: str, used: list[str], requested: str, leaves: str
) -> None:
    story = run(f"{{caps: [{cap}], {DELAY}}}", news("{email: a/e}"), [*used, requested])
    assert story.reasons == ["sent"] * (len(used) + 1)
    assert story.fates[-1] == f"{leaves} email sent"


def test_messages_that_wait_for_one_cap_leave_one_after_the_other() -> None:
    policy = f"{{caps: [{{max: 1, per: day}}], {DELAY}}}"
    times = ["2025-03-03 10:00", "2025-03-03 11:00", "2025-03-03 12:00"]
    assert run(policy, news("{email: a/e}"), times).fates == [
        "2025-03-03 10:00 email sent",
        "2025-03-03 11:00 email held until 2025-03-04 11:00",
        "2025-03-03 12:00 email held until 2025-03-04 12:00",
        "2025-03-04 11:00 email sent",
        "2025-03-04 12:00 email held until 2025-03-05 12:00",
        "2025-03-05 12:00 email sent",
    ]


def test_a_message_that_waits_too_long_for_a_cap_is_expired() -> None:
    policy = "{caps: [{max: 1, per: week}], on_cap: delay}"
    assert run(policy, news("{email: a/e}"), ["2025-03-03 10:00", "2025-03-06 10:00", "2025-03-07 10:00"]).fates == [
        "2025-03-03 10:00 email sent",
        "2025-03-06 10:00 email dropped expired",
        "2025-03-07 10:00 email held until 2025-03-10 10:00",
        "2025-03-10 10:00 email sent",
    ]


def test_a_message_held_again_keeps_the_time_from_which_it_may_be_held() -> None:
    policy = "{caps: [{max: 1, per: day}], on_cap: delay, max_hold: 36h}"
    times = ["2025-03-03 10:00", "2025-03-03 11:00", "2025-03-03 12:00"]
    assert run(policy, news("{email: a/e}"), times).fates[-2:] == [
        "2025-03-04 11:00 email sent",
        "2025-03-04 12:00 email dropped expired",
    ]


def test_on_cap_of_a_message_overrides_the_policy() -> None:
    send = "{email: {template: a/e, on_cap: delay}, push: a/p}"
    assert run("{caps: [{max: 1, per: day}]}", news(send), [MONDAY, "2025-03-03 11:00"]).fates == [
        "2025-03-03 10:00 email sent",
        "2025-03-03 10:00 push dropped capped",
        "2025-03-03 11:00 email held until 2025-03-04 11:00",
        "2025-03-03 11:00 push dropped capped",
        "2025-03-04 11:00 email sent",
    ]
    drops = news("{email: {template: a/e, on_cap: drop}}")
    assert run("{caps: [{max: 1, per: day}], on_cap: delay}", drops, [MONDAY, MONDAY]).reasons == ["sent", "capped"]
