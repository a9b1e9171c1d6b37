"""An answer that time can change is valid as long as it states: a new answer at every tick would be the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.calendar import local
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import NEVER, ContactState
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from tests.engine.worlds import PARIS, load, moment
from tests.reference.settings import examples

METRICS = """
metrics:
  latest: {{last: event.timestamp, of: bought}}
  recent: {{count: bought, within: {window}}}
  worth: {{sum: event.n, of: bought, within: {window}}}
  least: {{min: event.n, of: bought, within: {window}}}
  age: {{value: days_since(metric.latest) * 2}}
  bin: {{bins: days_since(metric.latest), at: [{days}, {more}], labels: [new, old, older]}}
  load: {{bins: metric.recent, at: [1, 3], labels: [low, mid, high]}}
  each: {{count: bought, by: event.s, within: {window}}}
segments:
  a: days_since(metric.latest) > {days}
  b: days_since(contact.renewal) >= {days} and metric.recent < 3
  c: "{days} < days_since(metric.latest) < {more}"
  d: "{more} > days_since(metric.latest) - 1"
  e: metric.bin == 'old'
  f: metric.age < {more}
  g: now.month == 3 or now.day == {days}
  h: now.weekday in ['mon', 'thu']
  i: now.hour < 12 and metric.recent > 0
  j: metric.latest < now - duration('{window}')
  k: now > contact.renewal
  l: metric.worth > {worth}
  m: metric.load == 'mid' or metric.least == 1
  n: happened('bought', within='{window}')
  o: count('bought', within='{window}', where=past.n > metric.recent) > 1
  p: segment.a and not segment.l
  q: days_since(metric.latest) > metric.recent * 2
  r: days_since(contact.renewal) < days_since(metric.latest)
  s: "'1' if segment.h else days_since(metric.latest) < {days}"
  t: now.date == '2025-04-01' or not (metric.recent >= 2)
  u: happened('bought', since=now - duration('{window}'))
  v: metric.each['x'] > 1 or metric.each | length > 2
  w: contact.renewal.month == now.month and contact.renewal.day == now.day
  x: now.weekday != 'mon' and now.month == 4 or now.day != {days}
  y: now.year == 2026 or now.day == now.month or now.weekday == contact.renewal.weekday
