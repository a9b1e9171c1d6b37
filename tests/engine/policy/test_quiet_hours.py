"""Quiet hours: the messages that they hold, the clock that they use, and the time at which the messages are sent."""

from __future__ import annotations

import pytest

from scenario_cli.hosts.summary import Counting
from scenario_cli.model.records import Held
from tests.engine.policy.stage import LATE, MORNING, NIGHT, PROGRAMS, QUIET, becomes, load, news, run, without
from tests.engine.worlds import PARIS, REACHABLE, Happening, clock, moment
from tests.rows import rows


@rows(
    ("quiet", "requested", "leaves"),
    [
        # over midnight
        ("{from: '21:00', to: '08:00'}", "2025-03-03 20:59:59", "2025-03-03 20:59:59"),
        ("{from: '21:00', to: '08:00'}", "2025-03-03 21:00", "2025-03-04 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-03-04 00:00", "2025-03-04 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-03-04 07:59:59", "2025-03-04 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-03-04 08:00", "2025-03-04 08:00"),
        # within a day
        ("{from: '12:00', to: '14:00'}", "2025-03-03 12:00", "2025-03-03 14:00"),
        ("{from: '12:00', to: '14:00'}", "2025-03-03 14:00", "2025-03-03 14:00"),
        ("{from: '00:00', to: '06:30'}", "2025-03-03 00:00", "2025-03-03 06:30"),
        ("{from: '20:00', to: '00:00'}", "2025-03-03 23:59", "2025-03-04 00:00"),
        ("{from: '20:00', to: '00:00'}", "2025-03-04 00:00", "2025-03-04 00:00"),
        # whole days
        ("{on: sun}", "2025-03-08 23:59:59", "2025-03-08 23:59:59"),
        ("{on: sun}", "2025-03-09 00:00", "2025-03-10 00:00"),
        ("{on: sun}", "2025-03-09 23:59:59", "2025-03-10 00:00"),
        ("{on: sun}", "2025-03-10 00:00", "2025-03-10 00:00"),
        ("{on: weekends}", "2025-03-08 10:00", "2025-03-10 00:00"),
        ("{on: 'mon,wed'}", "2025-03-03 10:00", "2025-03-04 00:00"),
        ("{on: 'mon,wed'}", "2025-03-04 10:00", "2025-03-04 10:00"),
        # the day on which the window begins
        ("{from: '21:00', to: '08:00', on: sun}", "2025-03-09 07:00", "2025-03-09 07:00"),
        ("{from: '21:00', to: '08:00', on: sun}", "2025-03-09 21:00", "2025-03-10 08:00"),
        ("{from: '21:00', to: '08:00', on: sun}", "2025-03-10 07:00", "2025-03-10 08:00"),
        ("{from: '21:00', to: '08:00', on: sun}", "2025-03-10 21:00", "2025-03-10 21:00"),
        ("{from: '21:00', to: '08:00', on: weekdays}", "2025-03-08 02:00", "2025-03-08 08:00"),
        ("{from: '21:00', to: '08:00', on: weekdays}", "2025-03-10 02:00", "2025-03-10 02:00"),
        # several windows
        ("{from: '21:00', to: '23:00'}, {from: '23:00', to: '06:00'}", "2025-03-03 21:30", "2025-03-04 06:00"),
        ("{from: '22:00', to: '02:00'}, {from: '21:00', to: '06:00'}", "2025-03-03 23:00", "2025-03-04 06:00"),
        ("{from: '21:00', to: '08:00'}, {on: sun}", "2025-03-08 22:00", "2025-03-10 08:00"),
        ("{from: '21:00', to: '08:00'}, {from: '12:00', to: '13:00'}", "2025-03-03 12:30", "2025-03-03 13:00"),
        # the two nights with a clock change in Paris, and the days after them
        ("{from: '21:00', to: '08:00'}", "2025-03-29 23:00", "2025-03-30 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-03-30 01:59", "2025-03-30 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-10-26 02:30+02:00", "2025-10-26 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-10-26 02:30+01:00", "2025-10-26 08:00"),
        ("{on: sun}", "2025-03-30 12:00", "2025-03-31 00:00"),
        ("{on: sun}", "2025-10-26 00:00", "2025-10-27 00:00"),
        ("{from: '22:00', to: '02:30'}", "2025-03-29 23:00", "2025-03-30 03:30"),  # 02:30 is skipped
    ],
)
def test_quiet_hours_hold_a_message_until_they_end(quiet: str, requested: str, leaves: str) -> None:
    assert becomes(f"{{quiet_hours: [{quiet}]}}", requested) == leaves


