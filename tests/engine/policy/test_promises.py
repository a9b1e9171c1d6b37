"""Promises of the delivery policy, tested on random worlds, policies and logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Ended, Held, Moved, Record
from tests.engine.policy.stage import drawn, news, program_of, without
from tests.engine.worlds import PARIS, clock, moment
from tests.reference.settings import scaled

ALIKE = settings(
    max_examples=scaled(30),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
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
    """A cap, counted by the test itself."""

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

    def about(self, message: Asked) -> bool:
        return (
            (not self.channels or message.channel in self.channels)
            and (not self.scenarios or message.scenario in self.scenarios)
            and (not self.tags or bool(set(self.tags) & TAGS.get(message.template, set())))
        )

    def used(self, request: Asked, sent: Iterable[Asked]) -> list[Asked]:
        """The messages that the cap counts at the instant of this message."""
        counted = [message for message in sent if self.about(message)]
        if self.per in ("day", "week", "month"):
            now = wall(request.at, request.timezone).date()
            return [each for each in counted if same(self.per, wall(each.at, request.timezone).date(), now)]
        hours = int(self.per[:-1]) * (24 if self.per.endswith("d") else 1)
        return [each for each in counted if request.at - each.at < hours * 60 * MINUTE]

    def allows(self, message: Asked, sent: Iterable[Asked]) -> bool:
        points = message.profile.get("points")
        if not self.about(message) or (self.rich and not (isinstance(points, int) and points > 3)):
            return True
        return len(self.used(message, sent)) < self.most


def same(period: str, day: Any, other_day: Any) -> bool:
    if period == "week":
        return bool(day.isocalendar()[:2] == other_day.isocalendar()[:2])
    return bool(day == other_day if period == "day" else (day.year, day.month) == (other_day.year, other_day.month))


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


# This scenario does not run: it makes the tags known, in case the others send no message with them.
TAGGED = news("{push: {template: m/b, tags: [sale, gift]}}", "tagged", more="status: archived")


@dataclass(frozen=True, slots=True)
class World:
    """A policy with its scenarios, one contact's log, and the instant at which the replay ends."""

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
        for at, name, properties in self.inputs:
            while waiting and waiting[0] <= at:
                records += advance(program, state, waiting.pop(0), inclusive=False)
            records += step(program, state, Event(name, at, properties))
        for at in waiting:
            records += advance(program, state, at, inclusive=False)
        return records + advance(program, state, self.until)


def written(window: tuple[tuple[str, ...], tuple[int, int], tuple[int, ...]]) -> str:
    channels, (start, end), days = window
    parts = [f"channels: [{', '.join(channels)}]"] if channels else []
    parts += [f"on: '{','.join(DAYS[day] for day in days)}'"] if days else []
    parts += [] if end == 24 else [f"from: '{start:02}:00', to: '{end:02}:00'"]
    return f"{{{', '.join(parts)}}}"


def is_quiet(world: World, message: Asked) -> bool:
    """Whether the contact's local time is in quiet hours."""
    shown = wall(message.at, message.timezone).replace(tzinfo=None)
    for channels, (start, end), days in world.windows:
        if channels and message.channel not in channels:
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
        properties: dict[str, Any] = {"id": draw(pick(("a", "b")))}
        if name == "profile_updated":
            properties = draw(pick((
                {"timezone": "America/New_York"}, {"timezone": "Asia/Tokyo"}, {"timezone": PARIS}, {"points": 1},
                {"points": 9}, {"push_optin": False}, {"sms_optin": None}, {"push_token": None},
            )))  # fmt: skip
        inputs.append((at, name, properties))
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


def limited(message: Asked) -> bool:
    """Whether quiet hours and caps apply to the message, so that it counts."""
    return message.purpose == "marketing" and message.channel not in ("desk", "ads")


def no_message_leaves_in_quiet_hours(world: World, records: Sequence[Record], data: st.DataObject) -> None:
    sent = [record for record in records if isinstance(record, Asked) and not record.reason and limited(record)]
    event("some left" if sent else "none left")
    assert [clock(message.at, message.timezone) for message in sent if is_quiet(world, message)] == []


