"""Conditions that cannot leave a data warning with any data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.compile.quiet import asks_quietly
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Warned
from tests.engine.worlds import load, moment, unfit
from tests.reference.settings import examples
from tests.rows import rows

METRICS = """
metrics:
  n: {{count: bought, within: 5d}}
  worth: {{sum: event.x, of: bought}}
  latest: {{last: event.x, of: bought}}
  least: {{min: event.x, of: bought, within: 5d}}
  each: {{count: bought, by: event.x}}
  twice: {{value: metric.n * 2}}
  age: {{value: days_since(metric.latest)}}
  bin: {{bins: metric.worth, at: [1], labels: [1, 2]}}
  name: {{bins: metric.worth, at: [1], labels: [low, high]}}
segments:
  asked: {condition}
  other: metric.n > 1
"""
SCENARIO = "scenario: by\ntrigger: {segment: asked}\nstates: {in: {end: done}}\n"
QUIET = [
    "metric.n > 1",
    "metric.n > metric.worth",
    "metric.n == 0 and not segment.other",
    "metric.latest is none or contact.flag == 'x'",
    "metric.latest == 3",
    "days_since(metric.latest) > 2",
    "metric.age <= 3 or metric.bin in [1, 2]",
    "metric.bin > 1",
    "contact.email_optin",
    "contact.country in ['FR', 'BE']",
    "segment.other",
    "metric.name == 'low'",
]
LOUD = [
    "contact.country",
    "contact.flag",
    "metric.latest",
    "metric.latest > 3",
    "metric.least > 3",
    "metric.twice > 3",
    "metric.each['a'] > 1",
    "metric.latest == metric.least",
    "contact.country > 'F'",
    "contact.flag in contact.tags",
    "metric.name",
    "count('bought') > 1",
]


def project_of(condition: str) -> Any:
    loaded = load(SCENARIO, metrics=METRICS.format(condition=condition))
    assert unfit(loaded) == []
    return loaded.project


@rows("condition", QUIET)
def test_a_condition_is_quiet_where_no_type_can_be_wrong(condition: str) -> None:
    project = project_of(condition)
    assert asks_quietly(project.segments["asked"].condition.root, project)


@rows("condition", LOUD)
def test_a_condition_with_possible_misfits_is_not_quiet(condition: str) -> None:
    project = project_of(condition)
    assert not asks_quietly(project.segments["asked"].condition.root, project)


values = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=True), st.text(max_size=3),
    st.sampled_from(["2025-03-01", "2025-03-01T10:00:00Z", "FR"]), st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(), max_size=2),
)  # fmt: skip


@examples(30)
@given(st.sampled_from(QUIET), st.lists(values, max_size=6), values)
def test_a_quiet_condition_leaves_no_warning_whatever_the_data_hold(condition: str, data: list[Any], flag: Any) -> None:
    program = compile_program(project_of(condition))
    begin = moment("2025-03-03 10:00")
    state = new_contact(program, "ana", {"flag": flag}, begin)
    records = list(state.records)
    for number, value in enumerate(data):
        at = begin + number * int(timedelta(days=1) / timedelta(microseconds=1))
        records += step(program, state, Event("bought", at, {"x": value} if value is not None else {}))
    records += advance(program, state, begin + 20 * 86_400_000_000)
    warned = {record.place for record in records if isinstance(record, Warned)}
    assert warned <= {"contact.timezone", "metric.worth", "metric.least", "metric.each"}  # the sources of their values
