"""The delivery policy: who is held out, what is held back and until when, what is dropped and why (section 7)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.hosts.summary import Counting
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Converted, Ended, Held, Moved, Record, Warned
from tests.engine.worlds import PARIS, PLAN, PROJECT, REACHABLE, ROW, Happening, clock, moment, told, unfit

ONCE_STARTED = "trigger: {event: started}\nreentry: always\nwhile_running: parallel\n"


def news(send: str, name: str = "news", *, priority: int = 50, more: str = "") -> str:
    """A scenario that asks for its messages at once, each time somebody starts."""
    state = f"in: {{send: {send}, end: told}}"
    return f"scenario: {name}\npriority: {priority}\n{ONCE_STARTED}{more}\nstates:\n  {state}\n"


def waits_while_sending(send: str, after: str, *lines: str) -> str:
    """A scenario whose one state sends and then waits."""
    listed = "\n".join(lines)
    return f"scenario: waits\ntrigger: {{event: started}}\n{listed}\nstates:\n  in: {{send: {send}, after: {after}}}\n"


# -- worlds with a policy


@lru_cache(maxsize=512)
def load(policy: str, *scenarios: str, more: str = "", timezone: str = PARIS) -> Loaded:
    """The project of these scenarios under a policy; a template stands for every message that they name."""
    plan = PLAN.replace("profile:\n", "profile:\n  quiet_from: {description: any}\n  quiet_to: {description: any}\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "project.yaml").write_text(PROJECT.format(timezone=timezone) + more, encoding="utf-8")
        (root / "events.yaml").write_text(plan, encoding="utf-8")
        (root / "policy.yaml").write_text(f"policy: {policy}\n", encoding="utf-8")
        for number, text in enumerate(scenarios):
            (root / f"s{number}.yaml").write_text(text, encoding="utf-8")
        for scenario in load_project(root).project.scenarios.values():
            for state in scenario.states.values():
                for message in state.messages:
                    template = root / "templates" / f"{message.template.text}.{message.channel.text}.j2"
                    template.parent.mkdir(parents=True, exist_ok=True)
                    template.write_text("Hello\n", encoding="utf-8")
        return load_project(root)


def program_of(policy: str, *scenarios: str, more: str = "", timezone: str = PARIS) -> Program:
    loaded = load(policy, *scenarios, more=more, timezone=timezone)
    assert unfit(loaded) == []
    return compile_program(loaded.project)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one contact, on one clock."""

    state: ContactState
    records: list[Record]
    zone: str

    @property
    def fates(self) -> list[str]:
        """What became of the messages: held, sent, or dropped with the reason."""
        return [self.line(one) for one in self.records if isinstance(one, Asked | Held)]

    @property
    def lines(self) -> list[str]:
        """The fates, and between them the states and the ends."""
        return [self.line(one) for one in self.records if isinstance(one, Asked | Held | Moved | Ended | Converted)]

    @property
    def asked(self) -> list[Asked]:
        return [one for one in self.records if isinstance(one, Asked)]

    @property
    def reasons(self) -> list[str]:
        return [one.reason or "sent" for one in self.asked]

    @property
    def warnings(self) -> list[str]:
        return [one.detail for one in self.records if isinstance(one, Warned)]

    @property
    def running(self) -> int:
        return sum(not one.ended for held in self.state.journeys.values() for one in held)

    def line(self, record: Record) -> str:
        at = clock(record.at, self.zone)
        match record:
            case Asked():
                return f"{at} {record.channel} " + (f"dropped {record.reason}" if record.reason else "sent")
            case Held():
                return f"{at} {record.channel} held until {clock(record.until, self.zone)}"
            case Moved():
                return f"{at} -> {record.target}"
            case Ended():
                return f"{at} end {record.outcome}"
            case _:
                return f"{at} {type(record).__name__.lower()}"


def run(
    policy: str,
    scenario: str | Sequence[str],
    events: Iterable[Happening | str],
    contact: Mapping[str, Any] | None = None,
    until: str | None = None,
    *,
    name: str = "ana",
    zone: str = PARIS,
    more: str = "",
) -> Story:
    """Feeds a contact's log; a time alone is a start. Without `until` a month passes after the last event."""
    scenarios = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    program = program_of(policy, *scenarios, more=more)
    state = new_contact(program, name, REACHABLE if contact is None else contact)
    records: list[Record] = []
    at = 0
    for one in events:
        happening: Happening = (one, "started") if isinstance(one, str) else one
        at = moment(happening[0], zone)
        carried = happening[2] if len(happening) > 2 else {}
        if happening[1] == ROW:
            records += change_profile(program, state, at, carried)
        else:
            records += step(program, state, Event(happening[1], at, carried))
    records += advance(program, state, moment(until, zone) if until else at + 31 * 86_400_000_000)
    return Story(state, records, zone)


def becomes(policy: str, at: str, send: str = "{push: a/p}", contact: Mapping[str, Any] | None = None) -> str:
    """When a message that is asked for at an instant leaves, or why it does not."""
    last = run(policy, news(send), [at], contact).fates[-1]
    return last.removesuffix(" sent").removesuffix(" push").removesuffix(" email")


def without(*names: str, **values: Any) -> dict[str, Any]:
    """A contact whom every channel reaches, but for this."""
    return {name: value for name, value in {**REACHABLE, **values}.items() if name not in names}


