"""Ticks of a schedule at which an audience certainly refuses are counted together; checking each tick gives the
same.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine import firing
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.entry import enter_each
from scenario_cli.engine.snapshot import save
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.model.event import Event
from tests.engine.test_standing import BEGIN, HOUR, METRICS, NAMES, inputs
from tests.engine.worlds import PARIS, load, moment
from tests.reference.settings import examples

NEWS = """
scenario: news_{name}
trigger: {{schedule: "{schedule}"}}
audience: "{audience}"
reentry: always
states: {{in: {{after: {{{wait}: {{end: done}}}}}}}}
"""
AUDIENCES = (
    *(f"segment.{name}" for name in NAMES),
    "metric.recent > 1 and not running('news_a')",
    "running('news_b') and now.day > 8",
    "days_since(metric.latest) > 3 and trigger.at.hour > 2",
    "event.at > contact.renewal",
    "now.month == 3 and metric.worth > 2",
    "metric.latest < now - duration('4d')",
    "metric.least > 1",  # warns of values that are not numbers
)
SCHEDULES = ("cron 0 9 * * *", "cron 30 2 * * *", "at 09:00 on mon,thu", "cron 0 */5 * * *", "at 10:00 on last day")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    scenarios = [
        NEWS.format(
            name=name,
            schedule=draw(st.sampled_from(SCHEDULES)),
            audience=draw(st.sampled_from(AUDIENCES)),
            wait=draw(st.sampled_from(["2h", "6d", "40d"])),
        )
        for name in "abc"
    ]
    days = draw(st.integers(0, 20))
    project = load(
        *scenarios,
        channels=draw(st.sampled_from(["clock: 0 * * * *\n", "clock: 0 12 * * mon\n"])),
        metrics=METRICS.format(
            window=draw(st.sampled_from(["3h", "5d", "20d"])), days=days, more=days + 3, worth=draw(st.integers(0, 9))
        ),
    )
    assert [finding.message for finding in project.findings if finding.severity == "error"] == []
    return compile_program(project.project)


def story(program: Program, timeline: list[tuple[int, Any]]) -> list[Any]:
    """All records of a contact, the number of refusals by each scenario, and its state after each input."""
    state = new_contact(program, "ana", {"timezone": PARIS, "renewal": "2025-03-10T08:00:00Z"}, BEGIN)
    happened: list[Any] = []
    for hours, (name, properties) in timeline:
        at = BEGIN + hours * HOUR
        may_enter = hours > 100
        if name == "profile_updated":
            records = change_profile(program, state, at, properties, may_enter)
        else:
            records = step(program, state, Event(name, at, properties), may_enter)
        happened.append((list(map(repr, records)), save(program, state)))
    records = advance(program, state, BEGIN + 60 * 24 * HOUR)
    return [*happened, list(map(repr, records)), save(program, state)]


def looks_once(*arguments: Any) -> int:
    """Replaces the search for the next tick: it finds none, so each tick is checked alone."""
    return 1 << 62


@examples(30)
@given(programs(), inputs)
def test_counting_ticks_together_gives_what_looking_at_each_gives(
    program: Program, timeline: list[tuple[int, Any]]
) -> None:
    together = story(program, timeline)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(firing, "following_tick", looks_once)
        assert together == story(program, timeline)


def test_a_contact_outside_the_audience_is_not_woken_at_each_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    audience = "metric.latest is not none and days_since(metric.latest) > 10"
    program = compile_program(
        load(
            NEWS.format(name="daily", schedule="cron 0 9 * * *", audience=audience, wait="1h"),
            metrics="metrics: {latest: {last: event.timestamp, of: bought}}\n",
        ).project
    )
    woken: list[int] = []

    def woken_up(*arguments: Any) -> None:
        woken.append(arguments[2].now)
        enter_each(*arguments)

    monkeypatch.setattr("scenario_cli.engine.firing.enter_each", woken_up)
    state = new_contact(program, "ana", {"timezone": PARIS}, BEGIN)
    step(program, state, Event("bought", moment("2025-03-20 12:00"), {}))
    advance(program, state, moment("2025-03-31 12:00"))
    assert woken == [moment("2025-03-01 09:00"), moment("2025-03-21 09:00"), moment("2025-03-31 09:00")]
    assert state.unadmitted == {"news_daily": 20 + 10}