def test_quiet_hours_are_those_of_the_contact_s_clock() -> None:
    policy = "{quiet_hours: [{from: '21:00', to: '08:00'}]}"
    new_york = without(timezone="America/New_York")
    assert becomes(policy, "2025-03-03 10:00", contact=new_york) == "2025-03-03 14:00"
    assert becomes(policy, "2025-03-03 22:00", contact=new_york) == "2025-03-03 22:00"
    assert becomes(policy, "2025-03-03 22:00", contact=without("timezone")) == "2025-03-04 08:00"


def test_quiet_hours_concern_the_channels_they_name() -> None:
    assert run(QUIET, news("{email: a/e, push: a/p, sms: a/s}"), [LATE]).fates == [
        f"{LATE} email sent",
        f"{LATE} push held until {MORNING}",
        f"{LATE} sms held until {MORNING}",
        f"{MORNING} push sent",
        f"{MORNING} sms sent",
    ]


@rows(
    ("about", "expected"),
    [
        ("", ["first push", "second push", "second sms"]),
        ("programs: [loyalty]", ["second push", "second sms"]),
        ("scenarios: [first]", ["first push"]),
        ("tags: [gift]", ["second sms"]),
        ("tags: [sale, gift]", ["first push", "second sms"]),
        ("channels: [push], programs: [loyalty]", ["second push"]),
        ("programs: [loyalty], tags: [sale]", []),
        ("except: {channels: [push]}", ["second sms"]),
        ("except: {programs: [loyalty]}", ["first push"]),
        ("except: {scenarios: [second], tags: [gift]}", ["first push", "second push"]),
        ("channels: [push], except: {tags: [sale]}", ["second push"]),
    ],
)
def test_quiet_hours_hold_what_their_names_pick_and_their_exception_does_not(about: str, expected: list[str]) -> None:
    scenarios = (
        news("{push: {template: a/p, tags: [sale]}}", "first", priority=90, more="program: conversion"),
        news("{push: a/p, sms: {template: a/s, tags: [gift]}}", "second", more="program: loyalty"),
    )
    policy = f"{{quiet_hours: [{{from: '21:00', to: '08:00'{', ' if about else ''}{about}}}]}}"
    story = run(policy, scenarios, [LATE], more=PROGRAMS)
    assert [f"{record.scenario} {record.channel}" for record in story.records if isinstance(record, Held)] == expected
    assert story.reasons == ["sent"] * 3


def test_on_quiet_drop_drops_a_message_at_once() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], on_quiet: drop}}"
    assert run(policy, news("{push: a/p}"), [LATE]).fates == [f"{LATE} push dropped quiet_hours"]
    assert becomes(policy, "2025-03-03 20:00") == "2025-03-03 20:00"


def test_on_quiet_of_a_message_overrides_the_policy() -> None:
    delays = news("{push: {template: a/p, on_quiet: delay}, sms: a/s}")
    assert run(f"{{quiet_hours: [{NIGHT}], on_quiet: drop}}", delays, [LATE]).reasons == ["quiet_hours", "sent"]
    drops = news("{push: {template: a/p, on_quiet: drop}, sms: a/s}")
    assert run(QUIET, drops, [LATE]).fates == [
        f"{LATE} push dropped quiet_hours",
        f"{LATE} sms held until {MORNING}",
        f"{MORNING} sms sent",
    ]


def test_a_time_that_occurs_twice_ends_quiet_hours_the_first_time() -> None:
    assert becomes("{quiet_hours: [{from: '22:00', to: '02:30'}]}", "2025-10-25 23:00") == "2025-10-26 02:30"
    story = run("{quiet_hours: [{from: '22:00', to: '02:30'}]}", news("{push: a/p}"), ["2025-10-25 23:00"])
    assert [message.at for message in story.messages] == [moment("2025-10-26 02:30+02:00")]


@pytest.mark.parametrize(
    ("zone", "quiet", "requested"),
    [
        (PARIS, "{from: '02:30', to: '08:00'}", "2025-03-30 03:10+02:00"),  # 02:30 is skipped: 03:10 is after it
        (PARIS, "{from: '22:00', to: '02:30'}", "2025-10-26 02:15+01:00"),  # the second 02:15
        ("Pacific/Apia", "{from: '21:00', to: '08:00'}", "2011-12-31 03:00+14:00"),  # the day before does not exist
    ],
)
def test_no_message_leaves_while_the_clock_on_the_wall_shows_a_quiet_time(
    zone: str, quiet: str, requested: str
) -> None:
    story = run(f"{{quiet_hours: [{quiet}]}}", news("{push: a/p}"), [requested], without(timezone=zone))
    assert story.messages[0].at > moment(requested)