def drawn(*parts: str) -> float:
    """A draw as section 7 has it, worked out here."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


NIGHT = "{channels: [push, sms], from: '21:00', to: '08:00'}"
QUIET = f"{{quiet_hours: [{NIGHT}]}}"
MONDAY = "2025-03-03 10:00"
LATE = "2025-03-03 22:00"
MORNING = "2025-03-04 08:00"


# -- the order of the checks


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("control holdout address consent quiet cap", "control_group"),
        ("holdout address consent quiet cap", "holdout"),
        ("address consent quiet cap", "no_address"),
        ("consent quiet cap", "no_consent"),
        ("quiet cap", "quiet_hours"),
        ("cap", "capped"),
        ("", "sent"),
    ],
)
def test_the_first_check_that_drops_a_message_names_the_reason(wrong: str, reason: str) -> None:
    parts = ["control_group: 100%"] if "control" in wrong else []
    parts += ["quiet_hours: [{channels: [push], on: mon}]"] if "quiet" in wrong else []
    parts += ["caps: [{max: 1, per: day}]"] if "cap" in wrong else []
    used = "email: {template: a/e, purpose: marketing}, " if "cap" in wrong else ""
    policy = f"{{{', '.join([*parts, 'on_quiet: drop', 'on_cap: drop'])}}}"
    contact = without(
        *(["push_token"] if "address" in wrong else []), **({"push_optin": False} if "consent" in wrong else {})
    )
    scenario = news(f"{{{used}push: a/p}}", more="holdout: 100%" if "holdout" in wrong else "")
    assert run(policy, scenario, [MONDAY], contact).reasons[-1] == reason


def test_a_message_whose_if_is_false_is_not_asked_for_whatever_the_policy() -> None:
    policy = "{control_group: 100%, quiet_hours: [{on: mon}], on_quiet: drop}"
    scenario = news("{push: {template: a/p, if: contact.points > 5}}", more="holdout: 100%")
    assert run(policy, scenario, [MONDAY], {}).asked == []


def test_a_contact_out_of_quiet_hours_and_under_the_cap_gets_the_message_at_once() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    assert run(policy, news("{push: a/p}"), [MONDAY]).fates == [f"{MONDAY} push sent"]


# -- control group and holdout

PEOPLE = [f"c{number}" for number in range(400)] + ["Zoé", "名前", "a b", ""]


def held_out(policy: str, more: str = "", salt: str = "", name: str = "news", reason: str = "") -> set[str]:
    """The contacts whose message is dropped for a reason."""
    program = program_of(policy, news("{email: a/e}", name, more=more), more=f"salt: {salt}\n" if salt else "")
    found = set()
    for contact in PEOPLE:
        records = step(program, new_contact(program, contact, REACHABLE), Event("started", moment(MONDAY), {}))
        (asked,) = (one for one in records if isinstance(one, Asked))
        assert asked.reason in ("", reason)
        if asked.reason:
            found.add(contact)
    return found


@pytest.mark.parametrize("salt", ["", "pepper", "sel à l'ail"])
@pytest.mark.parametrize("share", [0.0, 5.0, 12.5, 50.0, 100.0])
def test_the_control_group_is_drawn_from_salt_and_contact(salt: str, share: float) -> None:
    expected = {contact for contact in PEOPLE if drawn("control_group", salt, contact) < share / 100}
    policy = f"{{control_group: {share:g}%}}"
    assert held_out(policy, salt=f'"{salt}"' if salt else "", reason="control_group") == expected


@pytest.mark.parametrize("name", ["news", "welcome"])
@pytest.mark.parametrize("share", [5.0, 33.3, 100.0])
def test_the_holdout_is_drawn_from_salt_scenario_and_contact(name: str, share: float) -> None:
    expected = {contact for contact in PEOPLE if drawn("holdout", "pepper", name, contact) < share / 100}
    assert held_out("{}", f"holdout: {share:g}%", "pepper", name, "holdout") == expected


def test_a_larger_share_only_adds_contacts() -> None:
    groups = [held_out(f"{{control_group: {share}%}}", reason="control_group") for share in (1, 5, 20, 60, 99)]
    assert all(less <= more for less, more in pairwise(groups))
    held = [held_out("{}", f"holdout: {share}%", reason="holdout") for share in (1, 5, 20, 60, 99)]
    assert all(less <= more for less, more in pairwise(held))


def test_a_share_holds_out_about_as_many_as_it_says() -> None:
    assert 0.22 < len(held_out("{control_group: 30%}", reason="control_group")) / len(PEOPLE) < 0.38


def test_the_holdouts_of_two_scenarios_are_drawn_apart() -> None:
    one = held_out("{}", "holdout: 50%", name="news", reason="holdout")
    other = held_out("{}", "holdout: 50%", name="welcome", reason="holdout")
    assert 0.15 < len(one & other) / len(PEOPLE) < 0.35


def test_a_contact_in_the_control_group_gets_no_message_of_any_scenario_and_none_later() -> None:
    control = next(contact for contact in PEOPLE if drawn("control_group", "", contact) < 0.1)
    scenarios = (news("{email: a/e}"), news("{push: a/p, sms: a/s}", "other"))
    story = run("{control_group: 10%}", scenarios, [MONDAY, "2025-03-09 10:00", "2025-07-01 10:00"], name=control)
    assert story.reasons == ["control_group"] * 9


def test_a_held_out_message_is_a_row_with_what_would_have_been_sent() -> None:
    (asked,) = run("{control_group: 100%}", news("{email: a/e}"), [MONDAY]).asked
    assert (asked.channel, asked.template, asked.purpose, asked.state) == ("email", "a/e", "marketing", "in")


@pytest.mark.parametrize("out", ["{control_group: 100%}", "{}"])
def test_those_held_out_enter_go_through_and_convert(out: str) -> None:
    scenario = waits_while_sending("{email: a/e}", "{2d: {end: silent}}", "goal: {event: bought}", "holdout: 100%")
    story = run(out, scenario, [MONDAY, ("2025-03-04 10:00", "bought")])
    assert [line.split(" ", 2)[2] for line in story.lines] == [
        "-> in",
        "email dropped " + ("holdout" if out == "{}" else "control_group"),
        "converted",
        "end converted",
    ]
    assert [one.credited for one in story.records if isinstance(one, Converted)] == [None]


# -- purpose and recipient


def test_a_transactional_message_passes_everything_but_the_address() -> None:
    policy = "{control_group: 100%, quiet_hours: [{on: mon}], caps: [{max: 1, per: month}], on_quiet: drop}"
    scenario = news("{push: {template: a/p, purpose: transactional}}", more="holdout: 100%")
    assert run(policy, scenario, [MONDAY, MONDAY], without(push_optin=False)).reasons == ["sent", "sent"]
    assert run(policy, scenario, [MONDAY], without("push_token")).reasons == ["no_address"]


def test_a_transactional_message_does_not_count() -> None:
    scenario = news("{push: {template: a/p, purpose: transactional}, email: a/e}")
    assert run("{caps: [{max: 1, per: day}]}", scenario, [MONDAY]).reasons == ["sent", "sent"]


ALL_AGAINST = "{control_group: 100%, quiet_hours: [{on: mon}], caps: [{max: 1, per: month}], on_quiet: drop}"


@pytest.mark.parametrize(
    ("send", "policy", "holdout", "reason"),
    [
        ("desk: {template: a/d}", ALL_AGAINST, "100%", "sent"),
        ("email: {template: a/d, recipient: staff}", ALL_AGAINST, "100%", "sent"),
        ("ads: {template: a/d}", "{quiet_hours: [{on: mon}], on_quiet: drop}", "0%", "sent"),
        ("ads: {template: a/d}", "{control_group: 100%}", "0%", "control_group"),
        ("ads: {template: a/d}", "{}", "100%", "holdout"),
        ("crm: {template: a/d, recipient: system}", "{control_group: 100%}", "0%", "control_group"),
        ("crm: {template: a/d, recipient: system}", "{quiet_hours: [{on: mon}], on_quiet: drop}", "0%", "sent"),
        (
            "desk: {template: a/d, recipient: contact}",
            "{quiet_hours: [{on: mon}], on_quiet: drop}",
            "0%",
            "quiet_hours",
        ),
    ],
)
def test_what_the_policy_asks_of_messages_to_staff_and_systems(
    send: str, policy: str, holdout: str, reason: str
) -> None:
    scenario = news(f"{{{send}}}", more=f"holdout: {holdout}")
    assert run(policy, scenario, [MONDAY], without(advisor="bea")).reasons == [reason]


@pytest.mark.parametrize("send", ["desk: {template: a/d}", "ads: {template: a/d}"])
def test_messages_to_staff_and_systems_are_not_capped_and_do_not_count(send: str) -> None:
    policy = "{caps: [{max: 1, per: month}]}"
    scenario = news(f"{{{send}, email: a/e}}")
    story = run(policy, scenario, [MONDAY, "2025-03-04 10:00"], without(advisor="bea"))
    assert story.reasons == ["sent", "sent", "sent", "capped"]


# -- quiet hours


@pytest.mark.parametrize(
    ("quiet", "asked", "leaves"),
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
        # several
        ("{from: '21:00', to: '23:00'}, {from: '23:00', to: '06:00'}", "2025-03-03 21:30", "2025-03-04 06:00"),
        ("{from: '22:00', to: '02:00'}, {from: '21:00', to: '06:00'}", "2025-03-03 23:00", "2025-03-04 06:00"),
        ("{from: '21:00', to: '08:00'}, {on: sun}", "2025-03-08 22:00", "2025-03-10 08:00"),
        ("{from: '21:00', to: '08:00'}, {from: '12:00', to: '13:00'}", "2025-03-03 12:30", "2025-03-03 13:00"),
        # the two nights on which the clock of Paris changes, and the days after them
        ("{from: '21:00', to: '08:00'}", "2025-03-29 23:00", "2025-03-30 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-03-30 01:59", "2025-03-30 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-10-26 02:30+02:00", "2025-10-26 08:00"),
        ("{from: '21:00', to: '08:00'}", "2025-10-26 02:30+01:00", "2025-10-26 08:00"),
        ("{on: sun}", "2025-03-30 12:00", "2025-03-31 00:00"),
        ("{on: sun}", "2025-10-26 00:00", "2025-10-27 00:00"),
        ("{from: '22:00', to: '02:30'}", "2025-03-29 23:00", "2025-03-30 03:30"),  # 02:30 is skipped
    ],
)
def test_quiet_hours_hold_a_message_until_they_end(quiet: str, asked: str, leaves: str) -> None:
    assert becomes(f"{{quiet_hours: [{quiet}]}}", asked) == leaves


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


def test_on_quiet_drop_drops_at_once() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], on_quiet: drop}}"
    assert run(policy, news("{push: a/p}"), [LATE]).fates == [f"{LATE} push dropped quiet_hours"]
    assert becomes(policy, "2025-03-03 20:00") == "2025-03-03 20:00"


def test_a_message_s_own_on_quiet_goes_before_the_policy_s() -> None:
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
    assert [one.at for one in story.asked] == [moment("2025-10-26 02:30+02:00")]


@pytest.mark.parametrize(
    ("zone", "quiet", "asked"),
    [
        (PARIS, "{from: '02:30', to: '08:00'}", "2025-03-30 03:10+02:00"),  # 02:30 is skipped: 03:10 is past it
        (PARIS, "{from: '22:00', to: '02:30'}", "2025-10-26 02:15+01:00"),  # the second 02:15
        ("Pacific/Apia", "{from: '21:00', to: '08:00'}", "2011-12-31 03:00+14:00"),  # the day before does not exist
    ],
)
def test_no_message_leaves_while_the_clock_on_the_wall_shows_a_quiet_time(zone: str, quiet: str, asked: str) -> None:
    story = run(f"{{quiet_hours: [{quiet}]}}", news("{push: a/p}"), [asked], without(timezone=zone))
    assert story.asked[0].at > moment(asked)


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("value", [None, "late", "", "25:00", "21", 24, 24.0, -1, True, ["21:00"], {"hour": 21}])
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


def test_a_contact_who_moves_west_while_a_message_is_held_hears_it_in_the_new_morning() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "America/New_York"})
    assert run(QUIET, news("{push: a/p}"), [LATE, moves]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push held until 2025-03-04 14:00",
        "2025-03-04 14:00 push sent",
    ]


def test_a_contact_who_moves_east_while_a_message_is_held_is_not_woken_either() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "Australia/Sydney"})
    story = run(QUIET, news("{push: a/p}"), ["2025-03-04 01:00", ("2025-03-04 02:00", *moves[1:])])
    (asked,) = story.asked
    assert asked.reason == ""
    assert clock(asked.at, "Australia/Sydney") == "2025-03-04 18:00"  # 08:00 in Paris


def test_a_hold_that_a_move_makes_too_long_is_expired() -> None:
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "America/New_York"})
    scenario = news("{push: {template: a/p, expires: 12h}}")
    assert run(QUIET, scenario, [LATE, moves]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped expired",
    ]


def test_quiet_hours_that_change_while_a_message_is_held_are_read_when_its_time_comes() -> None:
    policy = "{quiet_hours: [{from: =contact.quiet_from, to: =contact.quiet_to}]}"
    longer: Happening = ("2025-03-03 23:00", "profile_updated", {"quiet_to": 10})
    contact = without(quiet_from=21, quiet_to=8)
    assert run(policy, news("{push: a/p}"), [LATE, longer], contact).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push held until 2025-03-04 10:00",
        "2025-03-04 10:00 push sent",
    ]


# -- how long a message is held


@pytest.mark.parametrize(
    ("policy", "options", "asked", "became"),
    [
        ("", "expires: 10h", LATE, MORNING),  # ten hours, to the second
        ("", "expires: 9h59min", LATE, f"{LATE} push dropped expired"),
        ("", "expires: 10h", "2025-03-03 21:59:59", "2025-03-03 21:59:59 push dropped expired"),
        (", max_hold: 10h", "", LATE, MORNING),
        (", max_hold: 9h", "", LATE, f"{LATE} push dropped expired"),
        (", max_hold: 1h", "expires: 10h", LATE, MORNING),
        (", max_hold: 1w", "expires: 1h", LATE, f"{LATE} push dropped expired"),
        # elapsed time: the night of 25 October is an hour longer, that of 29 March an hour shorter
        ("", "expires: 10h", "2025-10-25 22:00", "2025-10-25 22:00 push dropped expired"),
        ("", "expires: 11h", "2025-10-25 22:00", "2025-10-26 08:00"),
        ("", "expires: 9h", "2025-03-29 22:00", "2025-03-30 08:00"),
        ("", "expires: 1d", "2025-10-25 22:00", "2025-10-26 08:00"),
    ],
)
def test_a_message_that_would_be_held_too_long_is_expired_at_once(
    policy: str, options: str, asked: str, became: str
) -> None:
    send = f"{{push: {{template: a/p{', ' if options else ''}{options}}}}}"
    assert becomes(f"{{quiet_hours: [{NIGHT}]{policy}}}", asked, send) == became


def test_without_max_hold_a_message_is_held_three_days() -> None:
    policy = "{quiet_hours: [{on: 'mon,tue,wed,thu'}]}"
    assert becomes(policy, "2025-03-04 00:00") == "2025-03-07 00:00"
    assert becomes(policy, "2025-03-03 23:59") == "2025-03-03 23:59 push dropped expired"


def test_where_it_is_always_quiet_a_message_is_expired() -> None:
    assert becomes("{quiet_hours: [{on: weekdays}, {on: weekends}]}", MONDAY) == f"{MONDAY} push dropped expired"


def test_an_expired_message_does_not_stop_the_journey() -> None:
    scenario = waits_while_sending("{push: {template: a/p, expires: 1h}}", "{1h: {end: over}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} push dropped expired",
        "2025-03-03 23:00 end over",
    ]


# -- while a message is held


def test_who_buys_while_a_message_is_held_does_not_get_it() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d: {end: silent}}", "goal: {event: bought, ends: done}")
    assert run(QUIET, scenario, [LATE, ("2025-03-04 03:00", "bought")]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        "2025-03-04 03:00 converted",
        "2025-03-04 03:00 push dropped cancelled",
        "2025-03-04 03:00 end done",
    ]


def test_who_buys_at_the_very_instant_at_which_it_would_leave_does_not_get_it_either() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d: {end: silent}}", "goal: {event: bought}")
    assert run(QUIET, scenario, [LATE, (MORNING, "bought")]).reasons == ["cancelled"]


LIVE = """
scenario: live
trigger: {event: started}
while_running: ignore
on: {stopped: {end: stopped}}
when: {contact.points > 100: {end: rich}}
states:
  in:
    send: {push: a/p, email: a/e}
    on:
      changed: next_one
      clicked: {set: {it: =event.n}}
      noted: in
    when: {contact.country == 'DE': next_one}
    after: {1h: {end: over}}
  next_one: {end: moved_on}
