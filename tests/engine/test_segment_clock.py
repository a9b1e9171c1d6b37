"""The project's clock gives the same ticks after any earlier questions, for this contact or another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.calendar import zone
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.segments import Clock
from scenario_cli.engine.state import NEVER
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Entered
from tests.engine.worlds import PARIS, clock, load, moment, unfit
from tests.reference.settings import examples

MINUTE = 60_000_000
BEGIN = moment("2025-03-28 00:00")  # two days before the clock change in Paris


def clock_of(fields: str) -> Clock:
    tz = zone(PARIS)
    assert tz is not None
    return Clock(fields, tz)


@examples(40)
@given(
    st.sampled_from(["0 6 * * *", "30 2 * * *", "*/20 * * * *", "0 0 1 * *"]),
    st.lists(st.tuples(st.sampled_from(["first", "following", "last"]), st.integers(-9_000, 9_000)), max_size=12),
    st.integers(-9_000, 9_000),
)
def test_the_last_tick_is_the_same_whatever_was_asked_before(
    fields: str, questions: list[tuple[str, int]], minutes: int
) -> None:
    asked_before, at = clock_of(fields), BEGIN + minutes * MINUTE + 7
    for name, number in questions:
        getattr(asked_before, name)(BEGIN + number * MINUTE + 7)
    last = asked_before.last(at)
    assert last == clock_of(fields).last(at)
    assert last <= at < clock_of(fields).next(last)


def test_no_tick_precedes_the_first_of_the_calendar() -> None:
    assert clock_of("0 6 29 2 *").last(moment("0003-01-01 00:00", "UTC")) == -NEVER


def test_a_membership_changes_at_a_tick_though_events_come_between() -> None:
    loaded = load(
        "scenario: late\ntrigger: {segment: late}\naudience: not segment.noticed\nstates: {in: {end: done}}\n",
        channels="clock: 0 6 * * *\n",
        metrics="metrics:\n  latest: {last: event.timestamp, of: bought}\n  seen: {count: noted}\n"
        "segments:\n  late: days_since(metric.latest) > 10\n  noticed: metric.seen > 5\n",
    )
    assert unfit(loaded) == []
    program = compile_program(loaded.project)
    state = new_contact(program, "ana", {}, moment("2025-03-03 00:00"))
    records = step(program, state, Event("bought", moment("2025-03-03 08:00"), {}))
    for minute in (1, 2, 3):  # can change another segment
        records += step(program, state, Event("noted", moment(f"2025-03-13 09:0{minute}"), {}))
    records += advance(program, state, moment("2025-03-20 00:00"))
    assert [clock(record.at) for record in records if isinstance(record, Entered)] == ["2025-03-14 06:00"]