"""
NAMES = "abcdefghijklmnopqrstuvwxy"
SCENARIO = "scenario: by_{name}\ntrigger: {{segment: {name}}}\nstates: {{in: {{end: done}}}}\n"
HOUR = 3_600_000_000
BEGIN = moment("2025-03-01 00:30")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    days = draw(st.integers(0, 20))
    project = load(
        *(SCENARIO.format(name=name) for name in NAMES),
        channels=draw(st.sampled_from(["clock: 0 * * * *\n", "clock: 30 2 * * *\n", "clock: 0 12 * * mon\n"])),
        metrics=METRICS.format(
            window=draw(st.sampled_from(["3h", "1d", "5d", "20d"])),
            days=days,
            more=days + draw(st.integers(1, 9)),
            worth=draw(st.integers(0, 9)),
        ),
    )
    assert [findings.message for findings in project.findings if findings.severity == "error"] == []
    return compile_program(project.project)


# Hours after the beginning, over the change to summer time, and the input at that hour.
inputs = st.lists(
    st.tuples(
        st.integers(0, 45 * 24),
        st.one_of(
            st.builds(
                lambda n, s: ("bought", {"n": n, "s": s}),
                st.sampled_from([1, 2, 3, "many", None]),
                st.sampled_from(["x", "y", "z"]),
            ),
            st.builds(
                lambda zone, renewal: ("profile_updated", {"timezone": zone, "renewal": renewal}),
                st.sampled_from([PARIS, "Pacific/Apia", "America/New_York", "nowhere"]),
                st.sampled_from(["2025-03-20T10:00:00Z", "2025-04-02T00:00:00", "2024-12-31", None]),
            ),
        ),
    ),
    max_size=12,
).map(lambda timeline: sorted(timeline, key=lambda each: each[0]))


def recomputed(program: Program, state: ContactState) -> dict[str, bool]:
    """Whether the contact is in each segment at a tick, calculated again."""
    remembered, records = state.members, state.records
    state.members, state.records = {}, []
    answers = {segment.name: segment.read(state) for segment in program.compared}
    state.members, state.records = remembered, records
    return answers


@examples(12)
@given(programs(), inputs)
def test_memberships_at_every_tick_are_those_of_a_new_calculation(
    program: Program, timeline: list[tuple[int, Any]]
) -> None:
    assert program.clock is not None
    state = new_contact(program, "ana", {"timezone": PARIS, "renewal": "2025-03-10T08:00:00Z"}, BEGIN)
    advance(program, state, BEGIN)
    end = BEGIN + 60 * 24 * HOUR
    waiting = [(BEGIN + hours * HOUR, name, properties) for hours, (name, properties) in timeline]
    tick = program.clock.next(BEGIN)
    while tick < end:
        while waiting and waiting[0][0] < tick:
            at, name, properties = waiting.pop(0)
            step(program, state, Event(name, at, properties))
        advance(program, state, tick)
        state.now = tick
        assert state.membership_before == recomputed(program, state), timedelta(microseconds=tick - BEGIN)
        tick = program.clock.next(tick)


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("contact.renewal.month == now.month and contact.renewal.day == now.day",
         ["2025-05-01", "2025-05-20", "2025-05-21", "2025-06-01", "2026-05-01"]),
        ("now.day == contact.renewal.day and now.month == contact.renewal.month",
         ["2025-03-20", "2025-03-21", "2025-04-20", "2025-04-21", "2025-05-20", "2025-05-21", "2025-06-20"]),
        ("now.day == 31", ["2025-03-31", "2025-04-01", "2025-05-31", "2025-06-01"]),
        ("now.weekday != 'sun'", ["2025-03-02", "2025-03-03", "2025-03-09"]),
        ("now.year == 2026", ["2026-01-01", "2026-02-01"]),
        ("now.month == 'may' or now.year == 2024", ["2025-04-01", "2025-05-01"]),
        ("now.month == contact.nothing", ["2025-04-01"]),
    ],
)  # fmt: skip
def test_a_condition_on_a_day_of_the_year_is_checked_on_that_day(condition: str, days: list[str]) -> None:
    program = compile_program(
        load(
            SCENARIO.format(name="today"),
            channels="clock: 0 0 * * *\n",
            metrics=f'metrics: {{}}\nsegments: {{today: "{condition}"}}\n',
        ).project
    )
    state = new_contact(program, "ana", {"renewal": "2019-05-20"}, BEGIN)
    ticks: list[str] = []
    while len(ticks) < len(days) and state.tick_at < NEVER:
        ticks.append(local(state.tick_at, ZoneInfo(PARIS)).date().isoformat())
        advance(program, state, state.tick_at)
    assert ticks == days


def test_a_contact_that_time_cannot_change_is_not_woken() -> None:
    program = compile_program(
        load(
            SCENARIO.format(name="late"),
            channels="clock: 0 * * * *\n",
            metrics="metrics: {latest: {last: event.timestamp, of: bought}}\n"
            "segments: {late: days_since(metric.latest) > 10}\n",
        ).project
    )
    state = new_contact(program, "ana", {}, BEGIN)
    advance(program, state, BEGIN)
    assert state.timers == []
    step(program, state, Event("bought", BEGIN + HOUR, {}))
    due = [timer[0] for timer in state.timers]
    assert [at - BEGIN - HOUR for at in due] == [10 * 24 * HOUR + HOUR // 2]  # the tick after ten days
    advance(program, state, BEGIN + 30 * 24 * HOUR)
    assert state.timers == []
    assert state.members["late"].inside