"""


@pytest.mark.parametrize(
    ("happening", "ends"),
    [
        (("2025-03-04 03:00", "stopped"), ["-> in", "end stopped"]),
        (("2025-03-04 03:00", "changed"), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", "profile_updated", {"country": "DE"}), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", ROW, {"country": "DE"}), ["-> in", "-> next_one", "end moved_on"]),
        (("2025-03-04 03:00", "profile_updated", {"points": 101}), ["-> in", "end rich"]),
    ],
)
def test_what_leads_a_journey_out_of_the_state_cancels_what_is_held(happening: Happening, ends: list[str]) -> None:
    story = run(QUIET, LIVE, [LATE, happening])
    assert story.fates == [
        f"{LATE} push held until {MORNING}",
        f"{LATE} email sent",
        "2025-03-04 03:00 push dropped cancelled",
    ]
    assert [line.split(" ", 2)[2] for line in story.lines if "->" in line or "end" in line.split()] == ends


def test_a_transition_that_stays_holds_on() -> None:
    story = run(QUIET, LIVE, [LATE, ("2025-03-04 03:00", "clicked", {"n": 1})])
    assert story.fates[-1] == f"{MORNING} push sent"
    assert story.lines[-1] == "2025-03-04 09:00 end over"


def test_a_state_entered_anew_cancels_what_is_held_and_asks_again() -> None:
    story = run(QUIET, LIVE, [LATE, ("2025-03-04 03:00", "noted")])
    assert story.fates == [
        f"{LATE} push held until {MORNING}",
        f"{LATE} email sent",
        "2025-03-04 03:00 push dropped cancelled",
        f"2025-03-04 03:00 push held until {MORNING}",
        "2025-03-04 03:00 email sent",
        f"{MORNING} push sent",
    ]
    names = [one.message_id for one in story.asked if one.channel == "push"]
    assert len(set(names)) == 2


def test_a_journey_that_is_restarted_cancels_what_is_held() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1h: {end: over}}", "while_running: restart")
    assert run(QUIET, scenario, [LATE, "2025-03-03 23:00"]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        "2025-03-03 23:00 push dropped cancelled",
        "2025-03-03 23:00 end restarted",
        "2025-03-03 23:00 -> in",
        f"2025-03-03 23:00 push held until {MORNING}",
        f"{MORNING} push sent",
        "2025-03-04 09:00 end over",
    ]


def test_a_when_is_looked_at_after_the_executor_s_own_events_whoever_else_listens_to_them() -> None:
    """The e-mail leaves while the push message is held: that is an event, after which the condition moves."""
    held = """