@rows(
    ("start", "end", "leaves"),
    [
        ("21:00", "08:00", MORNING),
        ("9:30", "23:15", "2025-03-03 23:15"),
        (21, 8, MORNING),
        (21.5, 7.25, "2025-03-04 07:15"),
        (0, 23, "2025-03-03 23:00"),
        (23, 8, LATE),
        ("23:00", 8, LATE),
    ],
)
def test_computed_quiet_hours_are_a_text_or_an_hour(start: object, end: object, leaves: str) -> None:
    policy = "{quiet_hours: [{from: =contact.quiet_from, to: =contact.quiet_to}]}"
    story = run(policy, news("{push: a/p}"), [LATE], without(quiet_from=start, quiet_to=end))
    assert story.fates[-1] == f"{leaves} push sent"
    assert story.warnings == []


@rows("value", [None, "late", "", "25:00", "21", 24, 24.0, -1, True, ["21:00"], {"hour": 21}])
def test_quiet_hours_whose_computed_time_is_missing_or_unreadable_do_not_hold(value: object) -> None:
    policy = "{quiet_hours: [{from: =contact.quiet_from, to: '08:00'}]}"
    story = run(policy, news("{push: a/p}"), [LATE], without(quiet_from=value))
    assert story.fates == [f"{LATE} push sent"]
    assert story.warnings


def test_other_quiet_hours_hold_where_a_computed_time_is_missing() -> None:
    policy = f"{{quiet_hours: [{{from: =contact.quiet_from, to: '12:00'}}, {NIGHT}]}}"
    assert run(policy, news("{push: a/p}"), [LATE]).fates[-1] == f"{MORNING} push sent"


def test_a_data_warning_of_the_policy_is_counted_beside_the_scenarios() -> None:
    policy = (
        "{quiet_hours: [{from: =contact.quiet_from, to: '08:00'}], caps: [{max: 1, per: day, if: contact.country}]}"
    )
    project = load(policy, news("{push: a/p}")).project
    story = run(policy, news("{push: a/p}"), [LATE], without(country="FR"))
    counting = Counting(project, project.scenarios.values())
    counting.add(story.records, story.state)
    assert len(counting.summary.warnings) == 2
    assert counting.summary.scenarios["news"].sent == {"push": 1}


def test_a_held_message_leaves_in_the_new_morning_of_a_contact_who_moved_west() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "America/New_York"})
    assert run(QUIET, news("{push: a/p}"), [LATE, moves]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push held until 2025-03-04 14:00",
        "2025-03-04 14:00 push sent",
    ]


def test_a_contact_who_moves_east_while_a_message_is_held_is_not_woken_either() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "Australia/Sydney"})
    story = run(QUIET, news("{push: a/p}"), ["2025-03-04 01:00", ("2025-03-04 02:00", *moves[1:])])
    (message,) = story.messages
    assert message.reason == ""
    assert clock(message.at, "Australia/Sydney") == "2025-03-04 18:00"  # 08:00 in Paris


def test_a_hold_that_a_move_makes_too_long_is_expired() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "America/New_York"})
    scenario = news("{push: {template: a/p, expires: 12h}}")
    assert run(QUIET, scenario, [LATE, moves]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped expired",
    ]


def test_quiet_hours_are_read_again_when_a_held_message_is_due() -> None:
    policy = "{quiet_hours: [{from: =contact.quiet_from, to: =contact.quiet_to}]}"
    longer: Happening = ("2025-03-03 23:00", "profile_updated", {"quiet_to": 10})
    contact = without(quiet_from=21, quiet_to=8)
    assert run(policy, news("{push: a/p}"), [LATE, longer], contact).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push held until 2025-03-04 10:00",
        "2025-03-04 10:00 push sent",
    ]


@pytest.mark.parametrize(
    ("requested", "became"),
    [
        ("2025-03-03 13:00", "2025-03-04 09:00"),  # seven in the morning in New York
        ("2025-03-03 19:00", "2025-03-04 09:00"),  # one in the afternoon in New York, and closed in Paris
        ("2025-03-09 19:00", "2025-03-10 09:00"),  # New York has changed its clock, Paris has not
        ("2025-03-29 22:00", "2025-03-30 09:00"),  # Paris changes its clock in this night
    ],
)
def test_a_window_may_be_on_the_projects_clock(requested: str, became: str) -> None:
    window = "{channels: [push], from: '12:00', to: '09:00', timezone: project}"
    away = {**REACHABLE, "timezone": "America/New_York"}
    assert becomes(f"{{quiet_hours: [{window}]}}", requested, contact=away) == became
    assert becomes(f"{{quiet_hours: [{window.replace('project', 'contact')}]}}", requested, contact=REACHABLE) == became