def no_message_leaves_beyond_a_cap_and_none_is_capped_below_it(
    world: World, records: Sequence[Record], data: st.DataObject
) -> None:
    sent: list[Asked] = []
    for message in (record for record in records if isinstance(record, Asked) and limited(record)):
        allowed = all(cap.allows(message, sent) for cap in world.caps)
        if not message.reason:
            assert allowed
            sent.append(message)
        elif message.reason == "capped":
            event("capped")
            assert not allowed


def the_control_group_and_those_held_out_get_no_marketing_message(
    world: World, records: Sequence[Record], data: st.DataObject
) -> None:
    control = drawn("control_group", "", world.contact) < world.share / 100
    for message in (record for record in records if isinstance(record, Asked)):
        has_holdout = "holdout: 30%" in next(
            text for text in world.scenarios if f"scenario: {message.scenario}\n" in text
        )
        is_held_out = has_holdout and drawn("holdout", "", message.scenario, world.contact) < 0.3
        withheld = message.purpose == "marketing" and message.channel != "desk" and (control or is_held_out)
        expected = "control_group" if control else "holdout"
        assert (message.reason == expected) if withheld else (message.reason not in ("control_group", "holdout"))


def no_message_leaves_after_its_journey_s_end_or_outside_its_state(
    world: World, records: Sequence[Record], data: st.DataObject
) -> None:
    ended_journeys: set[str] = set()
    where: dict[str, str] = {}
    for record in records:
        match record:
            case Ended():
                ended_journeys.add(record.journey_id)
            case Moved():
                where[record.journey_id] = record.target
            case Asked():
                assert record.journey_id not in ended_journeys
                assert record.reason == "cancelled" or where[record.journey_id] == record.state


def every_held_message_leaves_or_is_dropped_once_and_in_time(
    world: World, records: Sequence[Record], data: st.DataObject
) -> None:
    longest = {"1d": 1, "3d": 3, "10h": 10 / 24, "40d": 40}[world.settings.rpartition(" ")[2]] * DAY
    until_by_message: dict[str, int] = {}
    for record in records:
        match record:
            case Held():
                event("held")
                assert record.until > record.at
                until_by_message[record.message_id] = record.until
            case Asked():
                until = until_by_message.pop(record.message_id, None)
                if until is not None and record.reason != "cancelled":
                    assert record.at == until
                expires = 20 / 24 * DAY if record.template == "m/c" and record.channel == "sms" else longest
                assert record.at - record.asked_at <= max(expires, longest)
    assert all(until > world.until for until in until_by_message.values())


def time_that_passes_in_pieces_is_the_same_time(world: World, records: Sequence[Record], data: st.DataObject) -> None:
    stops = data.draw(st.lists(st.integers(0, 10 * 1_440), max_size=5))
    begin = world.inputs[0][0]
    pieces = [at for stop in stops if (at := begin + stop * MINUTE) <= world.until]
    plain = [
        (type(record).__name__, record.at, getattr(record, "reason", ""), getattr(record, "detail", ""))
        for record in records
    ]
    cut = [
        (type(record).__name__, record.at, getattr(record, "reason", ""), getattr(record, "detail", ""))
        for record in world.records(pieces)
    ]
    assert cut == plain


PROMISES = (
    no_message_leaves_in_quiet_hours,
    no_message_leaves_beyond_a_cap_and_none_is_capped_below_it,
    the_control_group_and_those_held_out_get_no_marketing_message,
    no_message_leaves_after_its_journey_s_end_or_outside_its_state,
    every_held_message_leaves_or_is_dropped_once_and_in_time,
    time_that_passes_in_pieces_is_the_same_time,
)


@ALIKE
@given(worlds(), st.data())
def test_every_promise_of_the_policy_holds_in_every_world(world: World, data: st.DataObject) -> None:
    """Tests all promises on the same worlds, because making the worlds takes most of the time."""
    records = world.records()
    for promise in PROMISES:
        promise(world, records, data)