scenario: held
trigger: {event: started}
states:
  asks:
    send: {email: a/b, push: a/b}
    when: {contact.points is none: {end: moved}}
    after: {1h: {end: over}}
"""
    hears = "scenario: hears\ntrigger: {event: message.sent}\nstates: {in: {end: done}}\n"
    quiet = '{quiet_hours: [{channels: [push], from: "00:00", to: "23:59"}]}'
    for scenarios in ([held], [held, hears]):
        program = program_of(quiet, *scenarios)
        state = new_contact(program, "ana", REACHABLE)
        records = step(program, state, Event("started", moment("2025-03-03 10:00"), {}))
        told_of_it = [told(one) for one in records if getattr(one, "scenario", "") == "held"]
        assert told_of_it[-2:] == ["push a/b dropped cancelled", "end moved"]


def test_the_scenario_s_when_is_looked_at_before_a_held_message_leaves() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1h: {end: over}}", "when: {now.hour == 8: {end: too_late}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped cancelled",
        f"{MORNING} end too_late",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"points": 1}, "condition"),
        ({"push_token": None}, "no_address"),
        ({"push_optin": False}, "no_consent"),
        ({"push_optin": None}, "no_consent"),
        ({"push_optin": "true"}, "no_consent"),
        ({"push_optin": False, "push_token": None, "points": 1}, "condition"),
        ({"push_optin": False, "push_token": None}, "no_address"),
        ({"email": None}, "sent"),
    ],
)
def test_a_held_message_is_looked_at_again_from_the_first_check_on(change: Mapping[str, Any], reason: str) -> None:
    scenario = news("{push: {template: a/p, if: contact.points > 5}}")
    changed: Happening = ("2025-03-04 03:00", "profile_updated", change)
    assert run(QUIET, scenario, [LATE, changed], without(points=9)).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push " + ("sent" if reason == "sent" else f"dropped {reason}"),
    ]


def test_a_held_message_goes_to_the_address_and_with_the_profile_of_the_instant_it_leaves() -> None:
    changed: Happening = ("2025-03-04 03:00", "profile_updated", {"push_token": "new", "points": 2})
    (asked,) = run(QUIET, news("{push: a/p}"), [LATE, changed], without(points=1)).asked
    assert (asked.address, asked.profile["points"], asked.asked_at) == ("new", 2, moment(LATE))


def test_a_held_message_bears_one_name_from_asking_to_leaving() -> None:
    story = run(QUIET, news("{push: a/p}"), [LATE])
    (held,) = (one for one in story.records if isinstance(one, Held))
    assert [one.message_id for one in story.asked] == [held.message_id]


def test_the_if_of_a_held_message_reads_the_event_that_led_to_the_state() -> None:
    scenario = news("{push: {template: a/p, if: event.n > 5}}")
    started: Happening = (LATE, "started", {"n": 9})
    assert run(QUIET, scenario, [started, ("2025-03-04 03:00", "changed", {"n": 1})]).reasons == ["sent"]


def test_a_cancelled_message_keeps_the_values_it_was_asked_for_with() -> None:
    scenario = """
scenario: cancels
trigger: {event: started}
states:
  in:
    send: {push: {template: a/p, with: {double: =event.n * 2}}}
    on: {changed: {end: gone}}
    after: {1h: {end: over}}
"""
    changed: Happening = ("2025-03-04 03:00", "changed", {"n": "six"})
    story = run(QUIET, scenario, [(LATE, "started", {"n": 2}), changed])
    assert story.reasons == ["cancelled"]
    assert (story.asked[0].values, story.warnings) == ({"double": 4}, [])


def test_a_transition_by_the_id_of_a_message_that_was_held_is_taken() -> None:
    scenario = """
scenario: clicks
trigger: {event: started}
states:
  in: {send: {push: a/p}, on: {clicked: {of: in, to: {end: clicked}}}, after: {7d: {end: over}}}
"""
    name = run(QUIET, scenario, [LATE]).asked[0].message_id
    early: Happening = ("2025-03-04 03:00", "clicked", {"message_id": name})
    late: Happening = ("2025-03-04 12:00", "clicked", {"message_id": name})
    assert run(QUIET, scenario, [LATE, early, late]).lines[-1] == "2025-03-04 12:00 end clicked"


def test_a_conversion_is_credited_to_a_message_only_once_it_left() -> None:
    scenario = waits_while_sending("{push: a/p}", "{7d: {end: over}}", "goal: {event: bought, ends: false}")
    early = run(QUIET, scenario, [LATE, ("2025-03-04 03:00", "bought")])
    late = run(QUIET, scenario, [LATE, ("2025-03-04 12:00", "bought")])
    assert [one.credited for one in early.records if isinstance(one, Converted)] == [None]
    assert [one.credited for one in late.records if isinstance(one, Converted)] == [late.asked[0].message_id]


# -- when a state is settled


def test_waits_begin_when_the_last_message_has_left() -> None:
    scenario = waits_while_sending("{email: a/e, push: a/p}", "{1h: {end: over}}")
    assert run(QUIET, scenario, [LATE]).lines == [
        f"{LATE} -> in",
        f"{LATE} email sent",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push sent",
        "2025-03-04 09:00 end over",
    ]


def test_waits_begin_when_the_last_of_several_held_messages_has_left_or_was_dropped() -> None:
    policy = (
        "{quiet_hours: [{channels: [push], from: '21:00', to: '08:00'}, {channels: [sms], from: '20:00', to: '10:00'}]}"
    )
    scenario = waits_while_sending("{sms: {template: a/s, if: contact.points > 5}, push: a/p}", "{1h: {end: over}}")
    assert run(policy, scenario, [LATE], without(points=9)).lines[-3:] == [
        f"{MORNING} push sent",
        "2025-03-04 10:00 sms sent",
        "2025-03-04 11:00 end over",
    ]
    fewer: Happening = ("2025-03-04 09:00", "profile_updated", {"points": 1})
    assert run(policy, scenario, [LATE, fewer], without(points=9)).lines[-3:] == [
        f"{MORNING} push sent",
        "2025-03-04 10:00 sms dropped condition",
        "2025-03-04 11:00 end over",
    ]


def test_a_journey_does_not_end_before_its_held_message_has_left() -> None:
    story = run(QUIET, news("{push: a/p}"), [LATE], until="2025-03-04 07:59")
    assert (story.running, story.lines[-1]) == (1, f"{LATE} push held until {MORNING}")
    assert run(QUIET, news("{push: a/p}"), [LATE], until=MORNING).lines[-2:] == [
        f"{MORNING} push sent",
        f"{MORNING} end told",
    ]


@pytest.mark.parametrize("onward", ["next: two", "choose: {contact.points > 5: three, else: two}", "split: {two: 1}"])
def test_a_state_leads_on_when_its_held_message_has_left(onward: str) -> None:
    scenario = f"""
scenario: leads_on
trigger: {{event: started}}
states:
  one: {{send: {{push: a/p}}, {onward}}}
  two: {{end: two}}
  three: {{end: three}}
"""
    points: Happening = ("2025-03-04 03:00", "profile_updated", {"points": 9})
    ends = "three" if "choose" in onward else "two"
    assert run(QUIET, scenario, [LATE, points]).lines[-3:] == [
        f"{MORNING} push sent",
        f"{MORNING} -> {ends}",
        f"{MORNING} end {ends}",
    ]


def test_the_state_s_when_is_looked_at_after_the_held_message_has_left() -> None:
    scenario = """
scenario: looks
trigger: {event: started}
states:
  one: {send: {push: a/p}, when: {now.hour == 8: two}, after: {1h: {end: over}}}
  two: {end: two}
"""
    assert run(QUIET, scenario, [LATE]).lines[-3:] == [
        f"{MORNING} push sent",
        f"{MORNING} -> two",
        f"{MORNING} end two",
    ]


def test_a_move_to_another_time_zone_while_a_message_is_held_disturbs_no_wait() -> None:
    scenario = waits_while_sending("{push: a/p}", "{1d at 09:00: {end: over}}")
    moves: Happening = ("2025-03-03 23:00", "profile_updated", {"timezone": "Europe/London"})
    assert run(QUIET, scenario, [LATE, moves]).lines[-2:] == [
        "2025-03-04 09:00 push sent",  # 08:00 in London
        "2025-03-05 10:00 end over",
    ]


# -- caps


def capped(cap: str, times: Iterable[str], contact: Mapping[str, Any] | None = None, send: str = "{email: a/e}") -> str:
    """For each time at which a message is asked for, `+` where it leaves and `-` where it is capped."""
    story = run(f"{{caps: [{cap}]}}", news(send), times, contact)
    assert set(story.reasons) <= {"sent", "capped"}
    return "".join("+" if reason == "sent" else "-" for reason in story.reasons)


@pytest.mark.parametrize(
    ("cap", "times", "expected"),
    [
        ("{max: 1, per: day}", ["2025-03-03 00:00", "2025-03-03 23:59:59", "2025-03-04 00:00"], "+-+"),
        ("{max: 2, per: day}", ["2025-03-03 09:00"] * 3 + ["2025-03-04 09:00"], "++-+"),
        ("{max: 1, per: week}", ["2025-03-03 00:00", "2025-03-09 23:59", "2025-03-10 00:00"], "+-+"),
        ("{max: 1, per: week}", ["2025-03-09 23:59", "2025-03-10 00:00"], "++"),
        ("{max: 1, per: week}", ["2024-12-30 12:00", "2025-01-05 12:00", "2025-01-06 12:00"], "+-+"),
        ("{max: 1, per: month}", ["2025-01-01 00:00", "2025-01-31 23:59", "2025-02-01 00:00"], "+-+"),
        ("{max: 1, per: month}", ["2024-02-29 12:00", "2024-03-01 00:00"], "++"),
        # rolling: what left in (t - per, t]
        ("{max: 1, per: 1h}", ["2025-03-03 09:00", "2025-03-03 09:59:59", "2025-03-03 10:00"], "+-+"),
        ("{max: 1, per: 24h}", ["2025-03-03 09:00", "2025-03-04 08:59:59", "2025-03-04 09:00"], "+-+"),
        ("{max: 2, per: 7d}", ["2025-03-03 09:00", "2025-03-05 09:00", "2025-03-10 08:59", "2025-03-10 09:00"], "++-+"),
        ("{max: 1, per: 1w}", ["2025-03-03 09:00", "2025-03-09 09:00", "2025-03-10 09:00"], "+-+"),
        # elapsed time, also where the clock changes
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


PROGRAMS = "programs: {conversion: {title: C}, loyalty: {title: L}}\n"


@pytest.mark.parametrize(
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
    first, second, third = story.asked
    assert (third.reason, first.detail) == ("capped", "")
    assert "2 per 7d" in third.detail and "email" in third.detail
    assert first.message_id in third.detail and second.message_id in third.detail
    assert "month" not in third.detail


def test_a_drop_names_only_the_messages_that_the_cap_counts() -> None:
    policy = "{caps: [{max: 1, per: day, channels: [email]}]}"
    story = run(policy, news("{push: a/p, email: a/e}"), ["2025-03-02 10:00", MONDAY, MONDAY])
    used = story.asked[3]
    assert [one.message_id for one in story.asked if one.message_id in story.asked[5].detail] == [used.message_id]


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

DELAY = "on_cap: delay, max_hold: 40d"


@pytest.mark.parametrize(
    ("cap", "used", "asked", "leaves"),
    [
        # a rolling cap frees when the oldest falls out
        ("{max: 1, per: 24h}", ["2025-03-03 09:00"], "2025-03-03 20:00", "2025-03-04 09:00"),
        ("{max: 2, per: 7d}", ["2025-03-03 09:00", "2025-03-05 15:00"], "2025-03-06 20:00", "2025-03-10 09:00"),
        ("{max: 1, per: 1d}", ["2025-03-29 10:00"], "2025-03-29 12:00", "2025-03-30 11:00"),
        # a calendar cap on the first day of the new period at the time of day asked
        ("{max: 1, per: day}", ["2025-03-03 09:00"], "2025-03-03 20:15", "2025-03-04 20:15"),
        ("{max: 1, per: week}", ["2025-03-03 09:00"], "2025-03-05 20:15", "2025-03-10 20:15"),
        ("{max: 1, per: month}", ["2025-03-03 09:00"], "2025-03-05 20:15", "2025-04-01 20:15"),
        ("{max: 1, per: month}", ["2025-01-03 09:00"], "2025-01-31 09:00:30", "2025-02-01 09:00:30"),
        ("{max: 1, per: day}", ["2025-03-29 00:30"], "2025-03-29 02:30", "2025-03-30 03:30"),  # 02:30 is skipped
        # several
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
def test_on_cap_delay_holds_a_message_until_the_cap_allows(cap: str, used: list[str], asked: str, leaves: str) -> None:
    story = run(f"{{caps: [{cap}], {DELAY}}}", news("{email: a/e}"), [*used, asked])
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


def test_a_message_s_own_on_cap_goes_before_the_policy_s() -> None:
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


# -- quiet hours and caps


def test_caps_are_looked_at_when_the_message_would_leave_not_when_it_is_asked_for() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    full_when_asked: list[Happening | str] = [("2025-03-03 09:00", "noted"), LATE]
    assert run(policy, scenarios, full_when_asked).fates[-1] == f"{MORNING} push sent"
    full_when_it_would_leave: list[Happening | str] = [LATE, ("2025-03-04 07:00", "noted")]
    assert run(policy, scenarios, full_when_it_would_leave).fates[-1] == f"{MORNING} push dropped capped"


@pytest.mark.parametrize(
    ("cap", "used", "asked", "held"),
    [
        # the cap frees at night: the morning
        ("{max: 1, per: 12h}", "2025-03-03 12:00", "2025-03-03 20:00", ["2025-03-04 08:00"]),
        # the morning lies in the cap's period, and the first day after it has a night, too
        ("{max: 1, per: day}", "2025-03-04 00:30", "2025-03-04 02:00", ["2025-03-05 08:00"]),
        # the cap frees by day
        ("{max: 1, per: 24h}", "2025-03-03 15:00", "2025-03-03 22:00", ["2025-03-04 15:00"]),
        ("{max: 1, per: week}", "2025-03-09 09:00", "2025-03-09 20:30", ["2025-03-10 20:30"]),
    ],
)
def test_quiet_hours_and_caps_are_worked_out_in_turns(cap: str, used: str, asked: str, held: list[str]) -> None:
    policy = f"{{quiet_hours: [{{channels: [push], from: '21:00', to: '08:00'}}], caps: [{cap}], {DELAY}}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    story = run(policy, scenarios, [(used, "noted"), asked])
    assert story.fates[1:] == [*(f"{asked} push held until {at}" for at in held), f"{held[-1]} push sent"]


def test_the_turns_count_toward_expires() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: 12h}}], on_cap: delay}}"
    send = "{push: {template: a/p, expires: 6h}}"  # the cap alone would let it leave after four hours
    story = run(policy, news(send), ["2025-03-03 12:00", "2025-03-03 20:00"])
    assert story.fates[-1] == "2025-03-03 20:00 push dropped expired"


def test_a_cap_that_delays_into_quiet_hours_waits_for_their_end_also_where_quiet_hours_drop() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: 12h}}], on_cap: delay, on_quiet: drop}}"
    assert run(policy, news("{push: a/p}"), ["2025-03-03 12:00", "2025-03-03 20:00"]).fates[1:] == [
        f"2025-03-03 20:00 push held until {MORNING}",
        f"{MORNING} push sent",
    ]


# -- who goes first


@pytest.mark.parametrize(("first", "second"), [(("b", 60), ("a", 40)), (("a", 50), ("b", 50)), (("z", 1), ("a", 0))])
def test_of_two_scenarios_that_one_event_starts_the_higher_priority_gets_the_cap(
    first: tuple[str, int], second: tuple[str, int]
) -> None:
    scenarios = [news("{email: a/e}", name, priority=priority) for name, priority in (second, first)]
    story = run("{caps: [{max: 1, per: day}]}", scenarios, [MONDAY])
    assert [(one.scenario, one.reason) for one in story.asked] == [(first[0], ""), (second[0], "capped")]


def test_of_two_waits_over_at_one_instant_the_higher_priority_gets_the_cap() -> None:
    later = "states:\n  in: {after: {1h: out}}\n  out: {send: {email: a/e}, end: told}\n"
    scenarios = [
        f"scenario: {name}\npriority: {priority}\ntrigger: {{event: {event_}}}\n{later}"
        for name, priority, event_ in (("early", 10, "started"), ("urgent", 90, "noted"))
    ]
    story = run("{caps: [{max: 1, per: day}]}", scenarios, [MONDAY, (MONDAY, "noted")])
    assert [(one.scenario, one.reason) for one in story.asked] == [("urgent", ""), ("early", "capped")]


def test_of_two_messages_held_until_one_instant_the_higher_priority_gets_the_cap() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    low, high = news("{push: a/p}", "low", priority=10), news("{push: a/p}", "high", priority=90)
    scenarios = [low, high.replace("event: started", "event: noted")]
    story = run(policy, scenarios, [LATE, ("2025-03-04 03:00", "noted")])
    assert [(one.scenario, one.reason) for one in story.asked] == [("high", ""), ("low", "capped")]


def test_of_one_scenario_s_journeys_the_older_goes_first_whether_it_waits_or_holds() -> None:
    scenario = """
scenario: keyed
trigger: {event: started}
key: event.id
states:
  in: {choose: {trigger.n == 1: waits, else: out}}
  waits: {after: {at 08:00: out}}
  out: {send: {push: a/p}, end: told}
"""
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    older: Happening = (LATE, "started", {"id": "older", "n": 1})
    younger: Happening = ("2025-03-03 23:00", "started", {"id": "younger", "n": 2})
    story = run(policy, scenario, [older, younger])
    assert [(one.key, one.reason) for one in story.asked] == [("older", ""), ("younger", "capped")]
    holds: Happening = (LATE, "started", {"id": "older", "n": 2})
    waits: Happening = ("2025-03-03 23:00", "started", {"id": "younger", "n": 1})
    story = run(policy, scenario, [holds, waits])
    assert [(one.key, one.reason) for one in story.asked] == [("older", ""), ("younger", "capped")]


def test_an_event_at_an_instant_goes_before_a_message_held_until_it() -> None:
    policy = f"{{quiet_hours: [{NIGHT}], caps: [{{max: 1, per: day}}]}}"
    scenarios = (news("{push: a/p}"), news("{email: a/e}", "mail").replace("event: started", "event: noted"))
    assert run(policy, scenarios, [LATE, (MORNING, "noted")]).fates[1:] == [
        f"{MORNING} email sent",
        f"{MORNING} push dropped capped",
    ]


# -- first_of

FIRST_OF = "{first_of: [{push: a/p}, {sms: a/s}, {email: a/e}]}"


def test_first_of_takes_the_first_that_can_reach_and_holds_it() -> None:
    assert run(QUIET, news(FIRST_OF), [LATE]).fates == [f"{LATE} push held until {MORNING}", f"{MORNING} push sent"]
    assert run(QUIET, news(FIRST_OF), [LATE], without("push_token")).fates[-1] == f"{MORNING} sms sent"


def test_first_of_chooses_once_also_where_the_choice_can_no_longer_reach() -> None:
    gone: Happening = ("2025-03-04 03:00", "profile_updated", {"push_optin": False})
    assert run(QUIET, news(FIRST_OF), [LATE, gone]).fates == [
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push dropped no_consent",
    ]


def test_first_of_does_not_go_round_a_cap_by_another_channel() -> None:
    policy = "{caps: [{max: 1, per: day, channels: [push]}]}"
    assert run(policy, news(FIRST_OF), [MONDAY, MONDAY]).fates == [
        f"{MONDAY} push sent",
        f"{MONDAY} push dropped capped",
    ]


@pytest.mark.parametrize("contact", [REACHABLE, {}])
def test_first_of_is_one_dropped_row_for_those_held_out(contact: Mapping[str, Any]) -> None:
    story = run("{control_group: 100%}", news(FIRST_OF), [MONDAY], contact)
    assert story.fates == [f"{MONDAY} push dropped control_group"]
    story = run("{}", news(FIRST_OF, more="holdout: 100%"), [MONDAY], contact)
    assert story.fates == [f"{MONDAY} push dropped holdout"]


def test_first_of_beside_a_channel_has_a_fate_of_its_own() -> None:
    send = "{email: a/e, first_of: [{push: a/p}, {sms: a/s}]}"
    assert run(QUIET, news(send), [LATE]).fates == [
        f"{LATE} email sent",
        f"{LATE} push held until {MORNING}",
        f"{MORNING} push sent",
    ]


# -- whatever the policy and the log

ALIKE = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
MINUTE = 60_000_000
DAY = 1_440 * MINUTE
UTC = ZoneInfo("UTC")

# No window begins or ends in an hour that a clock change skips or repeats.
WINDOWS: tuple[tuple[tuple[str, ...], tuple[int, int], tuple[int, ...]], ...] = (
    ((), (21, 8), ()),
    (("push", "sms"), (20, 9), ()),
    (("sms",), (0, 24), (6,)),
    ((), (0, 24), (5, 6)),
    (("email",), (12, 14), ()),
    ((), (22, 7), (0, 1, 4)),
    (("push",), (8, 12), ()),
    (("push",), (12, 20), (2,)),
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap as the test counts it."""

    most: int
    per: str
    channels: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rich: bool = False

    def written(self) -> str:
        parts = [f"max: {self.most}", f"per: {self.per}"]
        for key in ("channels", "scenarios", "tags"):
            names = getattr(self, key)
            parts += [f"{key}: [{', '.join(names)}]"] if names else []
        return f"{{{', '.join([*parts, *(['if: contact.points > 3'] if self.rich else [])])}}}"

    def about(self, asked: Asked) -> bool:
        return (
            (not self.channels or asked.channel in self.channels)
            and (not self.scenarios or asked.scenario in self.scenarios)
            and (not self.tags or bool(set(self.tags) & TAGS.get(asked.template, set())))
        )

    def used(self, asked: Asked, left: Iterable[Asked]) -> list[Asked]:
        """The messages that it counts at the instant of this one."""
        counted = [one for one in left if self.about(one)]
        if self.per in ("day", "week", "month"):
            now = wall(asked.at, asked.timezone).date()
            return [one for one in counted if same(self.per, wall(one.at, asked.timezone).date(), now)]
        hours = int(self.per[:-1]) * (24 if self.per.endswith("d") else 1)
        return [one for one in counted if asked.at - one.at < hours * 60 * MINUTE]

    def allows(self, asked: Asked, left: Iterable[Asked]) -> bool:
        points = asked.profile.get("points")
        if not self.about(asked) or (self.rich and not (isinstance(points, int) and points > 3)):
            return True
        return len(self.used(asked, left)) < self.most


def same(period: str, one: Any, other: Any) -> bool:
    if period == "week":
        return bool(one.isocalendar()[:2] == other.isocalendar()[:2])
    return bool(one == other if period == "day" else (one.year, one.month) == (other.year, other.month))


def wall(at: int, zone: str) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


CAPS = (
    Cap(1, "day"),
    Cap(2, "day", channels=("push", "email")),
    Cap(3, "7d"),
    Cap(1, "24h", channels=("email",)),
    Cap(2, "week", tags=("sale",)),
    Cap(4, "month", scenarios=("first",)),
    Cap(1, "48h", rich=True),
    Cap(1, "5h"),
)
TAGS = {"m/a": {"sale"}, "m/b": {"sale", "gift"}}
SENDS = (
    "{email: {template: m/a, tags: [sale]}}",
    "{email: {template: m/a, tags: [sale]}, push: {template: m/b, tags: [sale, gift]}}",
    "{first_of: [{push: {template: m/b, tags: [sale, gift]}}, {sms: m/c}, {email: m/d}]}",
    "{email: {template: m/e, purpose: transactional}, sms: m/c}",
    "{sms: {template: m/c, expires: 20h, on_quiet: delay}, push: {template: m/f, on_cap: delay}}",
    "{desk: {template: m/g}, ads: {template: m/h}, push: {template: m/f, on_quiet: drop}}",
    "{push: {template: m/f, if: contact.points > 3}, email: m/d}",
)


# Nobody runs it: it makes the tags known, whatever the others send.
TAGGED = news("{push: {template: m/b, tags: [sale, gift]}}", "tagged", more="status: archived")


@dataclass(frozen=True, slots=True)
class World:
    """A policy with the scenarios under it, one contact's log, and until when time passes."""

    windows: tuple[tuple[tuple[str, ...], tuple[int, int], tuple[int, ...]], ...]
    caps: tuple[Cap, ...]
    settings: str
    share: int
    scenarios: tuple[str, ...]
    contact: str
    profile: Mapping[str, Any]
    inputs: tuple[tuple[int, str, Mapping[str, Any]], ...]

    @property
    def policy(self) -> str:
        parts = [f"control_group: {self.share}%", self.settings]
        if self.windows:
            parts.append(f"quiet_hours: [{', '.join(map(written, self.windows))}]")
        if self.caps:
            parts.append(f"caps: [{', '.join(cap.written() for cap in self.caps)}]")
        return f"{{{', '.join(part for part in parts if part)}}}"

    @property
    def program(self) -> Program:
        return program_of(self.policy, *self.scenarios, TAGGED)

    @property
    def until(self) -> int:
        return self.inputs[-1][0] + 6 * DAY

    def records(self, stops: Iterable[int] = ()) -> list[Record]:
        program = self.program
        state = new_contact(program, self.contact, self.profile)
        waiting = sorted(stops)
        records: list[Record] = []
        for at, name, carried in self.inputs:
            while waiting and waiting[0] <= at:
                records += advance(program, state, waiting.pop(0), inclusive=False)
            records += step(program, state, Event(name, at, carried))
        for at in waiting:
            records += advance(program, state, at, inclusive=False)
        return records + advance(program, state, self.until)


def written(window: tuple[tuple[str, ...], tuple[int, int], tuple[int, ...]]) -> str:
    channels, (start, end), days = window
    parts = [f"channels: [{', '.join(channels)}]"] if channels else []
    parts += [f"on: '{','.join(DAYS[day] for day in days)}'"] if days else []
    parts += [] if end == 24 else [f"from: '{start:02}:00', to: '{end:02}:00'"]
    return f"{{{', '.join(parts)}}}"


def is_quiet(world: World, asked: Asked) -> bool:
    """Whether the clock on the contact's wall shows a quiet time."""
    shown = wall(asked.at, asked.timezone).replace(tzinfo=None)
    for channels, (start, end), days in world.windows:
        if channels and asked.channel not in channels:
            continue
        for back in (0, 1):
            midnight = datetime(shown.year, shown.month, shown.day) - timedelta(days=back)
            ends = midnight + timedelta(hours=end if end > start else end + 24)
            if (not days or midnight.weekday() in days) and midnight + timedelta(hours=start) <= shown < ends:
                return True
    return False


def scenario_of(name: str, sends: Sequence[str], waits: Sequence[str], more: str) -> str:
    first, second = sends
    return (
        f"scenario: {name}\ntrigger: {{event: {'started' if name == 'first' else 'begin'}}}\nkey: event.id\n{more}\n"
        "goal: {event: bought}\non: {stopped: {end: stopped}}\n"
        f"states:\n  one: {{send: {first}, on: {{changed: two}}, after: {{{waits[0]}: two}}}}\n"
        f"  two: {{send: {second}, on: {{clicked: {{set: {{it: 1}}}}, changed: two}}, after: {{{waits[1]}: one}}}}\n"
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    pick = st.sampled_from
    scenarios = tuple(
        scenario_of(
            name,
            (draw(pick(SENDS)), draw(pick(SENDS))),
            (draw(pick(("1h", "5h", "at 02:30", "1d"))), draw(pick(("3h", "20h", "1d at 07:00")))),
            f"priority: {draw(pick((10, 50, 90)))}\nwhile_running: {draw(pick(('ignore', 'restart', 'parallel')))}"
            f"\nreentry: always\nholdout: {draw(pick((0, 0, 30)))}%",
        )
        for name in ("first", "second")
    )
    at = moment(draw(pick(("2025-03-28 19:00", "2025-10-24 19:00", "2025-01-31 11:00"))))
    inputs: list[tuple[int, str, Mapping[str, Any]]] = []
    for name in ["started", *draw(st.lists(pick(("started", "noted", "changed", "clicked", "bought", "stopped",
                                                 "profile_updated", "profile_updated")), max_size=9))]:  # fmt: skip
        carried: dict[str, Any] = {"id": draw(pick(("a", "b")))}
        if name == "profile_updated":
            carried = draw(pick((
                {"timezone": "America/New_York"}, {"timezone": "Asia/Tokyo"}, {"timezone": PARIS}, {"points": 1},
                {"points": 9}, {"push_optin": False}, {"sms_optin": None}, {"push_token": None},
            )))  # fmt: skip
        inputs.append((at, name, carried))
        at += draw(pick((0, 1, 60, 300, 300, 719, 1_440, 2_880))) * MINUTE
    hold = draw(pick(("1d", "3d", "10h", "40d")))
    return World(
        windows=tuple(draw(st.lists(pick(WINDOWS), max_size=3, unique=True))),
        caps=tuple(draw(st.lists(pick(CAPS), max_size=3, unique=True))),
        settings=f"on_cap: {draw(pick(('drop', 'delay')))}, on_quiet: {draw(pick(('delay', 'delay', 'drop')))}, "
        f"max_hold: {hold}",
        share=draw(pick((0, 0, 30))),
        scenarios=scenarios,
        contact=draw(pick(("ana", "bea", "c3", "c4", "c5"))),
        profile=without(advisor="bea", points=draw(pick((1, 9)))),
        inputs=tuple(inputs),
    )


def limited(asked: Asked) -> bool:
    """Whether quiet hours and caps are asked of the message, and it counts."""
    return asked.purpose == "marketing" and asked.channel not in ("desk", "ads")


@ALIKE
@given(worlds())
def test_no_message_leaves_in_quiet_hours(world: World) -> None:
    sent = [one for one in world.records() if isinstance(one, Asked) and not one.reason and limited(one)]
    event("some left" if sent else "none left")
    assert [clock(one.at, one.timezone) for one in sent if is_quiet(world, one)] == []


@ALIKE
@given(worlds())
def test_no_message_leaves_beyond_a_cap_and_none_is_capped_below_it(world: World) -> None:
    left: list[Asked] = []
    for asked in (one for one in world.records() if isinstance(one, Asked) and limited(one)):
        allowed = all(cap.allows(asked, left) for cap in world.caps)
        if not asked.reason:
            assert allowed
            left.append(asked)
        elif asked.reason == "capped":
            event("capped")
            assert not allowed


@ALIKE
@given(worlds())
def test_the_control_group_and_those_held_out_get_no_marketing_message(world: World) -> None:
    control = drawn("control_group", "", world.contact) < world.share / 100
    for asked in (one for one in world.records() if isinstance(one, Asked)):
        out = "holdout: 30%" in next(text for text in world.scenarios if f"scenario: {asked.scenario}\n" in text)
        held = out and drawn("holdout", "", asked.scenario, world.contact) < 0.3
        withheld = asked.purpose == "marketing" and asked.channel != "desk" and (control or held)
        expected = "control_group" if control else "holdout"
        assert (asked.reason == expected) if withheld else (asked.reason not in ("control_group", "holdout"))


@ALIKE
@given(worlds())
def test_no_message_leaves_after_its_journey_s_end_or_outside_its_state(world: World) -> None:
    ended: set[str] = set()
    where: dict[str, str] = {}
    for record in world.records():
        match record:
            case Ended():
                ended.add(record.journey_id)
            case Moved():
                where[record.journey_id] = record.target
            case Asked():
                assert record.journey_id not in ended
                assert record.reason == "cancelled" or where[record.journey_id] == record.state


@ALIKE
@given(worlds())
def test_every_held_message_leaves_or_is_dropped_once_and_in_time(world: World) -> None:
    longest = {"1d": 1, "3d": 3, "10h": 10 / 24, "40d": 40}[world.settings.rpartition(" ")[2]] * DAY
    held: dict[str, int] = {}
    for record in world.records():
        match record:
            case Held():
                event("held")
                assert record.until > record.at
                held[record.message_id] = record.until
            case Asked():
                until = held.pop(record.message_id, None)
                if until is not None and record.reason != "cancelled":
                    assert record.at == until
                expires = 20 / 24 * DAY if record.template == "m/c" and record.channel == "sms" else longest
                assert record.at - record.asked_at <= max(expires, longest)
    assert all(until > world.until for until in held.values())


@ALIKE
@given(worlds(), st.lists(st.integers(0, 10 * 1_440), max_size=5))
def test_time_that_passes_in_pieces_is_the_same_time(world: World, stops: list[int]) -> None:
    begin = world.inputs[0][0]
    pieces = [at for stop in stops if (at := begin + stop * MINUTE) <= world.until]
    plain = [
        (type(one).__name__, one.at, getattr(one, "reason", ""), getattr(one, "detail", "")) for one in world.records()
    ]
    cut = [
        (type(one).__name__, one.at, getattr(one, "reason", ""), getattr(one, "detail", ""))
        for one in world.records(pieces)
    ]
    assert cut == plain
